import Diagnostics
import Traces

/// The raw recordings: an archive of `meta.json` and little-endian arrays in C order.
enum RawRecording {
  private static let arrays: [(file: String, column: ColumnName, type: ElementType)] = [
    ("attention_pages.u16", .pages, .u16), ("attention_mass.f16", .pageMass, .f16),
    ("topp_tokens.u16", .topTokens, .u16), ("ffn_active.bits", .neurons, .bits),
    ("moe_experts.u8", .experts, .u8), ("moe_gates.f16", .expertWeights, .f16),
  ]

  static func read(
    _ archive: TarArchive, file: String, options: TraceImport.Options
  ) throws(Faults) -> Trace {
    let metaFile = "\(file):meta.json"
    guard let meta = archive.content("meta.json") else {
      throw Faults(
        .missingKey("meta.json", expected: "a recording's archive with its meta.json"),
        at: SourcePosition(file: file))
    }
    guard let text = String(validating: meta, as: UTF8.self) else {
      throw Faults(
        .malformed(format: "UTF-8", found: "bytes that are not text", mend: "save it as UTF-8"),
        at: SourcePosition(file: metaFile))
    }
    let document = try Document(text: text, file: metaFile)
    let map = try document.map()
    // Other keys of the recorder are its own affair, so unknown keys are no fault here.
    let facts = Facts(map)
    try document.faults.throwIfAny()
    var columns: [Column] = []
    for (name, column, type) in arrays {
      guard let shape = facts.shapes[name], !shape.contains(0) else { continue }
      guard let bytes = archive.content(name) else {
        throw Faults(
          .missingKey(name, expected: "the array that meta.json lists"),
          at: SourcePosition(file: file))
      }
      columns.append(try array(bytes, column, type, shape, name: name, file: file))
    }
    func has(_ name: ColumnName) -> Bool { columns.contains { $0.name == name.rawValue } }
    var header = TraceHeader(
      model: options.model ?? facts.model, source: options.source ?? TraceImport.name(of: file),
      domain: options.domain ?? facts.domain,
      licence: options.licence ?? "own recording, free to use")
    if has(.pages) {
      header.pages = TraceHeader.Pages(
        pageTokens: facts.pageTokens, firstPosition: facts.firstPosition,
        layers: Array(0..<facts.layers))
    }
    if has(.experts) {
      header.experts = TraceHeader.Experts(expertCount: facts.experts, layers: facts.moeLayers)
    }
    if let neurons = columns.first(where: { $0.name == ColumnName.neurons.rawValue }) {
      header.neurons = TraceHeader.Neurons(
        firstPosition: max(0, facts.tokens - neurons.shape[0]), layers: facts.reluLayers)
    }
    return try TraceImport.trace(header, columns, file: file)
  }

  private static func array(
    _ bytes: ArraySlice<UInt8>, _ column: ColumnName, _ type: ElementType, _ shape: [Int],
    name: String, file: String
  ) throws(Faults) -> Column {
    // A row of bits is packed to bytes in the recording, to words in a trace.
    let byteType = type == .bits ? ElementType.u8 : type
    guard shape.count == column.rank, let count = Column.byteCount(type: byteType, shape: shape)
    else {
      throw Faults(
        .outOfRange(
          key: "arrays.\(name)", found: "\(shape)", allowed: "\(column.rank) sizes of 1 or more"),
        at: SourcePosition(file: "\(file):meta.json"))
    }
    guard count == bytes.count else {
      throw Faults(
        .conflict(
          key: name, found: "\(bytes.count) bytes", mend: "its shape \(shape) needs \(count)"),
        at: SourcePosition(file: file))
    }
    guard type == .bits else {
      return Column(column.rawValue, type, shape: shape, copying: Array(bytes))
    }
    let (rows, rowBytes) = (shape[0] * shape[1], shape[2])
    let paddedBytes = (rowBytes + 7) / 8 * 8
    let storage = ColumnStorage(byteCount: rows * paddedBytes)
    bytes.withUnsafeBytes { source in
      for row in 0..<rows {
        UnsafeMutableRawBufferPointer(
          rebasing: storage.bytes[row * paddedBytes..<row * paddedBytes + rowBytes]
        ).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[row * rowBytes..<(row + 1) * rowBytes]))
      }
    }
    return storage.column(column.rawValue, .bits, shape: [shape[0], shape[1], rowBytes * 8])
  }

  /// What an import needs of `meta.json`.
  private struct Facts {
    var model = ""
    var domain = ""
    var layers = 0
    var experts = 0
    var tokens = 0
    var pageTokens = 0
    var firstPosition = 0
    var reluLayers: [Int] = []
    var moeLayers: [Int] = []
    var shapes: [String: [Int]] = [:]

    init(_ map: MapReader) {
      let limit = 1 << 40
      if let about = map.required("model", "the model's shapes")?.map() {
        layers = about.required("layers", "a whole number")?.integer(in: 1...(1 << 16)) ?? 0
        experts = about.required("experts", "a whole number")?.integer(in: 0...(1 << 16)) ?? 0
        let hidden = about.required("d", "a whole number")?.integer(in: 1...(1 << 24)) ?? 0
        model = "\(layers) layers of hidden size \(hidden)"
      }
      domain = map.required("domain", "text")?.text() ?? ""
      tokens = map.required("tokens", "a whole number")?.integer(in: 1...limit) ?? 0
      pageTokens = map.required("page_tokens", "a whole number")?.integer(in: 1...limit) ?? 0
      firstPosition =
        map.required("first_decode_position", "a whole number")?.integer(in: 0...limit) ?? 0
      reluLayers = Facts.integers(map.required("relu_layers", "a list of layers")?.list() ?? [])
      moeLayers = Facts.integers(map.required("moe_layers", "a list of layers")?.list() ?? [])
      guard let arrays = map.required("arrays", "shapes by name")?.map() else { return }
      for name in arrays.keys {
        // A shape may end in a text that explains it.
        let items = arrays.value(name)?.list() ?? []
        let isExplained = items.last?.scalarText.map { Int($0) == nil } ?? false
        shapes[name] = Facts.integers(isExplained ? items.dropLast() : items)
      }
    }

    private static func integers(_ values: [Value]) -> [Int] {
      values.compactMap { $0.integer(in: 0...(1 << 40)) }
    }
  }
}
