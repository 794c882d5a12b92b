import Simulation

/// The resolve pass of the shipped examples: their traces walked through caches or windows from the
/// first step on, and every column of the program filled.
func resolveBenchmarks() {
  resolve("flash-windowing", variant: "bundled")
  resolve("kv-offload", variant: "lru")
  resolve("moe-offload-phone", variant: "qwen3")
  resolve("moe-offload-4090", variant: "lru")
}

private func resolve(_ example: String, variant: String) {
  let name = "resolve \(example) \(variant)"
  rateBenchmark(name, unit: "touches") {
    try Examples.resolved(example, variant: variant)
  } work: { resolved in
    let sizes = try Preparation(resolved).sizes
    let touched = [sizes.pages, sizes.experts, sizes.neurons].compactMap { $0 }
    try expect(touched.count == 1, "\(name) walked \(touched.count) traces")
    let misses = touched.reduce(0) { $0 + $1.misses }
    let touches = touched.reduce(0) { $0 + max($1.touches, $1.touchesFromStart) }
    try expect(misses > 0 && misses < touches, "\(name) missed \(misses) of \(touches) touches")
    return touches
  }
}
