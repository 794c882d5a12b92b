import CKernels

/// What a kernel read.
public enum Touched: Int, CaseIterable, Sendable {
  case pages, neurons, experts, blocks, tokens, rows, nodes, groups, columns, keyChannels,
    valueChannels, diagonals
}

/// A trace hook: kernels call it once for each list of ids that they work through, on the calling
/// thread, in a fixed order. Without one a kernel pays at most a comparison a list.
public final class TouchRecorder {
  /// What was read, the list's place in the kernel (a KV head, a token, a block of queries), and
  /// the ids, which are gone when the call returns.
  public typealias Hook = (Touched, _ group: Int, UnsafeBufferPointer<Int32>) -> Void
  private let hook: Hook

  public init(_ hook: @escaping Hook) { self.hook = hook }

  /// Names what no kernel names: on a dense path, what a sparse one would have read.
  func touch(_ what: Touched, group: Int = 0, _ ids: [Int32]) {
    ids.withUnsafeBufferPointer { hook(what, group, $0) }
  }

  /// Calls `body` with what C knows as the recorder, or with nil.
  static func use<Result>(
    _ recorder: TouchRecorder?, _ body: (UnsafePointer<lacuna_recorder>?) -> Result
  ) -> Result {
    guard let recorder else { return body(nil) }
    var known = lacuna_recorder(
      context: Unmanaged.passUnretained(recorder).toOpaque(),
      touch: { context, what, group, ids, count in
        guard let context, let touched = Touched(rawValue: Int(what.rawValue)) else { return }
        let recorder = Unmanaged<TouchRecorder>.fromOpaque(context).takeUnretainedValue()
        recorder.hook(touched, Int(group), UnsafeBufferPointer(start: ids, count: Int(count)))
      })
    return withExtendedLifetime(recorder) { withUnsafePointer(to: &known) { body($0) } }
  }
}
