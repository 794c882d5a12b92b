import CGSL

/// The one door to GSL: its error handler is off before the first call, and codes become faults.
///
/// GSL's own handler ends the process, so every routine of this room calls `open` first.
enum Library {
  private static let handlerIsOff: Bool = {
    gsl_set_error_handler_off()
    return true
  }()

  /// Switches GSL's error handler off, once in the life of the process.
  static func open() { _ = handlerIsOff }

  /// Turns a return code into a fault.
  static func check(_ code: Int32, _ routine: String) throws(NumericalFault) {
    switch code {
    case Int32(GSL_SUCCESS): return
    case Int32(GSL_ENOMEM): throw .outOfMemory(routine: routine)
    default: throw .refused(routine: routine, code: code)
    }
  }

  /// The pointer that an allocating routine returned, or the fault that its nil stands for.
  static func allocated<Pointer>(
    _ pointer: Pointer?, _ routine: String
  ) throws(NumericalFault) -> Pointer {
    guard let pointer else { throw .outOfMemory(routine: routine) }
    return pointer
  }
}
