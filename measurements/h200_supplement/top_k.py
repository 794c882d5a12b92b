"""torch.topk over short and long rows, and decode attention whose sequences share their keys and values.

Usage: python3 top_k.py OUTPUT_FOLDER
"""
import csv, os, statistics as st, sys
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

OUT = sys.argv[1]
dev, BF = "cuda", torch.bfloat16


def replay(fn, n=10, groups=9):
    """us a call: median of replays of a graph of n calls."""
    fn(); fn(); torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(n):
            fn()
    times = []
    for _ in range(groups):
        a, b = (torch.cuda.Event(enable_timing=True) for _ in "ab")
        a.record(); graph.replay(); b.record(); torch.cuda.synchronize()
        times.append(a.elapsed_time(b) / n * 1e3)
    return "%.3f" % st.median(times)


def writer(name, head):
    w = csv.writer(open(os.path.join(OUT, name), "w", newline=""), lineterminator="\n")
    w.writerow(head)
    return w.writerow


def top_k():
    row = writer("top_k.csv", ["what", "dtype", "rows", "n", "k", "us"])
    for dtype in (BF, torch.float32):
        for rows in (1, 8, 32, 128, 1024, 8192):
            for n in (128, 512, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 524288):
                if rows * n > 1 << 28:
                    continue
                x = torch.randn(rows, n, device=dev).to(dtype)
                for k in (16, 64, 256, 1024, 4096):
                    if k > n // 2 or (dtype != BF and k not in (64, 1024)):
                        continue
                    for is_sorted in (True, False):
                        us = replay(lambda: torch.topk(x, k, -1, sorted=is_sorted))
                        row(["topk" if is_sorted else "topk_us", str(dtype)[6:], rows, n, k, us])


def shared_prefix():
    row = writer("shared_prefix.csv", ["kind", "heads", "kv", "batch", "context", "us"])
    for heads, kv in ((32, 32), (32, 8)):
        for batch in (4, 16, 32, 64):
            for n in (1024, 4096, 8192, 16384, 32768):
                if batch * n * kv * 512 > 6e10:
                    continue
                q = torch.randn(batch, heads, 1, 128, device=dev, dtype=BF)
                for kind in ("own", "shared"):
                    count = batch if kind == "own" else 1
                    k, v = (torch.randn(count, kv, n, 128, device=dev, dtype=BF).expand(batch, -1, -1, -1) for _ in "kv")
                    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
                        us = replay(lambda: F.scaled_dot_product_attention(q, k, v, enable_gqa=heads != kv), 4)
                    row([kind, heads, kv, batch, n, us])
                    del k, v


if __name__ == "__main__":
    top_k()
    shared_prefix()
