/// Rows of results as CSV text, which a chunk is filled with. One belongs to one thread.
///
/// Numbers are the shortest text that reads back as the same `Double`, as in every table of results.
public struct RowText {
  public private(set) var bytes: [UInt8] = []
  /// By axis, then value.
  private let keys: [[[UInt8]]]
  /// By metric, the last number that was written: rows in a row often have some in common.
  private var last: [Written] = []

  private struct Written {
    var bits: UInt64
    var text: [UInt8]
  }

  /// - Parameter keys: the texts of each axis's values.
  public init(keys: [[String]]) {
    self.keys = keys.map { $0.map { Array(CSVField.quoted($0).utf8) } }
  }

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// - Parameters:
  ///   - places: for each axis the place of its value.
  ///   - values: NaN where there is none.
  public mutating func append(point: Int, at places: [Int], values: [Double], fault: String?) {
    bytes.append(contentsOf: "\(point)".utf8)
    for axis in keys.indices {
      bytes.append(Self.comma)
      bytes.append(contentsOf: keys[axis][places[axis]])
    }
    while last.count < values.count {
      last.append(Written(bits: Double.zero.bitPattern, text: Array("0.0".utf8)))
    }
    for place in values.indices {
      bytes.append(Self.comma)
      if values[place].isFinite { append(values[place], place) }
    }
    bytes.append(Self.comma)
    if let fault { bytes.append(contentsOf: CSVField.quoted(fault).utf8) }
    bytes.append(Self.lineFeed)
  }

  private mutating func append(_ value: Double, _ place: Int) {
    if last[place].bits != value.bitPattern {
      last[place].bits = value.bitPattern
      last[place].text.removeAll(keepingCapacity: true)
      last[place].text.append(contentsOf: value.description.utf8)
    }
    bytes.append(contentsOf: last[place].text)
  }

  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
}
