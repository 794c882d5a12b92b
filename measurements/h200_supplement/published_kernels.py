"""Kernels as published methods and their baselines ran them: torch.cat without wide loads, PyTorch's plain attention with a
mask, a mask walk that tests every key against the end, and the host's way through a Python operator.

Usage: python3 published_kernels.py OUTPUT_FOLDER [section ...]   (cat plain bounds host walk); attention_prefill.py beside it
"""
import csv, os, statistics as st, sys, time
OUT = sys.argv[1]
SECTIONS = sys.argv[2:] or "cat plain bounds host walk".split()
sys.argv[2:] = ["fa2"]
import attention_prefill as ap
import torch, triton, triton.language as tl
import torch.nn.functional as F
dev = "cuda"


def writer(name, columns):
    f = open(os.path.join(OUT, name + ".csv"), "w", newline="")
    w = csv.writer(f, lineterminator="\n"); w.writerow(columns)
    def row(*values):
        w.writerow(values); f.flush(); print(name, *values, flush=True)
    return row


def cat():
    """`old` begins 2 bytes off a 16-byte boundary, so that the kernel for unaligned inputs runs: the one that 16-bit
    numbers took until PyTorch 2.8 whatever their alignment (pytorch #150233)."""
    row = writer("cat_elements", ["what", "batch", "heads", "context", "ms", "bytes"])
    for batch, heads, n in ((1, 8, 32768), (1, 32, 16384), (8, 32, 4096), (8, 32, 16384), (4, 8, 16384)):
        store = torch.randn(batch * heads * n * 128 + 1, device=dev, dtype=torch.float16)
        off, on = store[1:].view(batch, heads, n, 128), store[:-1].view(batch, heads, n, 128)
        new = torch.randn(batch, heads, 1, 128, device=dev, dtype=torch.float16)
        size = 2 * 2 * batch * heads * n * 128
        for what, old in (("aligned", on), ("elements", off)):
            row(what, batch, heads, n, round(ap.event(lambda: torch.cat([old, new], dim=-2))[0], 6), size)
        del store, off, on


def plain():
    """Attention with an explicit mask in 16 bits and two query heads on one KV head: PyTorch's plain path."""
    row = writer("attention_plain", ["what", "queries", "keys", "width", "device_ms", "host_us"])
    for width in (64, 128):
        for nq, nk in ((4096, 4096), (16384, 16384), (32768, 32768), (1, 256), (1, 8192), (1, 131072), (1, 524288)):
            q = torch.randn(1, 2, nq, width, device=dev, dtype=torch.bfloat16, requires_grad=nq > 1)
            k = torch.randn(1, 1, nk, width, device=dev, dtype=torch.bfloat16, requires_grad=nq > 1)
            v = torch.randn(1, 1, nk, width, device=dev, dtype=torch.bfloat16, requires_grad=nq > 1)
            mask = torch.zeros(1, 1, nq, nk, device=dev, dtype=torch.bfloat16)
            def forward():
                with torch.no_grad():
                    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
            def timed():
                torch.cuda.synchronize(); t = time.perf_counter(); forward(); torch.cuda.synchronize()
                return time.perf_counter() - t
            forward(); forward()
            row("forward", nq, nk, width, round(ap.event(forward, 0.2, 3)[0], 6), round(1e6 * st.median(timed() for _ in range(9)), 2))
            if nq > 1:
                ts = []
                for _ in range(4):
                    out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
                    g = torch.randn_like(out)
                    torch.cuda.synchronize(); t = time.perf_counter(); out.backward(g); torch.cuda.synchronize()
                    ts.append(time.perf_counter() - t); del out, g
                row("backward", nq, nk, width, round(1e3 * st.median(ts[1:]), 6), 0)
            del q, k, v, mask


@triton.jit
def bounded_kernel(
    Q, K, V, Out, scale, mask, n, rows, GROUP, M: tl.constexpr, N: tl.constexpr, SIDE: tl.constexpr, D: tl.constexpr,
):
    """As masked_kernel, by block pointers that check the end at every load, scores scaled in the loop, and a test of
    every key against the end of the prompt; two passes, before and on the diagonal's segment of two blocks."""
    row = tl.program_id(0)
    head = tl.program_id(1)
    step = tl.arange(0, N)
    queries = row * M + tl.arange(0, M)
    base = head.to(tl.int64) * n * D
    kv = (head // GROUP).to(tl.int64) * n * D
    place = mask + (head * rows + row * M // SIDE).to(tl.int64) * rows
    qp = tl.make_block_ptr(Q + base, (n, D), (D, 1), (row * M, 0), (M, D), (1, 0))
    q = tl.load(qp, boundary_check=(0, 1), padding_option="zero")
    scale *= 1.44269504
    top = tl.zeros([M], dtype=tl.float32) - float("inf")
    total = tl.zeros([M], dtype=tl.float32) + 1.0
    acc = tl.zeros([M, D], dtype=tl.float32)
    segment = row * M // (2 * SIDE) * (2 * SIDE)
    for part in tl.static_range(2):
        low = 0 if part == 0 else segment
        high = segment if part == 0 else tl.minimum(segment + 2 * SIDE, n)
        kp = tl.make_block_ptr(K + kv, (D, n), (1, D), (0, low), (D, N), (0, 1))
        vp = tl.make_block_ptr(V + kv, (n, D), (D, 1), (low, 0), (N, D), (1, 0))
        for start in range(low, high, N):
            if tl.load(place + start // SIDE) != 0:
                out = step[None, :] >= n - start
                k = tl.load(kp, boundary_check=(0, 1), padding_option="zero")
                s = tl.dot(q, k) * scale
                if part == 1:
                    out |= queries[:, None] < start + step[None, :]
                s = s + tl.where(out, -1e6, 0)
                highest = tl.maximum(top, tl.max(s, 1))
                p = tl.math.exp2(s - highest[:, None])
                share = tl.math.exp2(top - highest)
                acc = acc * share[:, None]
                v = tl.load(vp, boundary_check=(0, 1), padding_option="zero")
                acc += tl.dot(p.to(v.dtype), v)
                total = total * share + tl.sum(p, 1)
                top = highest
            kp = tl.advance(kp, (0, N))
            vp = tl.advance(vp, (N, 0))
    op = tl.make_block_ptr(Out + base, (n, D), (D, 1), (row * M, 0), (M, D), (1, 0))
    tl.store(op, (acc / total[:, None]).to(Out.dtype.element_ty), boundary_check=(0, 1))


def bounded(q, k, v, o, mask, side, m, step, warps, stages):
    heads, n, d = q.shape
    bounded_kernel[(n // m, heads)](q, k, v, o, d ** -0.5, mask, n, n // side, heads // k.shape[0], M=m, N=step, SIDE=side,
                                    D=d, num_warps=warps, num_stages=stages)


def bounds():
    """Columns of attention_prefill_masked.csv; keys and values of as many heads as queries, as the released code has."""
    row = ap.writer("attention_prefill_bounded", ap.COLS)
    side = 128
    configs = [(32, 64, 4, 2), (64, 32, 4, 2), (64, 64, 4, 2), (64, 64, 8, 2), (128, 64, 4, 2), (64, 128, 4, 2), (128, 128, 8, 2),
               (64, 128, 8, 3), (128, 64, 8, 3)]
    q, k, v = (ap.rand(8, 16384, 128) for _ in range(3))
    o, o2 = torch.empty_like(q), torch.empty_like(q)
    mask = ap.block_mask(ap.block_lists(16384, .25, 8, side), side)
    diagonal = torch.arange(128, device=dev)
    mask |= (diagonal[:, None] // 2 == diagonal[None, :] // 2).to(mask.dtype)
    ap.masked(q, k, v, o2, mask, side, 64, 64, 4, 2)
    found = {}
    for config in configs:
        try:
            bounded(q, k, v, o, mask, side, *config)
            found[config] = ap.event(lambda: bounded(q, k, v, o, mask, side, *config), 0.1, 4)[0]
            print("bounded", config, "error", ((o - o2).float().norm() / o2.float().norm()).item(), found[config], "ms", flush=True)
        except Exception as e:
            print("bounded", config, repr(e)[:200], flush=True)
    best = min(found, key=found.get)
    print("best", best, flush=True)
    for n in (8192, 16384, 32768, 65536, 131072):
        heads = 32 if n <= 65536 else 8
        q, k, v = (ap.rand(heads, n, 128) for _ in range(3))
        o = torch.empty_like(q)
        for density in (1.0, .5, .25, .12, .06, .03):
            lists = ap.block_lists(n, density, heads, side)
            mask, count = ap.block_mask(lists, side), int(lists[0].sum())
            actual = count / (heads * (n // side) * (n // side + 1) / 2)
            del lists
            t = ap.event(lambda: bounded(q, k, v, o, mask, side, *best), 0.2, 4)
            row(["attention_prefill", "triton128_bounds_bf16kv_d128", "event", 1, side, n, round(actual, 6), 0, 128, heads,
                 density, heads, 0, 0], t, 0, 4 * 128 * side * side * count)
            del mask
        del q, k, v, o


def host():
    """us from the call to the end of its kernels, the device idle before: a tiny kernel as it is, as a Python operator
    (torch.library.custom_op), and as that within an autograd function."""
    row = writer("host_operator", ["what", "us", "low_us", "high_us"])
    @torch.library.custom_op("lacuna::add", mutates_args=(), device_types="cuda")
    def add(a: torch.Tensor, b: torch.Tensor, c: torch.Tensor, scale: float, flag: bool) -> torch.Tensor:
        return a + b
    class Call(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, c, scale, flag):
            return add(a, b, c, scale, flag)
    x = torch.randn(64, device=dev)
    ways = {"nothing": lambda: None, "kernel": lambda: x + x, "operator": lambda: add(x, x, x, 1.0, True),
            "function": lambda: Call.apply(x, x, x, 1.0, True), "copy": lambda: torch.tensor([7], dtype=torch.int32, device=dev),
            "zeros": lambda: torch.zeros(1, 1, 64, 64).to(dev)}
    for what, fn in ways.items():
        ts = []
        for _ in range(220):
            torch.cuda.synchronize(); t = time.perf_counter(); fn(); torch.cuda.synchronize()
            ts.append(1e6 * (time.perf_counter() - t))
        ts = sorted(ts[20:])
        row(what, round(st.median(ts), 2), round(ts[40], 2), round(ts[160], 2))


WALK = r"""
extern "C" __global__ void walk(const int* verticals, const int* slashes, int* counts, int* offsets, int* columns, int rows, int nv, int ns) {
  int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  int end = (row + 1) * 64, v = 0, s = 0, blocks = 0, singles = 0;
  offsets += (long long)row * ns; columns += (long long)row * nv;
  int column = verticals[v++], distance = slashes[s++];
  while (distance >= end && s < ns) distance = slashes[s++];
  int stop = max(end - distance, 64), start = stop - 64;
  while (true) {
    if (column < stop) {
      if (column < start) columns[singles++] = column;
      column = v < nv ? verticals[v++] : end + 64;
    } else {
      if (s >= ns) { for (int i = start; i < stop; i += 64) offsets[blocks++] = i; break; }
      int next = max(end - slashes[s++], 64);
      if (next > stop + 64) { for (int i = start; i < stop; i += 64) offsets[blocks++] = i; start = next - 64; stop = next; }
      else if (next > stop) stop += 64;
    }
  }
  counts[row] = blocks + singles;
}
"""


def walk():
    """One thread a row of 64 queries merges a rising and a falling list, as the index of vertical and slash tiles is made."""
    row = writer("merge_walk", ["context", "vertical", "slash", "ms"])
    kernel = torch.cuda._compile_kernel(WALK, "walk")
    for n in (10240, 102400, 512000):
        for nv, ns in ((1000, 6096), (30, 800), (3500, 100)):
            nv, ns, rows = min(nv, n), min(ns, n), n // 64
            v = torch.randperm(n, device=dev)[:nv].sort()[0].int()
            s = torch.randperm(n, device=dev)[:ns].sort(descending=True)[0].int()
            counts = torch.zeros(rows, device=dev, dtype=torch.int32)
            offsets = torch.zeros(rows, ns, device=dev, dtype=torch.int32)
            columns = torch.zeros(rows, nv, device=dev, dtype=torch.int32)
            fn = lambda: kernel(grid=((rows + 63) // 64, 1, 1), block=(64, 1, 1), args=(v, s, counts, offsets, columns, rows, nv, ns))
            row(n, nv, ns, round(ap.event(fn, 0.1, 4)[0], 6))


if __name__ == "__main__":
    ap.OUT = OUT
    ap.setup()
    for section in SECTIONS:
        try:
            globals()[section]()
        except Exception as e:
            print("section", section, repr(e)[:400], flush=True)
        torch.cuda.empty_cache()
