import Diagnostics
import Programs
import Quantities
import Validation

/// Tables of element-wise kernels and of exchanges between experts, and those that time no kernel.
enum SmallTables {
  static let kinds =
    [
      MeasurementFile.Kind(
        columns: [
          "node_num", "hidden_size", "num_token", "num_topk", "num_experts", "dispatch_transmit_us",
          "combine_transmit_us",
        ], read: exchange),
      MeasurementFile.Kind(
        columns: [
          "node_num", "hidden_size", "num_token", "num_topk", "num_experts", "dispatch_avg_t_us",
          "combine_avg_t_us",
        ], read: quickExchange),
      MeasurementFile.Kind(
        columns: ["gpu", "mode", "bytes_moved", "us_per_kernel_best"], read: stream),
      MeasurementFile.Kind(
        columns: ["gpu", "op", "M", "N", "throughput_Gelem_per_s"], read: vector),
    ]
    + figures.map { columns, reason in
      MeasurementFile.Kind(columns: columns) { _, table in table.skip(reason) }
    }

  /// Tables that profiles are made of, or that state no sizes.
  private static let figures: [([String], String)] = [
    (
      ["gpu", "clock_mhz", "buffer_kB", "latency_cycles"],
      "a pointer chase measures the latency of caches, which is a figure of profiles and no kernel"
    ),
    (
      ["gpu", "working_set_kB", "bw_GBs"],
      "bandwidth by working set is a figure of profiles and no kernel"
    ),
    (
      ["gpu", "threads", "occupancy_pct", "read_GBs"],
      "bandwidth by occupancy: the table states no bytes of a kernel"
    ),
    (
      ["system", "phase", "op", "latency_ms"],
      "operations of four devices together, of which the table states no sizes"
    ),
    (
      ["source", "path", "bytes", "bw_GBs"],
      "single figures of links from several sources, which profiles are made of"
    ),
    (
      ["source", "io_bytes", "pattern", "iops"],
      "single figures of disks, which profiles are made of"
    ),
    (
      ["cores", "threads", "buffer_MiB", "best_MiB_per_s"],
      "bandwidth of a phone's clusters of cores is a figure of profiles and no kernel"
    ),
  ]

  private static let counts = 1...(1 << 24)

  /// DeepEP's kernels for throughput: tokens go out in 8 bits and results come back in 16, once for
  /// each device that has one of their experts.
  private static func exchange(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    for (name, precision) in [("dispatch", Precision.fp8), ("combine", .bf16)] {
      try exchange(
        row, &table, name: name, precision: precision, sendsEachChoice: false,
        cores: try row.integer("\(name)_sms", in: 1...4096),
        seconds: try row.seconds("\(name)_transmit_us", scale: 1e-6))
    }
  }

  /// DeepEP's kernels for latency: once for each expert.
  private static func quickExchange(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    for (name, precision) in [("dispatch", Precision.fp8), ("combine", .bf16)] {
      try exchange(
        row, &table, name: name, precision: precision, sendsEachChoice: true, cores: 0,
        seconds: try row.seconds("\(name)_avg_t_us", scale: 1e-6))
    }
  }

  /// A host has eight devices.
  private static func exchange(
    _ row: MeasuredRow, _ table: inout MeasurementTable, name: String, precision: Precision,
    sendsEachChoice: Bool, cores: Int, seconds: Double?
  ) throws(Faults) {
    guard try row.integer("node_num", in: 1...65536) == 1 else {
      return table.skip("collectives between hosts: profiles state no network")
    }
    let call = ExpertExchangeCall(
      tokens: try row.integer("num_token", in: counts),
      hidden: try row.integer("hidden_size", in: counts),
      topK: try row.integer("num_topk", in: 1...4096),
      experts: try row.integer("num_experts", in: counts), devices: 8, cores: cores,
      precision: precision, sendsEachChoice: sendsEachChoice)
    table.add(
      row, device: try row.rows.text("device"), family: "expert-exchange",
      kernel: "deepep-\(sendsEachChoice ? "latency" : "throughput")-\(name)",
      call: .expertExchange(call), seconds: seconds,
      group: "\(call.hidden)/\(call.topK)/\(call.experts)")
  }

  /// A kernel that reads and writes so many bytes, launched in one of several ways.
  private static func stream(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let bytes = try row.integer("bytes_moved")
    table.add(
      row, device: try row.rows.text("gpu"), family: "elementwise",
      kernel: row.kernel(["gpubenches", try row.rows.text("mode")]),
      call: .elementwise(ElementwiseCall(bytes: Double(bytes), rows: 1)),
      seconds: try row.seconds("us_per_kernel_best", scale: 1e-6), group: "\(bytes)")
  }

  /// LLMCompass's operations on M x N numbers of 16 bits, timed by the host; one of them may be left out.
  private static func vector(
    _ row: MeasuredRow, _ table: inout MeasurementTable
  ) throws(Faults) {
    let rows = row.rows.isEmpty("M") ? 1 : try row.integer("M")
    let operation = try row.rows.text("op")
    let columns = row.rows.isEmpty("N") ? 1 : try row.integer("N")
    let numbers = Double(rows) * Double(columns)
    let rate = try row.rows.number("throughput_Gelem_per_s", in: 0...1e9)
    let call = ElementwiseCall(bytes: numbers * 4, rows: rows)
    table.add(
      row, device: try row.rows.text("gpu"), family: "elementwise",
      kernel: row.kernel(["llmcompass", operation]), call: .elementwise(call),
      seconds: rate > 0 ? numbers / (rate * 1e9) : nil, group: "\(rows)x\(columns)")
  }
}
