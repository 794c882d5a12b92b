import Diagnostics
import Programs
import Quantities
import Validation

/// Vidur's times of the operations of a layer: one row holds those of one number of tokens.
enum VidurTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: [
        "time_stats.attn_pre_proj.median", "n_head", "n_kv_head", "n_embd", "n_expanded_embd",
        "use_gated_mlp", "num_tokens", "num_tensor_parallel_workers",
      ], read: read)
  ]

  private struct Sizes {
    var embedding: Int
    var heads: Int
    var kvHeads: Int
    var inner: Int
    var isGated: Bool
    var headDimension: Int
  }

  private static let widths = 1...(1 << 24)

  private static func read(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let name = rows.file.split(separator: "/").last.map(String.init) ?? rows.file
    let device = name.split(separator: "_").first.map(String.init) ?? row.folder
    let share = try row.integer("num_tensor_parallel_workers", in: 1...4096)
    let heads = try row.integer("n_head", in: widths)
    let embedding = try row.integer("n_embd", in: widths)
    let gated = try rows.text("use_gated_mlp")
    guard gated == "True" || gated == "False" else {
      throw rows.fault(
        .wrongKind(key: "use_gated_mlp", found: String(gated.prefix(80)), expected: "True or False")
      )
    }
    let sizes = Sizes(
      embedding: embedding, heads: max(1, heads / share),
      kvHeads: max(1, try row.integer("n_kv_head", in: widths) / share),
      inner: max(1, try row.integer("n_expanded_embd", in: widths) / share),
      isGated: gated == "True", headDimension: max(1, embedding / heads))
    let tokens = try row.integer("num_tokens")
    for operation in products(sizes) + elementwise(sizes) {
      let column = "time_stats.\(operation.name).median"
      // Models without the operation have no figure in its column.
      guard rows.has(column), !rows.isEmpty(column) else { continue }
      let seconds = try row.seconds(column, scale: 1e-3)
      switch operation.work {
      case .product(let n, let k):
        let call = MatrixCall(m: tokens, n: n, k: k, weights: .fp16, arithmetic: .fp16)
        table.add(
          row, device: device, family: "gemm", kernel: "vidur-fp16", call: .product(call),
          seconds: seconds, group: "\(n)x\(k)")
      case .elements(let each):
        let call = ElementwiseCall(bytes: Double(tokens) * Double(each) * 2, rows: tokens)
        table.add(
          row, device: device, family: "elementwise",
          kernel: row.kernel(
            ["vidur", sizes.isGated ? "gated" : "plain"]
              + operation.name.split(separator: "_").map(String.init)),
          call: .elementwise(call), seconds: seconds, group: "\(tokens)")
      }
    }
  }

  private enum Work {
    /// Columns and depth.
    case product(Int, Int)
    /// Numbers read and written for each token.
    case elements(Int)
  }

  private static func products(_ sizes: Sizes) -> [(name: String, work: Work)] {
    let queries = sizes.heads * sizes.headDimension
    let all = queries + 2 * sizes.kvHeads * sizes.headDimension
    return [
      ("attn_pre_proj", .product(all, sizes.embedding)),
      ("attn_post_proj", .product(sizes.embedding, queries)),
      ("mlp_up_proj", .product((sizes.isGated ? 2 : 1) * sizes.inner, sizes.embedding)),
      ("mlp_down_proj", .product(sizes.embedding, sizes.inner)),
    ]
  }

  private static func elementwise(_ sizes: Sizes) -> [(name: String, work: Work)] {
    let turned = 2 * (sizes.heads + sizes.kvHeads) * sizes.headDimension
    return [
      ("emb", .elements(2 * sizes.embedding)),
      ("input_layernorm", .elements(2 * sizes.embedding)),
      ("post_attention_layernorm", .elements(2 * sizes.embedding)),
      ("attn_rope", .elements(turned)),
      ("mlp_act", .elements((sizes.isGated ? 3 : 2) * sizes.inner)),
      ("add", .elements(3 * sizes.embedding)),
    ]
  }
}
