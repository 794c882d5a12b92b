"""The list kernel of 128 queries over vertical and slash patterns: what gathering single keys costs it.

Usage: [DISABLE_MMA_V3=1 TRITON_CACHE_DIR=/tmp/mma2] python3 attention_prefill_gather128.py OUTPUT_FOLDER
Rows for attention_prefill_gathered.csv, or with the variable for attention_prefill_mma2.csv.
"""
import os
import sys

sys.argv[2:] = ["fa2"]
import attention_prefill as ap
import torch

PATTERNS = [(1000, 6096), (500, 700), (3500, 100), (100, 800)]
TILINGS = [(128, 64, 8, 3), (128, 64, 8, 2)]


def main():
    ap.setup()
    name = "triton128_mma2" if os.environ.get("DISABLE_MMA_V3") else "triton128"
    row = ap.writer("attention_prefill_gather128_" + name, ap.COLS)
    heads, side = 8, 128
    best = None
    for n in (65536, 131072):
        q, k, v = (ap.rand(heads, n, 128) for _ in range(3))
        o = torch.empty_like(q)
        for vertical, slash in PATTERNS:
            arrays, count, single = ap.stripe_lists(n, vertical, slash, 64, heads, side=side)
            lists = [torch.from_numpy(a).to("cuda") for a in arrays]
            pairs = side * side * count + side * single
            causal = heads * (n // side) * (n // side + 1) / 2 * side * side
            def timed(tiling):
                m, step, warps, stages = tiling
                return ap.event(lambda: ap.sparse(q, k, v, o, lists, side, m, step, warps, stages), 0.2, 5)
            if best is None:
                found = {t: timed(t)[0] for t in TILINGS}
                best = min(found, key=found.get)
                print(name, "best", best, found, flush=True)
            row(["attention_prefill", name + "_bf16kv_d128", "event", 1, side, n, round(pairs / causal, 6),
                 round(side * single / pairs, 6), 128, heads, round(pairs / causal, 4), heads, vertical, slash],
                timed(best), 0, 4 * 128 * pairs)
            del lists


if __name__ == "__main__":
    main()
