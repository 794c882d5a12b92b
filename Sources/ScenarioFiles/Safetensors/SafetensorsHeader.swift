import Diagnostics

/// The JSON header of a safetensors file as values: strict about keys, and about bytes, each of
/// which must belong to exactly one tensor.
struct SafetensorsHeader {
  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [String: SafetensorsTensor] = [:]

  /// - Parameter dataBytes: Bytes of the file after the header.
  static func read(
    _ text: String, dataBytes: Int, file: String
  ) throws(Faults) -> SafetensorsHeader {
    let document = try Document(text: text, file: file)
    let map = try document.map()
    var header = SafetensorsHeader()
    for key in map.keys {
      guard let value = map.value(key) else { continue }
      guard isName(key) else {
        value.refuse(refusal(of: key))
        continue
      }
      if key == "__metadata__" {
        header.readMetadata(value)
      } else {
        header.tensors[key] = tensor(value, dataBytes: dataBytes)
      }
    }
    try document.faults.throwIfAny()
    try header.checkCover(dataBytes: dataBytes, file: file)
    return header
  }

  private mutating func readMetadata(_ value: Value) {
    guard let map = value.map("a map of texts") else { return }
    for key in map.keys {
      guard let value = map.value(key) else { continue }
      guard Self.isName(key) else {
        value.refuse(Self.refusal(of: key))
        continue
      }
      metadata[key] = value.text()
    }
  }

  /// Names are repeated in faults, which take one line.
  private static func isName(_ key: String) -> Bool {
    (1...256).contains(key.utf8.count)
      && key.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
  }

  private static func refusal(of key: String) -> Problem {
    .malformed(
      format: "safetensors", found: "a name of \(key.utf8.count) bytes, '\(key)'",
      mend: "names are 1 to 256 bytes without control characters")
  }

  private static func tensor(_ value: Value, dataBytes: Int) -> SafetensorsTensor? {
    guard let map = value.map("a map of dtype, shape and data_offsets") else { return nil }
    let element = map.required("dtype", "F32, F16 or BF16")?
      .choice(SafetensorsTensor.Element.self, kind: "dtype")
    let shape = integers(map.required("shape", "a list of sizes"), in: 0...(1 << 40))
    let offsets = map.required("data_offsets", "the first byte and the one after the last")
    let ends = integers(offsets, in: 0...dataBytes)
    map.finish()
    guard let element, let shape, let offsets, let ends else { return nil }
    guard ends.count == 2, ends[0] <= ends[1] else {
      offsets.refuse(
        .outOfRange(
          key: offsets.name, found: "\(ends)", allowed: "two offsets, the second not the lesser"))
      return nil
    }
    guard SafetensorsTensor.byteCount(element, shape) == ends[1] - ends[0] else {
      offsets.refuse(
        .conflict(
          key: offsets.name, found: "\(ends)",
          mend: "\(ends[1] - ends[0]) bytes do not hold \(element.rawValue) of shape \(shape)"))
      return nil
    }
    return SafetensorsTensor(
      element: element, shape: shape, bytes: ends[0]..<ends[1], position: value.position)
  }

  /// The numbers of a list, or nil when one of them, or the list, is none.
  private static func integers(_ value: Value?, in range: ClosedRange<Int>) -> [Int]? {
    guard let items = value?.list() else { return nil }
    let numbers = items.compactMap { $0.integer(in: range) }
    return numbers.count == items.count ? numbers : nil
  }

  /// Tensors follow each other without overlap or gap and end with the file.
  private func checkCover(dataBytes: Int, file: String) throws(Faults) {
    let sorted = tensors.sorted {
      ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
        < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
    }
    var end = 0
    var before = "the header"
    for (name, tensor) in sorted {
      guard tensor.bytes.lowerBound == end else {
        let what = tensor.bytes.lowerBound < end ? "overlaps" : "leaves a gap after"
        throw Faults(
          .conflict(
            key: "\(name).data_offsets",
            found: "[\(tensor.bytes.lowerBound), \(tensor.bytes.upperBound)]",
            mend: "it \(what) \(before); it must begin at \(end)"), at: tensor.position)
      }
      end = tensor.bytes.upperBound
      before = "'\(name)'"
    }
    guard end == dataBytes else {
      throw Faults(
        .malformed(
          format: "safetensors", found: "\(dataBytes - end) bytes after the last tensor",
          mend: "write the file again"), at: SourcePosition(file: file))
    }
  }
}
