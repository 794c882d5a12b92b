#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Logarithms from the C library.
enum Logarithm {
  static func natural(_ x: Double) -> Double { log(x) }
  /// log(1 + x), exact for small x.
  static func ofOnePlus(_ x: Double) -> Double { log1p(x) }
}
