/// The words of a kernel's name, `vllm-dsa-v32-bf16-bf16kv`, that say what it does.
enum KernelWords {
  /// Whether two names hold the same of these words.
  static func shared(_ a: String, _ b: String, among words: Set<Substring>) -> Bool {
    words.intersection(a.split(separator: "-")) == words.intersection(b.split(separator: "-"))
  }
}
