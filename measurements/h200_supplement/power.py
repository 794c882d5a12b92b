"""Board power of held loads, and the step response of the meter.

A load is a CUDA graph of some milliseconds, replayed for 0.7 s and then for 1.5 s. `power` is
nvmlDeviceGetPowerUsage at the end (the mean of the last second), `latency` the mean time of a call.
Usage: python3 power.py OUTPUT_FOLDER
"""
import os, sys, threading, time
import pynvml as nvml
import torch
import torch.nn.functional as F

OUT = sys.argv[1]
nvml.nvmlInit()
BOARD = nvml.nvmlDeviceGetHandleByIndex(0)
INSTANT = 186  # NVML_FI_DEV_POWER_INSTANT
samples = []
done = threading.Event()


def sample():
    while not done.is_set():
        instant = nvml.nvmlDeviceGetFieldValues(BOARD, [INSTANT])[0].value.uiVal
        samples.append((time.time(), nvml.nvmlDeviceGetPowerUsage(BOARD) / 1e3, instant / 1e3,
                        nvml.nvmlDeviceGetClockInfo(BOARD, nvml.NVML_CLOCK_SM)))
        time.sleep(0.02)


def replay(graph, seconds):
    start, count, pending = time.time(), 0, []
    while time.time() - start < seconds:
        graph.replay()
        count += 1
        event = torch.cuda.Event()
        event.record()
        pending.append(event)
        if len(pending) > 6:
            pending.pop(0).synchronize()
    torch.cuda.synchronize()
    return count


def hold(calls):
    """(ms of a call, W, MHz) of calls in rotation."""
    for call in calls:
        call()
    torch.cuda.synchronize()
    start = time.time()
    for call in calls:
        call()
    torch.cuda.synchronize()
    each = max(2e-6, (time.time() - start) / len(calls))
    rounds = max(1, min(400, int(0.004 / each / len(calls))))
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(rounds):
            for call in calls:
                call()
    replay(graph, 0.7)
    a, b = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start = time.time()
    a.record()
    count = replay(graph, 1.5)
    b.record()
    torch.cuda.synchronize()
    seen = [s for s in samples if s[0] >= start + 0.1]
    return (a.elapsed_time(b) / count / rounds / len(calls), seen[-1][1],
            sum(s[3] for s in seen) / len(seen))


def rows(name, keys):
    file = open(os.path.join(OUT, name), "w")
    print("framework,version,device,op_name,kernel_source," + keys
          + ",latency,power,power_limit,settled,clock_mhz", file=file)
    start = f"PyTorch,{torch.__version__.split('+')[0]},{torch.cuda.get_device_name()},"

    def write(what, calls):
        ms, watts, clock = hold(calls)
        print(f"{start}{what},{ms:.6g},{watts:.1f},700,2.2,{clock:.0f}", file=file, flush=True)
    return write


def products():
    write = rows("power_gemm.csv", "gemm_dtype,m,n,k,copies")
    bf16, fp8 = torch.bfloat16, torch.float8_e4m3fn
    shapes = [(1, 32, 64), (1, 1024, 1024), (1, 2560, 512), (64, 2048, 2048), (256, 1024, 1024),
              (1024, 1024, 1024), (1024, 2048, 2048)]
    shapes += [(m, 16384, 12288) for m in (1, 16, 64, 128, 256, 512, 2048)]
    shapes += [(8192,) * 3, (4096,) * 3, (1, 4096, 4096), (1, 16384, 1024), (1, 8192, 4096)]
    for m, n, k, copies in [(*s, 6) for s in shapes] + [(1, 4096, 4096, 1), (64, 4096, 4096, 1)]:
        x = torch.randn(m, k, device="cuda", dtype=bf16)
        w = [torch.randn(n, k, device="cuda", dtype=bf16) for _ in range(copies)]
        write(f"gemm,torch_linear,bfloat16,{m},{n},{k},{copies}", [lambda y=y: F.linear(x, y) for y in w])
    one = torch.ones((), device="cuda")
    for m, n, k in [(16, 16384, 12288), (512, 16384, 12288), (8192,) * 3]:
        x = torch.randn(m, k, device="cuda", dtype=bf16).to(fp8)
        w = [torch.randn(n, k, device="cuda", dtype=bf16).to(fp8) for _ in range(6)]
        write(f"gemm,torch_scaled_mm,fp8,{m},{n},{k},6",
              [lambda y=y: torch._scaled_mm(x, y.t(), one, one, out_dtype=bf16) for y in w])


def attention():
    keys = "batch_size,isl,num_heads,num_key_value_heads,head_dim,attn_dtype,kv_cache_dtype,step,window_size"
    write = rows("power_generation_attention.csv", keys)
    for b, heads, kv, s, d in [(64, 32, 8, 8192, 128), (16, 32, 32, 8192, 128), (8, 64, 8, 16384, 128),
                               (64, 32, 8, 2048, 128), (64, 32, 4, 8192, 64), (1, 32, 8, 131072, 128)]:
        q = torch.randn(b, kv, heads // kv, d, device="cuda", dtype=torch.bfloat16)
        k, v = (torch.randn(b, kv, s, d, device="cuda", dtype=torch.bfloat16) for _ in "kv")
        write(f"generation_attention,torch_sdpa,{b},1,{heads},{kv},{d},bfloat16,bfloat16,{s - 1},0",
              [lambda: F.scaled_dot_product_attention(q, k, v)])
    write = rows("power_context_attention.csv", keys)
    for s in (4096, 16384):
        q, k, v = (torch.randn(1, 32, s, 128, device="cuda", dtype=torch.bfloat16) for _ in "qkv")
        write(f"context_attention,torch_sdpa,1,{s},32,32,128,bfloat16,bfloat16,0,0",
              [lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)])


def steps():
    x, w = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in "xw")
    with open(os.path.join(OUT, "power_step.csv"), "w") as file:
        print("load,seconds,averaged,instant,clock_mhz", file=file)
        for load in (0.04, 0.3, 1, 3):
            torch.cuda.synchronize()
            time.sleep(2.5)
            start = time.time()
            while time.time() - start < load:
                for _ in range(6):
                    x @ w
                torch.cuda.synchronize()
            time.sleep(1.6)
            for at, averaged, instant, clock in samples[::2]:
                if start - 0.3 < at < start + load + 1.6:
                    print(f"{load},{at - start:.3f},{averaged:.1f},{instant:.1f},{clock}", file=file)


thread = threading.Thread(target=sample)
thread.start()
time.sleep(1)
products()
attention()
steps()
done.set()
thread.join()
