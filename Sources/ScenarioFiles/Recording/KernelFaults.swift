import Diagnostics
import Kernels

extension Faults {
  /// Why a kernel did not run, as a fault of the input that asked for it.
  public init(_ fault: KernelFault, at file: String) {
    let problem: Problem =
      switch fault {
      case .outOfMemory: .unreadable(reason: "memory or threads for it cannot be had")
      case .wrongCount(let argument, let found, let expected):
        .outOfRange(key: argument, found: "\(found) values", allowed: "\(expected)")
      case .outOfRange(let argument, let found, let allowed):
        .outOfRange(
          key: argument, found: "\(found)",
          allowed: "a whole number between \(allowed.lowerBound) and \(allowed.upperBound)")
      case .notRising(let argument, let index):
        .outOfRange(key: "\(argument)[\(index)]", found: "an id", allowed: "one above the last")
      case .unreadable(let code): .unreadable(reason: "the system's error \(code)")
      }
    self.init(problem, at: SourcePosition(file: file))
  }
}
