import Models
import Quantities
import ResultTables

/// What `lacuna models` prints of a model: the same figures in every format.
struct ModelSummary {
  let model: Model

  init(_ model: Model) { self.model = model }

  /// Column, unit and value, in the order of printing. `kv_bytes_per_token` is what a token writes;
  /// `kv_growth_per_token` what it leaves once every window is full.
  private var figures: [(name: String, unit: String, value: Double)] {
    [
      ("layers", "", Double(model.layerCount)),
      ("hidden", "", Double(model.hidden)),
      ("heads", "", Double(most { $0.queryHeads })),
      ("kv_heads", "", Double(most { $0.kvHeads })),
      ("vocabulary", "", Double(model.vocabulary)),
      ("kv_bytes_per_token", "B", model.kvBytesWritten(.fp16).value),
      ("kv_growth_per_token", "B", model.kvBytesPerToken(.fp16).value),
      ("parameters", "", model.parameterCount),
      ("active_parameters", "", model.activeParameterCount),
      ("weight_bytes", "B", model.weightBytes(.fp16).value),
    ]
  }

  /// The largest of `count` over the layers' attention.
  private func most(_ count: (Attention) -> Int) -> Int {
    model.shapes.map { count($0.attention) }.max() ?? 0
  }

  private func text(_ figure: (name: String, unit: String, value: Double)) -> String {
    if figure.unit == "B" { return Bytes(figure.value).description }
    if figure.name.hasSuffix("parameters") {
      return "\(Decimal.significant(figure.value / 1e9, digits: 4)) B"
    }
    return Decimal.fixed(figure.value, decimals: 0)
  }

  /// One figure a line, then the layer shapes.
  var sheet: String {
    let width = figures.map(\.name.count).max() ?? 0
    var lines = [model.name]
    for figure in figures {
      lines.append("  \(Self.pad(figure.name, to: width))  \(text(figure))")
    }
    lines.append("  (bytes at fp16; parameters in 1e9)")
    for (shape, count) in zip(model.shapes, model.layersOfShape) {
      lines.append("  \(count) x \(Self.describe(shape))")
    }
    return lines.joined(separator: "\n")
  }

  var json: String {
    let fields = figures.map { "\"\($0.name)\": \(Decimal.fixed($0.value, decimals: 0))" }
    return "{\"name\": \"\(Self.escape(model.name))\", \(fields.joined(separator: ", "))}"
  }

  static func json(_ summaries: [ModelSummary]) -> String {
    "[\n" + summaries.map { "  " + $0.json }.joined(separator: ",\n") + "\n]"
  }

  /// One model a line.
  static func table(_ summaries: [ModelSummary]) throws -> String {
    var table = Table(
      columns: [
        Column("model", .text), Column("layers", .integer), Column("hidden", .integer),
        Column("KV heads", .integer), Column("all", .real(.significant(4)), unit: "1e9"),
        Column("active", .real(.significant(4)), unit: "1e9"),
        Column("weights", .quantity(Bytes.self)), Column("KV/token", .quantity(Bytes.self)),
      ],
      footnotes: [
        "all, active: parameters, and those that a token uses; weights and KV at fp16; KV/token is "
          + "what a token writes."
      ])
    for summary in summaries {
      let model = summary.model
      try table.append([
        .text(model.name), .integer(model.layerCount), .integer(model.hidden),
        .integer(summary.most { $0.kvHeads }), .real(model.parameterCount / 1e9),
        .real(model.activeParameterCount / 1e9), .quantity(model.weightBytes(.fp16)),
        .quantity(model.kvBytesWritten(.fp16)),
      ])
    }
    return table.text(width: 100)
  }

  private static func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Names come from file names, which may hold anything.
  private static func escape(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case _ where scalar.value < 32:
        "\\u00" + String(scalar.value / 16, radix: 16) + String(scalar.value % 16, radix: 16)
      default: String(scalar)
      }
    }.joined()
  }

  private static func describe(_ layer: Layer) -> String {
    let mixing =
      switch layer.attention {
      case .grouped(let it):
        "\(it.queryHeads) heads on \(it.kvHeads) of \(it.keyDimension)"
          + (it.window.map { ", window \($0)" } ?? "")
      case .latent(let it): "\(it.heads) heads on a latent of \(it.kvRank) + \(it.ropeDimension)"
      case .compressed(let it):
        "\(it.heads) heads on one of \(it.headDimension), window \(it.window)"
          + (it.ratio > 0 ? ", one entry for \(it.ratio) tokens" : "")
      case .recurrent(let it): "\(it.kind.rawValue), \(it.valueHeads) heads"
      case .none: "no attention"
      }
    let block =
      switch layer.feedForward {
      case .dense(let it): "\(it.gated ? "gated " : "")\(it.activation.rawValue) \(it.intermediate)"
      case .experts(let it):
        "\(it.topK) of \(it.count) experts of \(it.expert.intermediate)"
          + (it.shared.map { " + \(it.sharedCount) shared of \($0.intermediate)" } ?? "")
      case .none: "no feed-forward"
      }
    return "\(mixing); \(block)"
  }
}
