/// The words of a kernel's name, `vllm-dsa-v32-bf16-bf16kv`, that say what it does.
enum KernelWords {
  /// Whether two names hold the same of these words.
  static func shared(_ a: String, _ b: String, among words: Set<Substring>) -> Bool {
    words.intersection(a.split(separator: "-")) == words.intersection(b.split(separator: "-"))
  }

  /// Whether a kernel was compiled to the matrix instructions that all generations share, so that
  /// it may stand for what it is on other cores; `mma2` is the second version of them.
  static func isPortable(_ kernel: String) -> Bool { kernel.split(separator: "-").contains("mma2") }
}
