import Diagnostics
import Foundation
import Traces

/// Foreign recordings as traces: the importer is chosen by the content, not by the name.
public enum TraceImport {
  public struct Options: Sendable {
    /// A table of bytes by layer for a table of routes.
    public var layerBytes: String?
    /// The router weights that go with a table of experts.
    public var weights: String?
    /// Texts for the header; nil takes what the importer knows.
    public var model: String?
    public var source: String?
    public var domain: String?
    public var licence: String?
    public var columns: [ColumnName]?
    public var steps: Range<Int>?
    public var top: Int?
    public init() {}
  }

  /// - Throws: `Faults` naming the file, and the line or the key.
  public static func read(_ file: String, options: Options = Options()) throws(Faults) -> Trace {
    let bytes = try content(file)
    let trace: Trace
    if bytes.starts(with: Array("phase,".utf8)) {
      trace = try RouteTable.read(bytes, file: file, options: options)
    } else if bytes.starts(with: Array("seq,".utf8)) {
      try refuse("layer-bytes", options.layerBytes, "a table of routes", file)
      trace = try ExpertTable.read(bytes, file: file, options: options)
    } else {
      try refuse("layer-bytes", options.layerBytes, "a table of routes", file)
      try refuse("weights", options.weights, "a table of experts", file)
      trace = try RawRecording.read(
        try TarArchive(bytes, file: file), file: file, options: options)
    }
    do {
      return try trace.cut(columns: options.columns, steps: options.steps, top: options.top)
    } catch {
      throw Faults(error.problem, at: SourcePosition(file: file))
    }
  }

  static func content(_ file: String) throws(Faults) -> [UInt8] {
    try Gzip.content(of: try FileBytes.read(file, limit: Gzip.sizeLimit), file: file)
  }

  /// An option that this kind of file has no use for.
  private static func refuse(
    _ option: String, _ value: String?, _ kind: String, _ file: String
  ) throws(Faults) {
    guard let value else { return }
    throw Faults(
      .conflict(key: option, found: value, mend: "it goes with \(kind) only; leave it out"),
      at: SourcePosition(file: file))
  }

  static func name(of file: String) -> String { URL(fileURLWithPath: file).lastPathComponent }

  /// The trace of checked columns, or the fault with its file.
  static func trace(
    _ header: TraceHeader, _ columns: [Column], file: String
  ) throws(Faults) -> Trace {
    do {
      return try Trace(header: header, columns: columns)
    } catch {
      throw Faults(error.problem, at: SourcePosition(file: file))
    }
  }
}
