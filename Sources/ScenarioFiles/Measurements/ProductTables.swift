import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of matrix products.
enum ProductTables {
  static let kinds = [
    MeasurementFile.Kind(
      columns: ["framework", "kernel_source", "gemm_dtype", "m", "n", "k", "latency"],
      read: aiconfigurator),
    MeasurementFile.Kind(columns: ["M", "N", "K", "latency_ms"], read: llmCompass),
    MeasurementFile.Kind(columns: ["gpu", "m", "k", "n", "latency_us"], read: deepGEMM),
  ]

  /// The collectors of vLLM and SGLang go over six copies of the weights, tables of our own over
  /// `copies`; TensorRT-LLM's over five, and over caches emptied in between where its plug-ins are
  /// timed by building an engine.
  private static func aiconfigurator(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows
    let framework = try rows.text("framework").lowercased()
    let dtype = try rows.text("gemm_dtype")
    guard let format = NumberFormats.product[dtype] else {
      table.skip("no price for products in the format \(dtype.prefix(40))")
      return
    }
    let (m, n, k) = (try row.integer("m"), try row.integer("n"), try row.integer("k"))
    let weights = Double(n) * Double(k) * format.weights.bits / 8
    let copies = rows.has("copies") ? try row.integer("copies", in: 1...1024) : 6
    let call = MatrixCall(
      m: m, n: n, k: k, weights: format.weights, arithmetic: format.arithmetic,
      quantisesInput: format.quantisesInput,
      reuseBytes: framework != "trtllm"
        ? Double(copies) * weights : format.name.hasSuffix("-wo") ? .infinity : 5 * weights)
    let seconds = try row.seconds("latency", scale: 1e-3)
    table.add(
      row, device: try rows.text("device"), family: "gemm",
      kernel: row.kernel([framework, format.name]), call: .product(call),
      seconds: seconds,
      reading: try row.reading(
        seconds: seconds, calls: dtype == "fp8_block" ? 1 : 6, issue: 20e-6),
      group: "\(n)x\(k)")
  }

  private static func llmCompass(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let (m, n, k) = (try row.integer("M"), try row.integer("N"), try row.integer("K"))
    let call = MatrixCall(m: m, n: n, k: k, weights: .fp16, arithmetic: .fp16)
    table.add(
      row, device: try rows(row, "device"), family: "gemm", kernel: "llmcompass-fp16",
      call: .product(call), seconds: try row.seconds("latency_ms", scale: 1e-3),
      group: "\(n)x\(k)")
  }

  /// InferSim's FP8 products of DeepGEMM: input quantised before, caches cold.
  private static func deepGEMM(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let (m, n, k) = (try row.integer("m"), try row.integer("n"), try row.integer("k"))
    let call = MatrixCall(m: m, n: n, k: k, weights: .fp8, arithmetic: .fp8)
    table.add(
      row, device: try row.rows.text("gpu"), family: "gemm", kernel: "deepgemm-fp8",
      call: .product(call), seconds: try row.seconds("latency_us", scale: 1e-6),
      group: "\(n)x\(k)")
  }

  private static func rows(_ row: MeasuredRow, _ column: String) throws(Faults) -> String {
    for name in [column, "gpu", "hardware"] where row.rows.has(name) {
      return try row.rows.text(name)
    }
    return row.folder
  }
}

/// The names that tables have for formats.
enum NumberFormats {
  struct Product {
    var name: String
    var weights: Precision
    var arithmetic: Precision
    var quantisesInput = false
  }

  static let product: [String: Product] = [
    "bfloat16": Product(name: "bf16", weights: .bf16, arithmetic: .bf16),
    "float16": Product(name: "fp16", weights: .fp16, arithmetic: .fp16),
    "fp8": Product(name: "fp8", weights: .fp8, arithmetic: .fp8, quantisesInput: true),
    "fp8_block": Product(name: "fp8-block", weights: .fp8, arithmetic: .fp8, quantisesInput: true),
    "int8_wo": Product(name: "int8-wo", weights: .int8, arithmetic: .bf16),
    "int4_wo": Product(name: "int4-wo", weights: .int4, arithmetic: .bf16),
    "w4a16_mxfp4": Product(name: "mxfp4", weights: .fp4, arithmetic: .bf16),
  ]

  static let kv: [String: Precision] = [
    "bfloat16": .bf16, "float16": .fp16, "fp8": .fp8, "fp8_e4m3": .fp8, "int8": .int8,
    "bf16": .bf16, "fp16": .fp16,
  ]
}
