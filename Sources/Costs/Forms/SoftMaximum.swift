import Quantities

/// `(aᵖ + bᵖ)^(1/p)`: the longer of two times that overlap, with the rounding where they are near.
@inline(__always)
func softMaximum(_ a: Double, _ b: Double, _ p: Double) -> Double {
  Elementary.power(Elementary.power(a, p) + Elementary.power(b, p), 1 / p)
}
