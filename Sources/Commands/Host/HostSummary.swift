import Hardware
import Kernels
import Quantities
import ResultTables

/// What `calibrate host` prints of a machine.
enum HostSummary {
  static func text(_ profile: Profile, _ disk: HostDisk) throws -> String {
    try "\(profile.title)\n\n" + memory(profile).text(width: 100) + reads(disk).text(width: 100)
  }

  private static func memory(_ profile: Profile) throws -> Table {
    var table = Table(
      title: "Memory, read in order and at random",
      columns: [
        Column("level", .text), Column("size", .quantity(Bytes.self)),
        Column("one core", .quantity(BytesPerSecond.self)),
        Column("all cores", .quantity(BytesPerSecond.self)),
        Column("spread", .real(.decimals(1)), unit: "%"),
        Column("latency", .quantity(Seconds.self)),
        Column("64 B", .real(.decimals(1)), unit: "%"),
        Column("4 KiB", .real(.decimals(1)), unit: "%"),
      ])
    for tier in profile.tiers where tier.kind != .storage {
      let own = tier.coreBandwidth ?? tier.bandwidth
      try table.append([
        .text(tier.name), .quantity(tier.capacity.value), .quantity(own.value),
        .quantity(tier.bandwidth.value), .real((own.spread ?? 0) * 100),
        .quantity(tier.latency?.value ?? Seconds(0)), .real((tier.gather?.value(64) ?? 1) * 100),
        .real((tier.gather?.value(4096) ?? 1) * 100),
      ])
    }
    table.footnotes.append(
      "64 B, 4 KiB: random reads of so many bytes, of what one core reads in order")
    return table
  }

  private static func reads(_ disk: HostDisk) throws -> Table {
    var table = Table(
      title: "Random reads from disk, \(disk.isDirect ? "past" : "THROUGH") the page cache",
      columns: [
        Column("way", .text), Column("depth", .integer),
        Column("4 KiB", .quantity(BytesPerSecond.self)),
        Column("16 KiB", .quantity(BytesPerSecond.self)),
        Column("64 KiB", .quantity(BytesPerSecond.self)),
        Column("256 KiB", .quantity(BytesPerSecond.self)),
        Column("1 MiB", .quantity(BytesPerSecond.self)),
        Column("spread", .real(.decimals(1)), unit: "%"),
      ])
    for way in [FileReader.Way.uring, .threads] {
      for depth in Set(disk.cells.map(\.depth)).sorted() {
        let row = disk.cells.filter { $0.way == way && $0.depth == depth }
        guard row.count == 5 else { continue }
        try table.append(
          [.text(way == .uring ? "io_uring" : "threads"), .integer(depth)]
            + row.map { .quantity(BytesPerSecond($0.rate.median)) }
            + [.real((row.map(\.rate.spread).max() ?? 0) * 100)])
      }
    }
    return table
  }

  /// The coefficients of kernels, with their errors on shapes that were left out of the fit.
  static func fits(_ calibrations: [KernelCalibration]) throws -> Table {
    var table = Table(
      title: "Coefficients, and errors on shapes left out of the fit, in percent",
      columns: [
        Column("kernel", .text), Column("shapes", .integer), Column("mean", .real(.decimals(1))),
        Column("p90", .real(.decimals(1))), Column("start", .real(.significant(3)), unit: "us"),
        Column("arithmetic", .real(.significant(3))), Column("bandwidth", .real(.significant(3))),
        Column("piece", .real(.significant(3)), unit: "ns"),
      ])
    for one in calibrations where one.family == "host" && one.coefficients.count == 4 {
      try table.append(
        [
          .text(one.kernel), .integer(one.rows), .real(one.error * 100), .real(one.p90 * 100),
        ] + one.coefficients.map { .real($0.value) })
    }
    return table
  }
}
