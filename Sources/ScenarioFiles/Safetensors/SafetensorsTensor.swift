import Diagnostics

/// One array of a safetensors file: what its numbers are, its sizes, and where its bytes lie.
public struct SafetensorsTensor: Sendable, Hashable {
  /// The forms of a number that are read. Others that the format knows hold no weights here.
  public enum Element: String, CaseIterable, Sendable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"

    /// Bytes of one number.
    var width: Int { self == .float32 ? 4 : 2 }
  }

  public let element: Element
  /// Sizes of the dimensions, slowest first; empty for a single number.
  public let shape: [Int]
  /// Bytes from the first one after the header.
  public let bytes: Range<Int>
  /// Where the header describes it.
  public let position: SourcePosition

  /// Bytes that numbers of `element` in this shape take; nil when they do not fit an `Int`.
  static func byteCount(_ element: Element, _ shape: [Int]) -> Int? {
    var count = element.width
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      count = product
    }
    return count
  }
}
