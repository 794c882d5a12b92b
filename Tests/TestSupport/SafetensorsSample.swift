import Foundation

/// A safetensors file put together by a test.
public struct SafetensorsSample {
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
    let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
    var entries = metadata.isEmpty ? [] : ["\"__metadata__\":{\(texts.joined(separator: ","))}"]
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
    (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }

  public static func float32(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
  }
}
