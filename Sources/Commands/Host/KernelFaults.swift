import Diagnostics
import Kernels

/// Runs `body`; what kernels refuse is reported as a fault of the input is.
func reportingKernelFaults(_ body: () throws -> Void) throws {
  try reportingFaults {
    do {
      try body()
    } catch let fault as KernelFault {
      throw Faults(.unreadable(reason: sentence(fault)), at: SourcePosition(file: "this machine"))
    }
  }
}

private func sentence(_ fault: KernelFault) -> String {
  switch fault {
  case .outOfMemory: "memory or threads could not be had"
  case .unreadable(let code): "a file could not be read (error \(code) of the system)"
  case .wrongCount(let argument, let found, let expected):
    "\(argument): \(found) values, \(expected) were expected"
  case .outOfRange(let argument, let found, let allowed):
    "\(argument) is \(found); expected \(allowed.lowerBound) to \(allowed.upperBound)"
  case .notRising(let argument, let index): "\(argument) does not rise at \(index)"
  }
}
