#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Elementary functions from the C library, for rooms without Foundation.
public enum Elementary {
  public static func logarithm(_ x: Double) -> Double { log(x) }
  /// log(1 + x), exact for small x.
  public static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  public static func binaryLogarithm(_ x: Double) -> Double { log2(x) }
  public static func exponential(_ x: Double) -> Double { exp(x) }
  public static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
