"""Host time of eager PyTorch: launches from Python at tiny sizes, and whole decode steps against their kernels.

A process that has profiled launches slower ever after, so kernels are counted by one process (`COUNT=1`) and times
taken by others. Usage: python3 eager.py OUTPUT_FOLDER [section ...]   (operations layer model prompt)
"""
import contextlib, csv, os, statistics as st, sys, time, traceback
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

OUT = sys.argv[1]
SECTIONS = sys.argv[2:] or "operations layer model prompt".split()
COUNT = os.environ.get("COUNT") == "1"
dev = "cuda"
BF = torch.bfloat16


def writer(name, head):
    f = open(os.path.join(OUT, name + ".csv"), "w", newline="")
    w = csv.writer(f); w.writerow(head)
    def row(*values):
        values = ["%.3f" % v if isinstance(v, float) else v for v in values]
        w.writerow(values); f.flush(); print(name, *values, flush=True)
    return row


def rand(*shape):
    return torch.randn(*shape, device=dev, dtype=BF) * 0.02


def kernels(fn, count=3):
    """Kernels and copies of one call, and the sum of their device times in us."""
    if not COUNT:
        return "", ""
    from torch.profiler import ProfilerActivity, profile
    fn(); torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CUDA]) as p:
        for _ in range(count):
            fn()
        torch.cuda.synchronize()
    events = [e for e in p.events() if e.device_type == torch.autograd.DeviceType.CUDA]
    return len(events) / count, sum(e.time_range.elapsed_us() for e in events) / count


def spread(ts):
    ts = sorted(ts)
    return st.median(ts), ts[round(.2 * (len(ts) - 1))], ts[round(.8 * (len(ts) - 1))]


def issue(fn, m=200, groups=25):
    """us a call from Python, without waiting: median of groups of m, 20th and 80th percentile."""
    if COUNT:
        return "", "", ""
    for _ in range(50):
        fn()
    ts = []
    for _ in range(groups):
        torch.cuda.synchronize()
        t = time.perf_counter()
        for _ in range(m):
            fn()
        ts.append((time.perf_counter() - t) / m * 1e6)
    torch.cuda.synchronize()
    return spread(ts)


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), dim=-1)


@torch.no_grad()
def operations():
    row = writer("eager_operations", ["what", "kernels", "device_us", "host_us", "p20_us", "p80_us"])
    x, y, w = rand(1, 1, 256), rand(1, 1, 256), rand(256, 256)
    q, k = rand(1, 8, 1, 64), rand(1, 8, 64, 64)
    one = rand(256)
    i = torch.zeros(1, 1, device=dev, dtype=torch.long)
    def norm():
        f = x.to(torch.float32)
        return one * (f * torch.rsqrt(f.pow(2).mean(-1, keepdim=True) + 1e-6)).to(BF)
    for what, fn in {
        "mul": lambda: x * y, "add": lambda: x + y, "neg": lambda: -x, "pow": lambda: x.pow(2),
        "mean": lambda: x.mean(-1, keepdim=True), "rsqrt": lambda: torch.rsqrt(x), "to_float": lambda: x.float(),
        "silu": lambda: F.silu(x), "cat": lambda: torch.cat([x, y], dim=-1), "linear": lambda: F.linear(x, w),
        "matmul": lambda: torch.matmul(x, w), "sdpa": lambda: F.scaled_dot_product_attention(q, k, k),
        "sdpa_gqa": lambda: F.scaled_dot_product_attention(q, k[:, :2], k[:, :2], enable_gqa=True),
        "softmax": lambda: torch.softmax(x, -1), "topk": lambda: torch.topk(x, 16, -1), "sort": lambda: torch.sort(x, -1),
        "gather": lambda: torch.gather(x, -1, i[..., None]), "index": lambda: w[i], "argmax": lambda: x.argmax(-1),
        "copy": lambda: x.copy_(y), "cumsum": lambda: torch.cumsum(x, -1), "zeros": lambda: torch.zeros(256, device=dev),
        "arange": lambda: torch.arange(64, device=dev), "einsum": lambda: torch.einsum("bhqd,bhkd->bhqk", q, k),
        "view": lambda: x.view(1, 4, 64), "transpose": lambda: q.transpose(1, 2), "slice": lambda: x[..., :128],
        "rms_norm": norm,
    }.items():
        n, device = kernels(fn, 5)
        row(what, n, device, *issue(fn))


def step(fn, m=20):
    """us of calls in a row, each with the wait at the end of m; median of 5."""
    if COUNT:
        return "", "", ""
    ts = []
    for _ in range(7):
        torch.cuda.synchronize()
        t = time.perf_counter()
        for _ in range(m):
            fn()
        torch.cuda.synchronize()
        ts.append((time.perf_counter() - t) / m * 1e6)
    return spread(ts)


@torch.no_grad()
def layer():
    """A Llama-3-8B layer written as modelling code writes it; batch 1, and other widths."""
    row = writer("eager_layer", ["hidden", "inter", "heads", "kv_heads", "context", "batch", "cache", "kernels", "device_us", "issue_us", "us", "p20_us", "p80_us"])
    for hidden, inter, heads, kv in ((256, 512, 4, 2), (2048, 8192, 32, 8), (4096, 14336, 32, 8)):
        d = hidden // heads
        W = {name: rand(o, i) for name, o, i in (("q", hidden, hidden), ("k", kv * d, hidden), ("v", kv * d, hidden), ("o", hidden, hidden), ("g", inter, hidden), ("u", inter, hidden), ("d", hidden, inter))}
        n1, n2 = rand(hidden), rand(hidden)
        def norm(x, w):
            f = x.to(torch.float32)
            f = f * torch.rsqrt(f.pow(2).mean(-1, keepdim=True) + 1e-6)
            return w * f.to(x.dtype)
        for context, batch in ((512, 1), (8192, 1), (65536, 1), (8192, 8)):
            x = rand(batch, 1, hidden)
            K, V = rand(batch, kv, context, d), rand(batch, kv, context, d)
            cos, sin = rand(batch, 1, d), rand(batch, 1, d)
            for cache in ("cat", "none"):
                def one():
                    h = norm(x, n1)
                    q = F.linear(h, W["q"]).view(batch, 1, heads, d).transpose(1, 2)
                    k = F.linear(h, W["k"]).view(batch, 1, kv, d).transpose(1, 2)
                    v = F.linear(h, W["v"]).view(batch, 1, kv, d).transpose(1, 2)
                    c, s = cos.unsqueeze(1), sin.unsqueeze(1)
                    q = q * c + rotate_half(q) * s
                    k = k * c + rotate_half(k) * s
                    if cache == "cat":
                        k, v = torch.cat([K, k], dim=-2), torch.cat([V, v], dim=-2)
                    else:
                        k, v = K, V
                    a = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
                    y = x + F.linear(a.transpose(1, 2).reshape(batch, 1, hidden), W["o"])
                    h = norm(y, n2)
                    return y + F.linear(F.silu(F.linear(h, W["g"])) * F.linear(h, W["u"]), W["d"])
                for _ in range(10):
                    one()
                count, device = kernels(one)
                row(hidden, inter, heads, kv, context, batch, cache, count, device, issue(one, 10, 15)[0], *step(one))


def llama(layers, hidden, inter):
    from transformers import LlamaConfig, LlamaForCausalLM
    config = LlamaConfig(
        hidden_size=hidden, intermediate_size=inter, num_hidden_layers=layers, num_attention_heads=32, num_key_value_heads=8,
        vocab_size=128256, max_position_embeddings=131072, attn_implementation="sdpa", tie_word_embeddings=False)
    before = torch.get_default_dtype()
    torch.set_default_dtype(BF)
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    torch.set_default_dtype(before)
    model = model.to_empty(device=dev).eval()
    for p in model.parameters():
        p.data.normal_(0, 0.02) if p.dim() > 1 else p.data.fill_(1)
    rope = model.model.rotary_emb
    fresh = type(rope)(config=config, device=dev)
    model.model.rotary_emb = fresh
    return model, config


@torch.no_grad()
def model():
    import transformers
    print("transformers", transformers.__version__)
    row = writer("eager_model", ["attention", "layers", "hidden", "inter", "context", "batch", "kernels", "device_us", "us", "p20_us", "p80_us"])
    for (layers, hidden, inter), backend in [
        (shape, backend) for shape in ((32, 4096, 14336), (16, 2048, 8192)) for backend in ("flash", "default")
    ]:
        chosen = contextlib.nullcontext() if backend == "default" else sdpa_kernel(SDPBackend.FLASH_ATTENTION)
        decode_steps(row, backend, chosen, layers, hidden, inter)


def decode_steps(row, backend, chosen, layers, hidden, inter):
    from transformers import DynamicCache
    m, config = llama(layers, hidden, inter)
    with chosen:
        for context, batch in ((512, 1), (8192, 1), (32768, 1), (512, 16)):
            ids = torch.randint(0, 1000, (batch, context), device=dev)
            cache = DynamicCache(config=config)
            m.model(ids, past_key_values=cache, use_cache=True)
            new = ids[:, :1].contiguous()
            def one():
                return m(new, past_key_values=cache, use_cache=True).logits[:, -1].argmax(-1)
            for _ in range(5):
                one()
            times = step(one, 6)
            count, device = kernels(one, 2)
            row(backend, layers, hidden, inter, context, batch, count, device, *times)
            del cache
    del m
    torch.cuda.empty_cache()


@torch.no_grad()
def prompt():
    """Short and long prompts of the whole model, against their kernels."""
    row = writer("eager_prompt", ["layers", "hidden", "inter", "context", "batch", "kernels", "device_us", "us", "p20_us", "p80_us"])
    m, config = llama(32, 4096, 14336)
    for context in (16, 128, 512, 1024, 8192, 32768):
        ids = torch.randint(0, 1000, (1, context), device=dev)
        one = lambda: m(ids, use_cache=True, logits_to_keep=1).logits.argmax(-1)
        one(); one()
        times = step(one, 2)
        count, device = kernels(one, 1)
        row(32, 4096, 14336, context, 1, count, device, *times)


if __name__ == "__main__":
    torch.manual_seed(5)
    for s in SECTIONS:
        t = time.time()
        try:
            globals()[s]()
        except Exception:
            traceback.print_exc(); print("SECTION FAILED", s, flush=True)
        torch.cuda.empty_cache()
        print("section", s, "%.1f s" % (time.time() - t), flush=True)
