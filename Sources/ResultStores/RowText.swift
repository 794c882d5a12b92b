/// Rows of results as CSV text, which a chunk is filled with. One belongs to one thread.
///
/// Numbers are the shortest text that reads back as the same `Double`, as in every table of results.
public struct RowText {
  public private(set) var bytes: [UInt8] = []
  /// By axis, then value.
  private let keys: [[[UInt8]]]

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
    for value in values {
      bytes.append(Self.comma)
      if value.isFinite { bytes.append(contentsOf: value.description.utf8) }
    }
    bytes.append(Self.comma)
    if let fault { bytes.append(contentsOf: CSVField.quoted(fault).utf8) }
    bytes.append(Self.lineFeed)
  }

  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
}
