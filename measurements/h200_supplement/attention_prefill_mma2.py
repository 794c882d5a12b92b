"""The sparse prompt kernels without Hopper's matrix instructions, as Ampere and Ada run them, and FlashAttention-2
beside them, which uses none.

Usage: DISABLE_MMA_V3=1 TRITON_CACHE_DIR=/tmp/mma2 python3 attention_prefill_mma2.py OUTPUT_FOLDER
Rows as in attention_prefill_gathered.csv, `mma2` in the kernels' names; no rows where the compiler still used wgmma.
"""
import sys

sys.argv[2:] = ["fa2"]
import attention_prefill as ap
import torch

NARROW = 32, 8


def assembly(kernel_call, kernel):
    kernel_call()
    torch.cuda.synchronize()
    for cache in kernel.device_caches.values():
        for compiled in cache[0].values():
            yield compiled.asm["ptx"]


def uses_mma_sync():
    q, k, v = (ap.rand(2, 1024, 128) for _ in range(3))
    o = torch.empty_like(q)
    lists = ap.block_lists(1024, 1.0, 2, 64)
    texts = list(assembly(lambda: ap.sparse(q, k, v, o, lists), ap.stripes_kernel))
    print("ptx", len(texts), ["wgmma" in t for t in texts], ["mma.sync" in t for t in texts], flush=True)
    return bool(texts) and all("wgmma" not in t and "mma.sync" in t for t in texts)


def times(fn):
    return ap.event(fn, 0.2, 4)


def blocks(row):
    shapes = {"triton64_mma2": (64, [(64, 64, 4, 2), (64, 64, 4, 3), (64, 32, 4, 2)]),
              "triton128_mma2": (128, [(128, 64, 8, 2), (128, 64, 4, 2), (128, 64, 8, 3), (64, 64, 4, 2)])}
    for name, (side, configs) in shapes.items():
        heads, kv = NARROW
        q, k, v = ap.rand(heads, 16384, 128), ap.rand(kv, 16384, 128), ap.rand(kv, 16384, 128)
        o, lists = torch.empty_like(q), ap.block_lists(16384, .25, heads, side)
        found = {}
        for m, step, warps, stages in configs:
            if m == side:
                found[m, step, warps, stages] = times(lambda: ap.sparse(q, k, v, o, lists, side, m, step, warps, stages))[0]
        best = min(found, key=found.get)
        print(name, "best", best, found, flush=True)
        for n in (16384, 65536):
            q, k, v = ap.rand(heads, n, 128), ap.rand(kv, n, 128), ap.rand(kv, n, 128)
            o = torch.empty_like(q)
            for density in (1.0, .5, .25, .12, .06):
                lists = ap.block_lists(n, density, heads, side)
                count = int(lists[0].sum())
                actual = count / (heads * (n // side) * (n // side + 1) / 2)
                t = times(lambda: ap.sparse(q, k, v, o, lists, side, *best))
                row(["attention_prefill", name + "_bf16kv_d128", "event", 1, side, n, round(actual, 6), 0, 128, heads,
                     density, kv, 0, 0], t, 0, 4 * 128 * side * side * count)
                del lists


def masks(row):
    for side in (64, 128):
        heads, kv = NARROW
        q, k, v = ap.rand(heads, 16384, 128), ap.rand(kv, 16384, 128), ap.rand(kv, 16384, 128)
        o, mask = torch.empty_like(q), ap.block_mask(ap.block_lists(16384, .25, heads, side), side)
        found = {c: times(lambda: ap.masked(q, k, v, o, mask, side, *c))[0] for c in ap.MASKED[side]}
        best = min(found, key=found.get)
        print("mask", side, "best", best, found, flush=True)
        for n in (16384, 65536):
            q, k, v = ap.rand(heads, n, 128), ap.rand(kv, n, 128), ap.rand(kv, n, 128)
            o = torch.empty_like(q)
            for density in (1.0, .5, .25, .12, .06, .03):
                lists = ap.block_lists(n, density, heads, side)
                mask, count = ap.block_mask(lists, side), int(lists[0].sum())
                del lists
                actual = count / (heads * (n // side) * (n // side + 1) / 2)
                t = times(lambda: ap.masked(q, k, v, o, mask, side, *best))
                row(["attention_prefill", f"triton{side}_mask_mma2_bf16kv_d128", "event", 1, side, n, round(actual, 6), 0,
                     128, heads, density, kv, 0, 0], t, 0, 4 * 128 * side * side * count)


def stripes(row):
    heads = 8
    for n in (65536, 131072):
        q, k, v = (ap.rand(heads, n, 128) for _ in range(3))
        o = torch.empty_like(q)
        for vertical, slash in ((1000, 6096), (500, 700), (3500, 100), (100, 800)):
            arrays, count, single = ap.stripe_lists(n, vertical, slash, 64, heads)
            lists = [torch.from_numpy(a).to("cuda") for a in arrays]
            pairs = 64 * 64 * count + 64 * single
            causal = heads * (n // 64) * (n // 64 + 1) / 2 * 4096
            t = times(lambda: ap.sparse(q, k, v, o, lists))
            row(["attention_prefill", "triton64_mma2_bf16kv_d128", "event", 1, 64, n, round(pairs / causal, 6),
                 round(64 * single / pairs, 6), 128, heads, round(pairs / causal, 4), heads, vertical, slash],
                t, 0, 4 * 128 * pairs)


def flash(row):
    heads, kv = NARROW
    for n in (4096, 16384, 65536):
        q, k, v = ap.rand(1, heads, n, 128), ap.rand(1, kv, n, 128), ap.rand(1, kv, n, 128)
        t = times(lambda: ap.flash(q, k, v, True))
        row(["attention_prefill", "sdpa_fa2_bf16kv_d128", "event", 1, 0, n, 1.0, 0, 128, heads, 1.0, kv, 0, 0], t, 0,
            2 * heads * 128 * n * n)


if __name__ == "__main__":
    ap.setup()
    if not uses_mma_sync():
        sys.exit("the compiler still uses wgmma; no rows")
    table = ap.writer("attention_prefill_mma2", ap.COLS)
    flash(table)
    blocks(table)
    masks(table)
    stripes(table)
