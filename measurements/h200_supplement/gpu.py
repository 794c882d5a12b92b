"""Device coefficients of one GPU, measured with CUDA graphs.

A row's `us` is the time of one repetition of a pattern: (t(2N) - t(N)) / N, where t(M) is the median of REPS
replays of a CUDA graph that holds M repetitions in a row, timed with events. So graph launch and event
overhead cancel. low_us and high_us: the same from the second least and second greatest replay of the 2N graph.
Usage: python3 gpu.py OUTPUT_FOLDER [section ...]   (gather matvec elementwise copy attention overlap)
"""
import csv, os, statistics as st, sys, time, traceback
import torch, triton, triton.language as tl
import torch.nn.functional as F

OUT = sys.argv[1]
SECTIONS = sys.argv[2:] or "elementwise matvec gather copy attention overlap".split()
REPS = 9
dev = "cuda"
torch.manual_seed(7)
MAIN = torch.cuda.Stream()
SIDE = torch.cuda.Stream()


def capture(fn, m):
    torch.cuda.synchronize()
    g = torch.cuda.CUDAGraph()
    with torch.cuda.stream(MAIN):
        g.capture_begin()
        for i in range(m):
            fn(i)
        g.capture_end()
    return g


def times(g):
    with torch.cuda.stream(MAIN):
        for _ in range(3):
            g.replay()
        ev = []
        for _ in range(REPS):
            a, b = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            a.record(MAIN); g.replay(); b.record(MAIN)
            b.synchronize()
            ev.append(a.elapsed_time(b) * 1e3)
    return sorted(ev)


def per(fn, n):
    """us of one repetition of fn, and the same from the second least and second greatest replay."""
    torch.cuda.synchronize()
    with torch.cuda.stream(MAIN):
        fn(0); fn(1)
    torch.cuda.synchronize()
    t1 = times(capture(fn, n)); t2 = times(capture(fn, 2 * n))
    m1 = st.median(t1)
    return [(v - m1) / n for v in (st.median(t2), t2[1], t2[-2])]


def writer(name, cols):
    f = open(os.path.join(OUT, name + ".csv"), "w", newline="")
    w = csv.writer(f); w.writerow(cols + ["nodes_n", "us", "low_us", "high_us"])
    def row(*v):
        *keys, n, r = v
        w.writerow(list(keys) + [n] + ["%.3f" % x for x in r]); f.flush()
        print(name, *keys, "us %.3f" % r[0], flush=True)
    return row


def weights(n, k, total=800e6, least=3):
    c = max(least, int(-(-total // (n * k * 2))))
    return [torch.empty(n, k, device=dev, dtype=torch.bfloat16).normal_(0, 0.02) for _ in range(c)]


def matvec(W, x, y):
    return lambda i: torch.mv(W[i % len(W)], x, out=y)


def vec(n):
    return torch.empty(n, device=dev, dtype=torch.bfloat16).normal_()


def matvec_set(n, k, **kw):
    return matvec(weights(n, k, **kw), vec(k), vec(n))


@triton.jit
def noop_kernel(x):
    pass


@triton.jit
def gather_kernel(dst, src, ids, ELEMS: tl.constexpr, BLOCK: tl.constexpr):
    pid = tl.program_id(0)
    page = tl.load(ids + pid)
    for i in range(0, ELEMS, BLOCK):
        o = i + tl.arange(0, BLOCK)
        tl.store(dst + pid * ELEMS + o, tl.load(src + page * ELEMS + o))


POOL = 1 << 30
VARIANTS = {"one_w4": (16384, 4), "one_w8": (16384, 8), "loop8k_w4": (4096, 4), "loop4k_w4": (2048, 4), "loop2k_w4": (1024, 4)}
# name: (bf16 elements a program loads before it stores them, warps)
_h = {}


def host_pool():
    if "p" not in _h:
        t = torch.empty(POOL // 2, dtype=torch.bfloat16, pin_memory=True)
        t.view(torch.int64).copy_(torch.arange(POOL // 8) * 2654435761 % 1000003)
        _h["p"] = t
    return _h["p"]


def gather_fn(variant, page_bytes, n):
    block, warps = VARIANTS[variant]
    elems = page_bytes // 2
    block = min(block, elems)
    src = host_pool()
    pages = POOL // page_bytes
    ids = torch.randperm(pages, device=dev)
    dst = torch.empty(max(n, 1) * elems, device=dev, dtype=torch.bfloat16)
    step = -(-n // 16) * 16
    slots = pages // step
    def f(i):
        o = (i % slots) * step
        gather_kernel[(n,)](dst, src, ids[o:o + n], elems, block, num_warps=warps)
    return f


def check_gather():
    src = host_pool()
    ids = torch.randperm(POOL // 32768, device=dev)[:16]
    dst = torch.zeros(16 * 16384, device=dev, dtype=torch.bfloat16)
    for v, (b, w) in VARIANTS.items():
        dst.zero_()
        gather_kernel[(16,)](dst, src, ids, 16384, b, num_warps=w)
        want = torch.cat([src[int(p) * 16384:(int(p) + 1) * 16384] for p in ids.cpu()]).view(torch.int16)
        assert torch.equal(dst.cpu().view(torch.int16), want), v
    print("gather checked", flush=True)


def count(us, budget=1500., lo=8, hi=256):
    return int(min(hi, max(lo, budget / us)))


def section_gather():
    check_gather()
    row = writer("gather", ["pattern", "variant", "page_bytes", "pages"])
    for v in VARIANTS:
        for n in (1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64, 96, 128, 256):
            c = count(5 + .64 * n); row("alone", v, 32768, n, c, per(gather_fn(v, 32768, n), c))
        for b in (8192, 16384, 65536):
            for n in (1, 4, 16, 64):
                c = count(5 + .64 * n * b / 32768); row("alone", v, b, n, c, per(gather_fn(v, b, n), c))
    mv = matvec_set(4096, 16384)
    base = per(mv, 24); row("matvec", "", 0, 0, 24, base)
    for v in VARIANTS:
        for n in (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256):
            g = gather_fn(v, 32768, n)
            c = 24 if n < 64 else 12
            row("before_matvec", v, 32768, n, c, per(lambda i: (g(i), mv(i)), c))
    row("matvec", "", 0, 0, 24, per(mv, 24))


def section_matvec():
    row = writer("matvec", ["call", "n", "k", "bytes"])
    for n, k in ((512, 512), (1024, 2048), (2048, 1536), (1536, 2048), (3072, 1536), (3072, 2048), (4608, 2048), (4096, 4096), (8192, 2048), (2048, 8192),
                 (8192, 4096), (4096, 16384), (16384, 4096), (8192, 8192), (16384, 8192), (24576, 8192)):
        W = weights(n, k); x, y = vec(k), vec(n); b = 2 * n * k
        c = count(3 + b / 4.2e6, hi=192)
        row("mv", n, k, b, c, per(matvec(W, x, y), c))
        x1 = x[None]
        row("linear", n, k, b, c, per(lambda i: F.linear(x1, W[i % len(W)]), c))
        del W; torch.cuda.empty_cache()


def section_elementwise():
    row = writer("elementwise", ["pattern", "numbers"])
    t = vec(64)
    row("empty_kernel", 0, 512, per(lambda i: noop_kernel[(1,)](t, num_warps=4), 512))
    row("empty_kernel_132_programs", 0, 512, per(lambda i: noop_kernel[(132,)](t, num_warps=4), 512))
    for n in (1536, 2048, 4096, 8192, 16384, 65536):
        h, u, o = vec(2 * n), vec(n), vec(n)
        w = torch.ones(n, device=dev, dtype=torch.bfloat16)
        row("silu", n, 256, per(lambda i: torch.ops.aten.silu.out(h[:n], out=o), 256))
        row("mul", n, 256, per(lambda i: torch.mul(u, h[n:], out=o), 256))
        row("add", n, 256, per(lambda i: torch.add(u, h[n:], out=o), 256))
        row("swiglu_silu_mul", n, 256, per(lambda i: F.silu(h[:n]) * h[n:], 256))
        row("rms_norm", n, 256, per(lambda i: F.rms_norm(u, (n,), w, 1e-6), 256))
        row("rms_norm_manual", n, 256, per(lambda i: u * torch.rsqrt(u.float().pow(2).mean() + 1e-6) * w, 128))
    # one MoE layer on the device: dense product, then four experts of gate+up, SwiGLU, down
    dense = matvec_set(4096, 4096)
    up, down = weights(3072, 2048), weights(2048, 1536)
    x, h, z = vec(2048), vec(3072), vec(2048)
    def expert(j, swiglu=True):
        torch.mv(up[j % len(up)], x, out=h)
        a = F.silu(h[:1536]) * h[1536:] if swiglu else h[:1536]
        torch.mv(down[j % len(down)], a, out=z)
    row("expert_no_swiglu", 1536, 96, per(lambda i: expert(i, False), 96))
    row("expert_swiglu", 1536, 96, per(expert, 96))
    row("moe_layer", 1536, 16, per(lambda i: (dense(i), [expert(4 * i + j) for j in range(4)]), 16))


def section_copy():
    row = writer("copy", ["pattern", "bytes", "copies"])
    src = host_pool().view(torch.uint8)
    dst = torch.empty(64 << 20, device=dev, dtype=torch.uint8)
    t = vec(64)
    state = [0]
    def copies(b, c):
        for _ in range(c):
            o = state[0]
            if o + b > POOL: o = 0
            dst[:b].copy_(src[o:o + b], non_blocking=True)
            state[0] = o + b
    nop = lambda: noop_kernel[(1,)](t, num_warps=4)
    mv = matvec_set(4096, 4096)
    row("kernel", 0, 0, 256, per(lambda i: nop(), 256))
    row("matvec33", 0, 0, 64, per(mv, 64))
    row("matvec33_x2", 0, 0, 32, per(lambda i: (mv(2 * i), mv(2 * i + 1)), 32))
    for b in (4096, 65536, 262144, 1 << 20, 4 << 20, 18874368, 64 << 20):
        for c in (1, 2, 4, 8):
            n = count(c * (5 + b / 55e3), 12000., 4, 64)
            row("copies_only", b, c, n, per(lambda i: copies(b, c), n))
            row("kernel_copies", b, c, n, per(lambda i: (nop(), copies(b, c)), n))
            row("kernel_kernel_copies", b, c, n, per(lambda i: (nop(), nop(), copies(b, c)), n))
            if b >= 1 << 20:
                row("matvec33_copies", b, c, n, per(lambda i: (mv(i), copies(b, c)), n))
    up, down = weights(3072, 2048), weights(2048, 1536)
    x, h, z = vec(2048), vec(3072), vec(2048)
    def expert(j):
        torch.mv(up[j % len(up)], x, out=h)
        torch.mv(down[j % len(down)], F.silu(h[:1536]) * h[1536:], out=z)
    for c in (0, 1, 2, 3, 4):
        row("moe_layer", 18874368, c, 8, per(lambda i: (mv(i), copies(18874368, c), [expert(4 * i + j) for j in range(4)]), 8))


@triton.jit
def split_kernel(q, kv, table, part, lse, NP, scale, G: tl.constexpr):
    h = tl.program_id(0); p = tl.program_id(1)
    page = tl.load(table + h * NP + p)
    r = tl.arange(0, 16); d = tl.arange(0, 128); t = tl.arange(0, 64)
    Q = tl.load(q + (h * G + r[:, None]) * 128 + d[None, :], mask=r[:, None] < G, other=0.)
    K = tl.load(kv + page * 16384 + t[:, None] * 128 + d[None, :])
    V = tl.load(kv + page * 16384 + 8192 + t[:, None] * 128 + d[None, :])
    s = tl.dot(Q, tl.trans(K)) * scale
    m = tl.max(s, 1); e = tl.exp(s - m[:, None]); l = tl.sum(e, 1)
    o = tl.dot(e.to(tl.bfloat16), V) / l[:, None]
    b = (h * NP + p) * 16
    tl.store(part + (b + r[:, None]) * 128 + d[None, :], o)
    tl.store(lse + b + r, m + tl.log(l))


@triton.jit
def merge_kernel(part, lse, out, NP, PAD: tl.constexpr, G: tl.constexpr):
    h = tl.program_id(0); g = tl.program_id(1)
    p = tl.arange(0, PAD); d = tl.arange(0, 128)
    b = (h * NP + p) * 16 + g
    w = tl.load(lse + b, mask=p < NP, other=float("-inf"))
    w = tl.exp(w - tl.max(w, 0)); w = w / tl.sum(w, 0)
    o = tl.load(part + b[:, None] * 128 + d[None, :], mask=p[:, None] < NP, other=0.)
    tl.store(out + (h * G + g) * 128 + d, tl.sum(o * w[:, None], 0).to(tl.bfloat16))


def attention_fn(kvh, np_, G=8, pool_pages=16384):
    if "kv" not in _h: _h["kv"] = torch.empty(pool_pages * 16384, device=dev, dtype=torch.bfloat16).normal_()
    kv = _h["kv"]
    perm = torch.randperm(pool_pages, device=dev)
    q = vec(kvh * G * 128)
    part = torch.empty(kvh * np_ * 16 * 128, device=dev); lse = torch.empty(kvh * np_ * 16, device=dev)
    out = vec(kvh * G * 128)
    pad = triton.next_power_of_2(np_); step = -(-kvh * np_ // 16) * 16; slots = pool_pages // step
    def f(i, merge=True):
        o = (i % slots) * step
        split_kernel[(kvh, np_)](q, kv, perm[o:o + kvh * np_], part, lse, np_, 128 ** -.5, G, num_warps=4)
        if merge: merge_kernel[(kvh, G)](part, lse, out, np_, pad, G, num_warps=4)
    f.parts = (kv, perm, q, out)
    return f


def section_attention():
    row = writer("attention", ["pattern", "kv_heads", "pages"])
    f = attention_fn(4, 16); f(0); torch.cuda.synchronize(); kv, perm, q, out = f.parts
    k = kv.view(-1, 2, 64, 128)[perm[:64]].view(4, 16, 2, 64, 128).float()
    K, V = k[:, :, 0].reshape(4, 1024, 128), k[:, :, 1].reshape(4, 1024, 128)
    ref = torch.softmax(q.view(4, 8, 128).float() @ K.transpose(1, 2) * 128 ** -.5, -1) @ V
    e = float((out.view(4, 8, 128).float() - ref).norm() / ref.norm()); print("attention error", e); assert e < 1e-2
    mv = matvec_set(4096, 16384)
    row("matvec", 0, 0, 24, per(mv, 24))
    for kvh in (4, 8):
        for n in (8, 16, 32, 48, 64, 128):
            f = attention_fn(kvh, n)
            row("split_only", kvh, n, 96, per(lambda i: f(i, False), 96))
            row("split_merge", kvh, n, 96, per(f, 96))
            row("after_matvec", kvh, n, 24, per(lambda i: (mv(i), f(i)), 24))
    for n in (0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128):      # a whole offload layer: gather, product, attention
        f = attention_fn(4, 32)
        for v in ("one_w4", "loop4k_w4"):
            g = gather_fn(v, 32768, n) if n else (lambda i: None)
            row("layer_gather_%d_%s" % (n, v), 4, 32, 16, per(lambda i: (g(i), mv(i), f(i)), 16))


def section_overlap():
    row = writer("overlap", ["pattern", "variant", "pages"])
    mv = matvec_set(4096, 16384, total=1600e6)
    three = lambda i: (mv(3 * i), mv(3 * i + 1), mv(3 * i + 2))
    def forked(side, main):
        def f(i):
            a, b = torch.cuda.Event(), torch.cuda.Event()
            a.record(MAIN); SIDE.wait_event(a)
            with torch.cuda.stream(SIDE): side(i)
            b.record(SIDE)
            main(i)
            MAIN.wait_event(b)
        return f
    t = vec(64)
    row("compute", "", 0, 12, per(three, 12))
    row("serial_empty_kernel", "", 0, 12, per(lambda i: (noop_kernel[(1,)](t, num_warps=4), three(i)), 12))
    row("overlap_empty_kernel", "", 0, 12, per(forked(lambda i: noop_kernel[(1,)](t, num_warps=4), three), 12))
    dst = torch.empty(64 << 20, device=dev, dtype=torch.uint8); src = host_pool().view(torch.uint8)
    for b in (1 << 20, 2 << 20, 4 << 20, 8 << 20):
        cp = lambda i: dst[:b].copy_(src[(i % 16) * b:(i % 16 + 1) * b], non_blocking=True)
        row("serial_copy_engine", b, b // 32768, 12, per(lambda i: (cp(i), three(i)), 12))
        row("overlap_copy_engine", b, b // 32768, 12, per(forked(cp, three), 12))
    for v in ("one_w4", "one_w8", "loop4k_w4"):
        for n in (1, 4, 8, 16, 32, 48, 64, 80, 96, 102, 116, 124, 128, 132, 160, 192, 256, 512):
            g = gather_fn(v, 32768, n)
            c = 12 if n < 200 else 6
            row("gather", v, n, 2 * c, per(g, 2 * c))
            row("serial", v, n, c, per(lambda i: (g(i), three(i)), c))
            row("overlap", v, n, c, per(forked(g, three), c))


if __name__ == "__main__":
    p = torch.cuda.get_device_properties(0)
    print(p.name, p.multi_processor_count, torch.__version__, torch.version.cuda, triton.__version__, flush=True)
    big = torch.randn(8192, 8192, device=dev, dtype=torch.bfloat16)
    t = time.time()
    while time.time() - t < 1.5: big @ big; torch.cuda.synchronize()
    for s in SECTIONS:
        t = time.time()
        try: globals()["section_" + s]()
        except Exception: traceback.print_exc(); print("SECTION FAILED", s, flush=True)
        torch.cuda.synchronize(); _h.pop("kv", None); torch.cuda.empty_cache()
        print("section", s, "%.1f s" % (time.time() - t), flush=True)
