"""Prompt and decode attention of one GPU in columns of the h200_lab tables.

`graph` rows: (t(2N) - t(N)) / N less the same of the flush alone, t(M) the median of replays of a CUDA graph of M
repetitions of (256 MB memset, call). `event` rows: CUDA events around a call after that memset.
Usage: python3 attention_prefill.py OUTPUT_FOLDER [section ...]   (fa2 decode cat blocks stripes masks)
"""
import csv, os, statistics as st, sys, time, traceback
import torch, triton, triton.language as tl
from torch.nn.attention import SDPBackend, sdpa_kernel
import torch.nn.functional as F
try:
    from numba import njit, prange
except ImportError:
    prange = range
    def njit(**_):
        return lambda f: f

OUT = sys.argv[1]
SECTIONS = sys.argv[2:] or "fa2 decode cat blocks stripes masks".split()
dev = "cuda"
BF = torch.bfloat16
FLUSH = None


def setup():
    global FLUSH
    torch.manual_seed(11)
    FLUSH = torch.empty(256 << 20, device=dev, dtype=torch.uint8)


def quantile(ts, q):
    ts = sorted(ts)
    return ts[min(len(ts) - 1, max(0, round(q * (len(ts) - 1))))]


def event(fn, budget=0.5, least=5, most=40):
    """ms of one call with a cold L2: median, 20th and 80th percentile."""
    fn(); fn(); torch.cuda.synchronize()
    ts, start = [], time.time()
    while len(ts) < least or (time.time() - start < budget and len(ts) < most):
        a, b = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        FLUSH.zero_()
        a.record(); fn(); b.record(); b.synchronize()
        ts.append(a.elapsed_time(b))
    return [st.median(ts), quantile(ts, .2), quantile(ts, .8)]


def replays(fn, m, reps=7):
    g = torch.cuda.CUDAGraph()
    with torch.cuda.graph(g):
        for _ in range(m):
            fn()
    g.replay(); g.replay()
    ts = []
    for _ in range(reps):
        a, b = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        a.record(); g.replay(); b.record(); b.synchronize()
        ts.append(a.elapsed_time(b))
    return ts


_flush = {}


def graph(fn, n=12):
    """ms of one call with a cold L2, without the host: median, 20th and 80th percentile."""
    fn(); fn(); torch.cuda.synchronize()
    def both():
        FLUSH.zero_(); fn()
    one, two = replays(both, n), replays(both, 2 * n)
    if n not in _flush:
        a, b = replays(FLUSH.zero_, n), replays(FLUSH.zero_, 2 * n)
        _flush[n] = (st.median(b) - st.median(a)) / n
    base = st.median(one)
    return [(t - base) / n - _flush[n] for t in (st.median(two), quantile(two, .2), quantile(two, .8))]


def writer(name, cols):
    f = open(os.path.join(OUT, name + ".csv"), "w", newline="")
    w = csv.writer(f)
    head = ["family", "kernel", "timing"] + cols + ["ms", "p20_ms", "p80_ms", "bytes", "flops"]
    w.writerow(head)
    def row(values, times, size, flops):
        w.writerow(list(values) + ["%.6f" % t for t in times] + [int(size), int(flops)]); f.flush()
        print(*values[1:], "%.4f ms %.0f TFLOP/s %.0f GB/s" % (times[0], flops / times[0] / 1e9, size / times[0] / 1e6), flush=True)
    return row


def rand(*shape):
    return torch.randn(*shape, device=dev, dtype=BF)


def kernels_of(fn):
    from torch.profiler import ProfilerActivity, profile
    fn(); torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CUDA]) as p:
        fn(); torch.cuda.synchronize()
    return [e.name for e in p.events() if e.device_type == torch.autograd.DeviceType.CUDA]


def flash(q, k, v, causal):
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=q.shape[1] != k.shape[1])


def fa2():
    row = writer("attention_prefill_fa2", ["batch", "context", "head_dim", "heads", "kv_heads"])
    seen = False
    for d in (128, 64):
        for kv in (8, 32):
            for batch, contexts in ((1, [512 << i for i in range(9)]), (4, [512, 1024, 2048, 4096, 8192, 16384]), (16, [512, 1024, 2048])):
                for n in contexts:
                    heads = 32
                    q, k, v = rand(batch, heads, n, d), rand(batch, kv, n, d), rand(batch, kv, n, d)
                    fn = lambda: flash(q, k, v, True)
                    if not seen:
                        print("kernels", kernels_of(fn)); seen = True
                    how = "graph" if batch * n <= 16384 else "event"
                    t = graph(fn, 12 if batch * n <= 8192 else 6) if how == "graph" else event(fn, 0.4, 4)
                    size = 2 * d * batch * n * (2 * heads + 2 * kv)
                    row(["attention_prefill", f"sdpa_fa2_bf16kv_d{d}", how, batch, n, d, heads, kv], t, size,
                        2 * batch * heads * d * n * n)
                    del q, k, v


def decode():
    row = writer("attention_decode_fa2", ["batch", "context", "head_dim", "heads", "keep", "kv_heads", "page", "pages_read"])
    for d in (128, 64):
        for kv in (8, 32):
            for batch in (1, 4, 16, 64):
                for n in [1024 << i for i in range(8)]:
                    heads = 32
                    if batch * n * kv * d * 4 > 18e9:
                        continue
                    q, k, v = rand(batch, heads, 1, d), rand(batch, kv, n, d), rand(batch, kv, n, d)
                    size = 4 * d * batch * n * kv
                    t = graph(lambda: flash(q, k, v, False), 8 if size < 2e9 else 3)
                    row(["attention_decode", f"sdpa_fa2_bf16kv_d{d}", "graph", batch, n, d, heads, 1.0, kv, 256, n // 256],
                        t, size, 4 * batch * heads * d * n)
                    del q, k, v


def cat():
    row = writer("kv_cat", ["batch", "context", "head_dim", "kv_heads"])
    for batch in (1, 8):
        for n in [4096 << i for i in range(6)]:
            old, new = rand(batch, 8, n, 128), rand(batch, 8, 1, 128)
            how = "graph" if batch * n <= 65536 else "event"
            fn = lambda: torch.cat([old, new], dim=-2)
            t = graph(fn, 6) if how == "graph" else event(fn)
            row(["kv_cat", "torch_cat", how, batch, n, 128, 8], t, 2 * 2 * batch * 8 * (n + 1) * 128, 0)
            del old, new


@triton.jit
def tile(q, k, v, acc, top, total, keep, D: tl.constexpr):
    s = tl.where(keep, tl.dot(q, k), float("-inf"))
    highest = tl.maximum(top, tl.max(s, 1))
    share = tl.math.exp2(top - highest)
    p = tl.math.exp2(s - highest[:, None])
    acc = acc * share[:, None] + tl.dot(p.to(v.dtype), v)
    return acc, highest, total * share + tl.sum(p, 1)


@triton.jit
def stripes_kernel(
    Q, K, V, Out, scale, block_count, block_offset, column_count, column_index, n, rows, GROUP, blocks_pitch,
    columns_pitch, M: tl.constexpr, N: tl.constexpr, SIDE: tl.constexpr, D: tl.constexpr, COLUMNS: tl.constexpr,
):
    """One head and M queries a program: listed blocks of SIDE keys in steps of N, then single keys N at a time."""
    row = tl.program_id(0)
    head = tl.program_id(1)
    queries = row * M + tl.arange(0, M)
    step = tl.arange(0, N)
    width = tl.arange(0, D)
    base = head.to(tl.int64) * n * D
    kv = (head // GROUP).to(tl.int64) * n * D
    place = (head * rows + row).to(tl.int64)
    blocks = tl.load(block_count + place)
    k_base = K + kv + width[:, None]
    v_base = V + kv + width[None, :]
    q = tl.load(Q + base + queries[:, None] * D + width[None, :])
    q = (q * (scale * 1.44269504)).to(q.dtype)
    top = tl.zeros([M], dtype=tl.float32) - float("inf")
    total = tl.zeros([M], dtype=tl.float32)
    acc = tl.zeros([M, D], dtype=tl.float32)
    for i in range(blocks):
        start = tl.load(block_offset + place * blocks_pitch + i)
        for j in tl.static_range(0, SIDE, N):
            keys = start + j + step
            k = tl.load(k_base + keys[None, :] * D, mask=keys[None, :] < n, other=0.0)
            v = tl.load(v_base + keys[:, None] * D, mask=keys[:, None] < n, other=0.0)
            acc, top, total = tile(q, k, v, acc, top, total, keys[None, :] <= queries[:, None], D)
    if COLUMNS:
        columns = tl.load(column_count + place)
        for i in range(0, columns, N):
            inside = i + step < columns
            keys = tl.load(column_index + place * columns_pitch + i + step, mask=inside, other=0)
            k = tl.load(k_base + keys[None, :] * D, mask=inside[None, :], other=0.0)
            v = tl.load(v_base + keys[:, None] * D, mask=inside[:, None], other=0.0)
            acc, top, total = tile(q, k, v, acc, top, total, inside[None, :], D)
    tl.store(Out + base + queries[:, None] * D + width[None, :], (acc / total[:, None]).to(Out.dtype.element_ty))


def sparse(q, k, v, o, lists, side=64, m=64, step=64, warps=4, stages=2):
    counts, offsets, column_counts, columns = lists
    heads, n, d = q.shape
    rows = n // m
    stripes_kernel[(rows, heads)](
        q, k, v, o, d ** -0.5, counts, offsets, counts if columns is None else column_counts,
        offsets if columns is None else columns, n, rows, heads // k.shape[0], offsets.shape[-1],
        1 if columns is None else columns.shape[-1], M=m, N=step, SIDE=side, D=d, COLUMNS=columns is not None,
        num_warps=warps, num_stages=stages)


@triton.jit
def masked_kernel(
    Q, K, V, Out, scale, mask, n, rows, GROUP, M: tl.constexpr, N: tl.constexpr, SIDE: tl.constexpr, D: tl.constexpr,
):
    """One head and M queries a program, which walks all causal steps of N keys and skips those of blocks that a
    mask of SIDE by SIDE leaves out."""
    row = tl.program_id(0)
    head = tl.program_id(1)
    queries = row * M + tl.arange(0, M)
    step = tl.arange(0, N)
    width = tl.arange(0, D)
    base = head.to(tl.int64) * n * D
    kv = (head // GROUP).to(tl.int64) * n * D
    place = mask + (head * rows + row * M // SIDE).to(tl.int64) * rows
    k_base = K + kv + width[:, None]
    v_base = V + kv + width[None, :]
    q = tl.load(Q + base + queries[:, None] * D + width[None, :])
    q = (q * (scale * 1.44269504)).to(q.dtype)
    top = tl.zeros([M], dtype=tl.float32) - 1e6
    total = tl.zeros([M], dtype=tl.float32)
    acc = tl.zeros([M, D], dtype=tl.float32)
    for start in range(0, (row + 1) * M, N):
        if tl.load(place + start // SIDE) != 0:
            keys = start + step
            k = tl.load(k_base + keys[None, :] * D)
            v = tl.load(v_base + keys[:, None] * D)
            acc, top, total = tile(q, k, v, acc, top, total, keys[None, :] <= queries[:, None], D)
    tl.store(Out + base + queries[:, None] * D + width[None, :], (acc / total[:, None]).to(Out.dtype.element_ty))


def masked(q, k, v, o, mask, side, m, step, warps, stages):
    heads, n, d = q.shape
    masked_kernel[(n // m, heads)](
        q, k, v, o, d ** -0.5, mask, n, n // side, heads // k.shape[0], M=m, N=step, SIDE=side, D=d,
        num_warps=warps, num_stages=stages)


def block_mask(lists, side):
    """The mask of lists of blocks, a byte a block."""
    counts, offsets, _, _ = lists
    rows = counts.shape[-1]
    place = torch.where(torch.arange(rows, device=dev) < counts[..., None], offsets // side, rows).to(torch.int64)
    return torch.zeros(*counts.shape, rows + 1, device=dev, dtype=torch.int8).scatter_(2, place, 1)[..., :rows].contiguous()


# block: queries of a program, keys of a step, warps, stages; the fastest at a density of 0.25 counts
MASKED = {
    64: [(64, 64, 4, 2), (64, 64, 4, 3), (64, 32, 4, 2), (64, 64, 8, 2)],
    128: [(64, 64, 4, 2), (128, 64, 4, 2), (64, 128, 4, 2), (128, 128, 8, 2), (64, 128, 8, 3), (128, 64, 8, 3)],
}


def masks():
    row = writer("attention_prefill_masked", COLS)
    for side, configs in MASKED.items():
        q, k, v = (rand(2, 2048, 128) for _ in range(3))
        o = torch.full_like(q, float("nan"))
        lists = block_lists(2048, 0.5, 2, side)
        mask = block_mask(lists, side)
        keep = mask.bool().repeat_interleave(side, 1).repeat_interleave(side, 2).tril()
        want = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=keep)
        q8, k8, v8 = rand(32, 16384, 128), rand(8, 16384, 128), rand(8, 16384, 128)
        o8, mask8 = torch.empty_like(q8), block_mask(block_lists(16384, .25, 32, side), side)
        times = {}
        for config in configs:
            masked(q, k, v, o, mask, side, *config)
            times[config] = event(lambda: masked(q8, k8, v8, o8, mask8, side, *config), 0.1, 4)[0]
            print("masked", side, config, "error", ((o.float() - want).norm() / want.norm()).item(), times[config], "ms")
        best = min(times, key=times.get)
        for n in (8192, 16384, 32768, 65536, 131072):
            heads, kv = (32, 8) if n <= 65536 else (8, 2)
            q, k, v = rand(heads, n, 128), rand(kv, n, 128), rand(kv, n, 128)
            o = torch.empty_like(q)
            for density in (1.0, .5, .25, .12, .06, .03):
                lists = block_lists(n, density, heads, side)
                mask, count = block_mask(lists, side), int(lists[0].sum())
                del lists
                actual = count / (heads * (n // side) * (n // side + 1) / 2)
                t = event(lambda: masked(q, k, v, o, mask, side, *best), 0.2, 4)
                row(["attention_prefill", f"triton{side}_mask_bf16kv_d128", "event", 1, side, n, round(actual, 6), 0, 128,
                     heads, density, kv, 0, 0], t, 0, 4 * 128 * side * side * count)
                del mask
            del q, k, v, o


@njit(parallel=True, cache=False)
def convert(verticals, slashes, rows, side, counts, offsets, column_counts, columns):
    """Blocks that cover diagonals `slashes` (falling distances) for each row of blocks, and what `verticals`
    (rising) those leave, as MInference's index conversion lays them: blocks begin where a diagonal begins."""
    for row in prange(rows):
        end = (row + 1) * side
        done, single, s, v = 0, 0, 0, 0
        while s < len(slashes) and slashes[s] >= end:
            s += 1
        if s == len(slashes):
            counts[row], column_counts[row] = 0, 0
            continue
        stop = max(end - slashes[s], side)
        s += 1
        start = stop - side
        while True:
            if v < len(verticals) and verticals[v] < stop:
                if verticals[v] < start:
                    columns[row, single] = verticals[v]
                    single += 1
                v += 1
                continue
            last = True
            while s < len(slashes):
                at = max(end - slashes[s], side)
                s += 1
                if at > stop + side:
                    for x in range(start, stop, side):
                        offsets[row, done] = x
                        done += 1
                    start, stop, last = at - side, at, False
                    break
                if at > stop:
                    stop += side
                    last = False
                    break
            if last:
                for x in range(start, stop, side):
                    offsets[row, done] = x
                    done += 1
                break
        counts[row], column_counts[row] = done, single


def stripe_lists(n, vertical, slash, run, heads, side=64, seed=0):
    """Lists of the heads, and how many blocks and columns they hold: diagonals in runs anywhere, the nearest 64 and
    the first 30 columns always among them."""
    import numpy as np
    rows = n // side
    rng = np.random.default_rng(seed)
    kept = []
    for _ in range(heads):
        mask = np.zeros(n, dtype=bool)
        mask[:min(64, slash)] = True
        while mask.sum() < slash:
            at = rng.integers(0, n - run)
            mask[at:at + min(run, slash - mask.sum())] = True
        slashes = np.flatnonzero(mask)[::-1].astype(np.int64).copy()
        columns = np.sort(np.concatenate([np.arange(30), 30 + rng.choice(n - 30, max(0, vertical - 30), replace=False)]))
        counts, singles = np.zeros(rows, np.int32), np.zeros(rows, np.int32)
        offsets, index = np.zeros((rows, rows + 2), np.int32), np.zeros((rows, len(columns)), np.int32)
        convert(columns.astype(np.int64), slashes, rows, side, counts, offsets, singles, index)
        kept.append((counts, offsets, singles, index))
    stacked = [np.stack(part) for part in zip(*kept)]
    return stacked, int(stacked[0].sum()), int(stacked[2].sum())


def block_lists(n, density, heads, side):
    """The diagonal, the first and random others of the causal blocks of each row."""
    rows = n // side
    seen = torch.arange(1, rows + 1, device=dev)
    keep = torch.clamp((seen * density).round(), min=1).to(torch.int64)
    counts = torch.zeros(heads, rows, device=dev, dtype=torch.int32)
    offsets = torch.zeros(heads, rows, rows, device=dev, dtype=torch.int32)
    for h in range(heads):
        score = torch.rand(rows, rows, device=dev)
        score[:, 0] += 1
        score += 2 * torch.eye(rows, device=dev)
        score.masked_fill_(torch.triu(torch.ones(rows, rows, device=dev, dtype=torch.bool), 1), -1)
        rank = score.argsort(1, descending=True).argsort(1)
        chosen = (rank < keep[:, None]) & (score >= 0)
        counts[h] = chosen.sum(1)
        at = torch.where(chosen, torch.arange(rows, device=dev)[None, :], rows).sort(1)[0]
        offsets[h] = torch.where(at < rows, at * side, 0)
    return counts, offsets, None, None


def check():
    import numpy as np
    n, heads = 1024, 2
    q, k, v = (rand(heads, n, 128) for _ in range(3))
    o = torch.full_like(q, float("nan"))
    arrays, _, _ = stripe_lists(n, 64, 100, 20, heads)
    lists = [torch.from_numpy(a).to(dev) for a in arrays]
    sparse(q, k, v, o, lists)
    mask = np.zeros((heads, n, n), dtype=bool)
    for h in range(heads):
        for r in range(n // 64):
            rows = slice(r * 64, r * 64 + 64)
            for x in arrays[1][h, r, :arrays[0][h, r]]:
                mask[h, rows, x:x + 64] = True
            mask[h, rows, arrays[3][h, r, :arrays[2][h, r]]] = True
    keep = torch.from_numpy(mask).to(dev) & torch.ones(n, n, device=dev, dtype=torch.bool).tril()
    want = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), attn_mask=keep)
    print("stripes error", ((o.float() - want).norm() / want.norm()).item(), flush=True)
    for side, m, step, warps, stages in VARIANTS.values():
        o.fill_(float("nan"))
        lists = block_lists(n, 1.0, heads, side)
        sparse(q, k, v, o, lists, side, m, step, warps, stages)
        want = F.scaled_dot_product_attention(q.float(), k.float(), v.float(), is_causal=True)
        print("blocks error", side, step, ((o.float() - want).norm() / want.norm()).item(), flush=True)


# name: block, queries of a program, keys of a step, warps, stages
VARIANTS = {
    "triton_block64": (64, 64, 64, 4, 2), "triton_block128": (128, 128, 64, 8, 2),
    "triton_block128_step128": (128, 128, 128, 8, 2), "triton_block128_w4": (128, 128, 64, 4, 3),
}
COLS = ["batch", "block", "context", "density", "gathered", "head_dim", "heads", "keep", "kv_heads", "vertical", "slash"]


def blocks():
    check()
    row = writer("attention_prefill_blocks", COLS)
    for name, (side, m, step, warps, stages) in VARIANTS.items():
        main = name == "triton_block64"
        for n in (8192, 16384, 32768, 65536, 131072) if main else (16384, 65536, 131072):
            heads, kv = (32, 8) if n <= 65536 else (8, 2)
            q, k, v = rand(heads, n, 128), rand(kv, n, 128), rand(kv, n, 128)
            o = torch.empty_like(q)
            for density in (1.0, .5, .25, .12, .06, .03) if main else (1.0, .25, .06):
                lists = block_lists(n, density, heads, side)
                count = int(lists[0].sum())
                actual = count / (heads * (n // side) * (n // side + 1) / 2)
                t = event(lambda: sparse(q, k, v, o, lists, side, m, step, warps, stages), 0.2, 4)
                row(["attention_prefill", name, "event", 1, side, n, round(actual, 6), 0, 128, heads, density, kv, 0, 0],
                    t, 0, 4 * 128 * side * side * count)
                del lists
            del q, k, v, o


PATTERNS = [(1000, 6096), (30, 800), (100, 800), (3500, 100), (500, 700), (512, 2048), (3048, 8144), (9192, 14288)]


def stripes():
    row = writer("attention_prefill_stripes", COLS)
    for n in (8192, 16384, 32768, 65536, 131072, 262144):
        for heads in (1, 8):
            q, k, v = (rand(heads, n, 128) for _ in range(3))
            o = torch.empty_like(q)
            for vertical, slash in PATTERNS:
                if vertical + slash > 0.9 * n or (n == 262144 and heads == 8 and vertical > 1000):
                    continue
                arrays, count, single = stripe_lists(n, vertical, slash, 64, heads)
                lists = [torch.from_numpy(a).to(dev) for a in arrays]
                pairs = 64 * 64 * count + 64 * single
                causal = heads * (n // 64) * (n // 64 + 1) / 2 * 4096
                t = event(lambda: sparse(q, k, v, o, lists), 0.2, 5)
                row(["attention_prefill", "triton_vertical_slash", "event", 1, 64, n, round(pairs / causal, 6),
                     round(64 * single / pairs, 6), 128, heads, round(pairs / causal, 4), heads, vertical, slash],
                    t, 0, 4 * 128 * pairs)
                del lists
            del q, k, v, o


if __name__ == "__main__":
    setup()
    for s in SECTIONS:
        t = time.time()
        try:
            globals()[s]()
        except Exception:
            traceback.print_exc(); print("SECTION FAILED", s, flush=True)
        torch.cuda.empty_cache()
        print("section", s, "%.1f s" % (time.time() - t), flush=True)
