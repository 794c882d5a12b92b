"""Coefficients from the CSV files beside this script (numpy, scipy). us, bytes; GB/s decimal."""
import csv, os
import numpy as np
from scipy.optimize import least_squares
HERE = os.path.dirname(os.path.abspath(__file__))
R = lambda f: list(csv.DictReader(open(os.path.join(HERE, f + ".csv"))))
BW = 4303.2e3


def gather_table(pattern, variant):
    g = R("gather")
    base = np.mean([float(r["us"]) for r in g if r["pattern"] == "matvec"]) if pattern != "alone" else 0.
    return np.array([(int(r["pages"]), float(r["us"]) - base) for r in g if (r["pattern"], r["variant"], r["page_bytes"]) == (pattern, variant, "32768")])


def gather_fit(t):
    """max(a + b n, F + p n): a round-trip floor and the link."""
    if abs(t[:, 1] - np.polyval(np.polyfit(t[:, 0], t[:, 1], 1), t[:, 0])).max() < 1.2:   # no floor: one line
        b, a = np.polyfit(t[:, 0], t[:, 1], 1, w=1 / np.maximum(t[:, 1], 8)); e = a + b * t[:, 0]
        return np.array([0, 0, a, b]), np.max(np.abs(e - t[:, 1])), np.mean(np.abs(e / t[:, 1] - 1))
    f = lambda q: np.maximum(q[0] + q[1] * t[:, 0], q[2] + q[3] * t[:, 0])
    best = min((least_squares(lambda q: (f(q) - t[:, 1]) / np.maximum(t[:, 1], 8), [a, b, 3, .64]) for a in (3, 7, 12, 22) for b in (.05, .3)), key=lambda r: r.cost)
    return best.x, np.max(np.abs(f(best.x) - t[:, 1])), np.mean(np.abs(f(best.x) / t[:, 1] - 1))


def storage_fit():
    s = [r for r in R("storage") if r["pattern"] == "random"]
    k = sorted({(int(r["chunk"]), int(r["threads"]), int(r["reads"])) for r in s})
    med = np.array([np.median([float(r["us"]) for r in s if (int(r["chunk"]), int(r["threads"]), int(r["reads"])) == x]) for x in k])
    k = np.array(k, float); c, T, n = k.T
    m = n >= 1
    def f(q):
        Ld, h, bw, B1, t0, tT = q
        L = Ld + h + c / (B1 * 1e3)
        return t0 * (T > 1) + tT * T * (T > 1) + n * np.sqrt((L / T) ** 2 + h ** 2 + (c / (bw * 1e3)) ** 2)
    r = least_squares(lambda q: np.log(f(q)[m] / med[m]), [15, 4, 3, 4, 10, .5], loss="soft_l1", f_scale=.1)
    def g(q):      # the first read of a thread also pays its latency: L at least
        Ld, h, bw, B1, t0, tT = q
        L = Ld + h + c / (B1 * 1e3)
        return (t0 + tT * T) * (T > 1) + np.maximum(L * np.ceil(n / T), 0) * 0 + np.where(n > 0, L + (n - 1) * np.sqrt((L / T) ** 2 + h ** 2 + (c / (bw * 1e3)) ** 2), 0)
    r2 = least_squares(lambda q: np.log(g(q)[m] / med[m]), [15, 4, 3, 4, 3, .5], loss="soft_l1", f_scale=.1)
    return r, r2, k, med, f, g


if __name__ == "__main__":
    for pat in ("alone", "before_matvec"):
        for v in ("one_w4", "one_w8", "loop8k_w4", "loop4k_w4", "loop2k_w4"):
            q, mx, me = gather_fit(gather_table(pat, v))
            print("gather %-13s %-9s floor %.2f + %.3f n, link F %.2f + p %.4f n (%.2f GB/s); max resid %.2f us, mean %.3f" % (pat, v, *q, 32.768 / q[3], mx, me))
    mv = [(int(r["n"]), int(r["k"]), int(r["bytes"]), float(r["us"])) for r in R("matvec") if r["call"] == "mv"]
    big = [x for x in mv if x[2] >= 33e6 and x[0] >= 8192]
    A = np.array([[1, x[2]] for x in big]); y = np.array([x[3] for x in big]); q, *_ = np.linalg.lstsq(A / y[:, None], y / y, rcond=None)
    print("matvec n>=8192, >=33 MB: F %.2f, %.0f GB/s, max rel resid %.3f" % (q[0], 1e-3 / q[1], np.max(abs(A @ q / y - 1))))
    for x in mv: print("   %6d x %5d %7.1f MB %7.2f us  F at %.0f GB/s %.2f" % (x[0], x[1], x[2] / 1e6, x[3], BW / 1e3, x[3] - x[2] / BW))
    use = [x for x in mv if x[2] >= 6e6 and x[0] != 1536]
    print("   mean F, >= 6 MB without 1536 x 2048: %.2f, spread %.2f to %.2f" % ((np.mean([x[3] - x[2] / BW for x in use]),) + tuple(f([x[3] - x[2] / BW for x in use]) for f in (min, max))))
    cp = {(r["pattern"], int(r["bytes"]), int(r["copies"])): float(r["us"]) for r in R("copy")}
    K = [k for k in cp if k[0] == "copies_only" and k[1] >= 1 << 20]
    A = np.array([[k[2], k[2] * k[1]] for k in K]); y = np.array([cp[k] for k in K]); q, *_ = np.linalg.lstsq(A / y[:, None], y / y, rcond=None)
    print("copy: fixed %.2f us, %.2f GB/s, max rel resid %.4f; 4 KiB copy %.2f us" % (q[0], 1e-3 / q[1], np.max(abs(A @ q / y - 1)), cp["copies_only", 4096, 8] / 8))
    for pat, base in (("kernel_copies", cp["kernel", 0, 0]), ("matvec33_copies", cp["matvec33", 0, 0]), ("moe_layer", cp["moe_layer", 18874368, 0])):
        s = [cp[k] - base - (cp["copies_only", k[1], k[2]] if ("copies_only", k[1], k[2]) in cp else k[2] * (q[0] + q[1] * k[1])) for k in cp if k[0] == pat and k[2] and k[1] >= 1 << 20]
        print("   switch kernel>copies>kernel, %s: mean %.2f us, median %.2f, min %.2f, max %.2f" % (pat, np.mean(s), np.median(s), min(s), max(s)))
    ov = {(r["pattern"], r["variant"], int(r["pages"])): float(r["us"]) for r in R("overlap")}
    comp = ov["compute", "", 0]
    fj = ov["overlap_empty_kernel", "", 0] - comp
    print("compute %.1f, fork and join %.2f us" % (comp, fj))
    def rule(n, g, b, N=132, w=BW):
        r = min(1., max(0., N - n) * b / w); return (max(comp, g) if r * g >= comp else g + comp - r * g) + fj
    for v in ("one_w4", "one_w8", "loop4k_w4"):
        ns = sorted(k[2] for k in ov if k[0] == "overlap" and k[1] == v)
        P = lambda b: np.array([rule(n, ov["gather", v, n], b * 1e3) for n in ns]); y = np.array([ov["overlap", v, n] for n in ns])
        bb = min(np.arange(30, 200, 1), key=lambda b: np.mean(abs(P(b) / y - 1)))
        for b in (117, bb): print("   overlap %-9s b %3d GB/s: mean err %.4f max %.4f |" % (v, b, np.mean(abs(P(b) / y - 1)), np.max(abs(P(b) / y - 1))), " ".join("%d:%+.3f" % (n, p / z - 1) for n, p, z in zip(ns, P(b), y)))
    for r, f, nm in zip(storage_fit()[:2], storage_fit()[4:], ("formula", "formula with first read in full")):
        _, _, k, med, _, _ = storage_fit(); m = k[:, 2] >= 1; e = f(r.x)[m] / med[m] - 1
        print("storage", nm, "Ld,h,bw,B1,t0,tT", r.x.round(2), "mean err %.3f; n>=16 %.3f" % (np.mean(abs(e)), np.mean(abs(e[k[m, 2] >= 16]))))
        for n in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512):
            print("   n=%d" % n, " ".join("T%d %+.2f" % (T, e[(k[m, 2] == n) & (k[m, 1] == T)].mean()) for T in (1, 2, 4, 8, 16, 32)))
    print("   barrier alone (n=0):", {int(T): float(np.median(med[(k[:, 1] == T) & (k[:, 2] == 0)])) for T in (1, 2, 4, 8, 16, 32)})
