/// The kernel call behind an operation, and which of its sizes the operation's count decides.
public indirect enum SizedCall: Sendable, Hashable {
  /// The same call at every count.
  case constant(KernelCall)
  /// A kernel that does the arithmetic of the call so many times, as its backward pass does.
  case repeated(KernelCall, times: Double)
  /// Attention over a context of `tokensEach` KV entries for each count, all of which are read.
  case context(DecodeAttentionCall, tokensEach: Double)
  /// Attention that reads `tokensEach` KV entries of one head for each count, summed over its KV
  /// heads; they are the context that the kernel sees.
  case pages(DecodeAttentionCall, tokensEach: Double)
  /// The routed experts of a layer of which the count is how many some token chose.
  case activeExperts(ExpertCall)

  /// The call at a count; fractions are means over a trace.
  public func callAsFunction(_ count: Double) -> KernelCall {
    switch self {
    case .constant(let call), .repeated(let call, _): return call
    case .context(var call, let tokensEach):
      call.context = max(1, Int((count * tokensEach).rounded()))
      call.read = call.context
      return .attentionDecode(call)
    case .pages(var call, let tokensEach):
      let each = count * tokensEach / Double(max(1, call.kvHeads))
      call.read = max(1, min(call.context, Int(each.rounded())))
      call.context = call.read
      return .attentionDecode(call)
    case .activeExperts(var call):
      call.load = ExpertLoad(even: call.load.slots, over: count, tokens: call.load.tokens)
      return .experts(call)
    }
  }

  /// How often the kernel does the arithmetic of the call.
  public var times: Double {
    if case .repeated(_, let times) = self { return times }
    return 1
  }

  /// A call that tells family and format; its sizes are those of one count.
  public var example: KernelCall { self(1) }
}
