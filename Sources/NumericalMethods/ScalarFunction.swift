import CGSL

/// A Swift function of one number in the form that GSL calls.
///
/// C callbacks capture nothing, so the function travels in a box behind GSL's `params` pointer.
final class ScalarFunction {
  private let body: (Double) -> Double

  init(_ body: @escaping (Double) -> Double) { self.body = body }

  /// Runs `action` with the C view of this function, which is valid only inside.
  func withCView<Result>(
    _ action: (UnsafeMutablePointer<gsl_function>) throws(NumericalFault) -> Result
  ) throws(NumericalFault) -> Result {
    let box = Unmanaged.passRetained(self)
    defer { box.release() }
    var view = gsl_function(
      function: { x, params in
        guard let params else { return .nan }
        return Unmanaged<ScalarFunction>.fromOpaque(params).takeUnretainedValue().body(x)
      },
      params: box.toOpaque())
    return try action(&view)
  }
}
