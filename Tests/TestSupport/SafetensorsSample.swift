import Foundation

/// A safetensors file put together by a test.
public struct SafetensorsSample: Sendable {
  public var metadata: [String: String]
  /// Names, dtypes, shapes and bytes, in the order of the file.
  public var tensors: [(name: String, dtype: String, shape: [Int], bytes: [UInt8])]

  public init(
    metadata: [String: String] = [:],
    tensors: [(name: String, dtype: String, shape: [Int], bytes: [UInt8])]
  ) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// The header as the format's own library writes it.
  public var header: String {
    func quoted(_ text: String) -> String {
      "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
    var texts: [String] = []
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
      texts.append("\(quoted(key)):\(quoted(text))")
    }
    var entries: [String] = []
    if !texts.isEmpty { entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}") }
    var end = 0
    for tensor in tensors {
      let sizes = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":[\(sizes)],"
          + "\"data_offsets\":[\(end),\(end + tensor.bytes.count)]}")
      end += tensor.bytes.count
    }
    return "{\(entries.joined(separator: ","))}"
  }

  public var data: [UInt8] { tensors.flatMap(\.bytes) }

  public var file: [UInt8] { Self.file(header: header, data: data) }

  public static func file(header: String, data: [UInt8]) -> [UInt8] {
    length(header.utf8.count) + Array(header.utf8) + data
  }

  /// A number of 64 bits, little-endian.
  public static func length(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: count >> (8 * byte))) }
    return bytes
  }

  public static func float32(_ values: [Float]) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in values {
      let bits = value.bitPattern
      for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(8 * byte))) }
    }
    return bytes
  }
}
