"""Kernels of a decode step in CUDA graphs, timed as gpu.py times its patterns.

Usage: python3 steps.py OUTPUT_FOLDER   (writes steps.csv and steps_parts.csv)
"""
from gpu import *

B = torch.bfloat16
FLUSH = torch.empty(64 << 20, device=dev)


def draw(*shape):
    return torch.empty(*shape, device=dev, dtype=B).normal_()


def add(row, key, fn, n):
    try:
        row(*key, n, per(fn, n))
    except Exception as e:
        print(key, str(e)[:200], flush=True)


def products(row):
    shapes = ((6144, 4096), (4096, 4096), (28672, 4096), (4096, 14336), (128256, 4096),
              (5120, 3072), (3072, 3072), (16384, 3072), (3072, 8192), (128256, 3072))
    add(row, ("flush", 0, 0, 0, 0), lambda i: FLUSH.zero_(), 24)
    for n, k in shapes:
        W = weights(n, k)
        for m in (1, 2, 4, 8, 16, 32, 64):
            x = draw(m, k)
            add(row, ("linear", n, k, m, 0), lambda i: F.linear(x, W[i % len(W)]),
                count(3 + n * k / 2e6, 1500, 6, 96))
            if m in (1, 8, 32) and n < 1e5:
                add(row, ("linear_cold", n, k, m, 0),
                    lambda i: (FLUSH.zero_(), F.linear(x, W[i % len(W)])), 16)
        del W
        torch.cuda.empty_cache()


def norms(row):
    for m in (1, 8, 16, 32):
        for h in (3072, 4096):
            x, y, w = draw(m, h), draw(m, h), draw(h)
            add(row, ("rms", m, h, 0, 0), lambda i: F.rms_norm(x, (h,), w, 1e-5), 96)
            add(row, ("rms_man", m, h, 0, 0), lambda i: (x.float() * torch.rsqrt(
                x.float().pow(2).mean(-1, keepdim=True) + 1e-5)).to(B) * w, 48)
            add(row, ("add", m, h, 0, 0), lambda i: x + y, 192)
        for f in (8192, 14336):
            g = draw(m, 2 * f)
            add(row, ("swiglu", m, f, 0, 0), lambda i: F.silu(g[:, :f]) * g[:, f:], 96)


def selection(row):
    for b in (1, 8, 16, 32):
        for g in (3, 4):
            q = draw(b, 8, g, 128)
            add(row, ("qmean", b, g, 0, 0), lambda i: q.mean(2), 192)
        q = draw(b, 8, 128)
        for P in (64, 128, 256, 512, 1024, 2048):
            M = [draw(b, 8, P, 128) for _ in range(8)]
            add(row, ("score", b, P, 0, 0),
                lambda i: torch.einsum('bhd,bhpd->bhp', q, M[i % 8]), 96)
            add(row, ("score_mul", b, P, 0, 0),
                lambda i: torch.matmul(M[i % 8], q[..., None]), 96)
            s = torch.randn(b, 8, P, device=dev).to(B)
            for k in sorted({P // 4, P // 8, P // 16}):
                add(row, ("topk", b, P, k, 0), lambda i: torch.topk(s, k, dim=-1).indices, 48)
                add(row, ("topk_us", b, P, k, 0), lambda i: torch.topk(
                    s, k, dim=-1, sorted=False).indices.to(torch.int32), 48)


def parts(row):
    for m in (1, 8, 16, 32):
        for h in (3072, 4096):
            x, y, w = draw(m, h), draw(m, h), draw(h)
            for name, fn in {
                "bf16": lambda i: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * w,
                "f32": lambda i: ((z := x.float()) * torch.rsqrt(
                    z.pow(2).mean(-1, keepdim=True) + 1e-5)).to(B) * w,
                "mixed": lambda i: (x * torch.rsqrt(
                    x.float().pow(2).mean(-1, keepdim=True) + 1e-5)).to(B) * w,
                "mixed2": lambda i: x * torch.rsqrt(
                    x.float().pow(2).mean(-1, keepdim=True) + 1e-5).to(B) * w,
                "f32w": lambda i: ((z := x.float()) * torch.rsqrt(
                    z.pow(2).mean(-1, keepdim=True) + 1e-5) * w).to(B),
                "cast": lambda i: x.float(), "pow": lambda i: x.pow(2),
                "mean": lambda i: x.mean(-1, keepdim=True), "mul": lambda i: x * y,
                "addout": lambda i: torch.add(x, y, out=x),
            }.items():
                add(row, (name, m, h, 0), fn, 64)
        for f in (8192, 14336):
            g = draw(m, 2 * f)
            add(row, ("silu", m, f, 0), lambda i: F.silu(g[:, :f]), 96)
            add(row, ("chunkmul", m, f, 0), lambda i: g[:, :f] * g[:, f:], 96)
        for S in (((6144, 4096), (4096, 4096), (28672, 4096), (4096, 14336)),
                  ((5120, 3072), (3072, 3072), (16384, 3072), (3072, 8192))):
            W = [weights(n, k, 2e9) for n, k in S]
            X = [draw(m, k) for n, k in S]
            add(row, ("lin", m, S[0][1], 0),
                lambda i: [F.linear(x, w[i % len(w)]) for w, x in zip(W, X)], 12)
    for b in (1, 8, 16, 32):
        for g in (3, 4):
            v = draw(b, 8 * g, 128).view(b, 8, g, 128)
            add(row, ("qmeanf", b, g, 0), lambda i: v.float().mean(2), 96)
            add(row, ("qmeanc", b, g, 0), lambda i: v.mean(2), 96)
        qf, q = draw(b, 8, 128).float(), draw(b, 8, 128)
        for P in (64, 256, 1024, 2048):
            M = [draw(b, 8, P, 128) for _ in range(6)]
            add(row, ("scoref", b, P, 0),
                lambda i: torch.einsum('bhd,bhpd->bhp', qf, M[i % 6].float()), 48)
            add(row, ("scoret", b, P, 0),
                lambda i: torch.einsum('bhd,bphd->bhp', q, M[i % 6].view(b, P, 8, 128)), 48)
            add(row, ("scorebm", b, P, 0), lambda i: (M[i % 6] * q[:, :, None]).sum(-1), 48)
            for dtype in (torch.float32, B):
                s = torch.randn(b, 8, P, device=dev).to(dtype)
                name = str(dtype)[-7:]
                for k in sorted({P // 4, P // 8, P // 16}):
                    add(row, ("tk_" + name, b, P, k), lambda i: torch.topk(s, k, dim=-1), 48)
                    add(row, ("tku_" + name, b, P, k),
                        lambda i: torch.topk(s, k, dim=-1, sorted=False), 48)
                    if dtype == B:
                        j = torch.topk(s, k, dim=-1).indices
                        add(row, ("icast", b, P, k), lambda i: j.to(torch.int32), 96)
                        add(row, ("iadd", b, P, k), lambda i: j + 5, 96)
                        add(row, ("sort", b, P, k), lambda i: j.sort(-1), 48)


if __name__ == "__main__":
    big = draw(8192, 8192)
    start = time.time()
    while time.time() - start < 1.5:
        big @ big
        torch.cuda.synchronize()
    kernels = writer("steps", ["what", "a", "b", "c", "d"])
    products(kernels)
    norms(kernels)
    selection(kernels)
    parts(writer("steps_parts", ["what", "a", "b", "c"]))
