/// A span of time, in seconds. An instant of a simulation is `Instant`, which is exact.
@frozen public struct Seconds: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "s", ["s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12, "min": 60, "h": 3600],
    printed: ["s", "ms", "us", "ns", "ps"])
}

/// An amount of data, in bytes. kB, MB, GB are powers of ten; KiB, MiB, GiB are powers of two.
@frozen public struct Bytes: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "B",
    [
      "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
      "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824, "TiB": 1_099_511_627_776,
    ],
    printed: ["TB", "GB", "MB", "kB", "B"])
}

/// An amount of arithmetic: floating-point (or integer) operations, a multiply-add counting two.
@frozen public struct Flops: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "FLOP",
    ["FLOP": 1, "kFLOP": 1e3, "MFLOP": 1e6, "GFLOP": 1e9, "TFLOP": 1e12, "PFLOP": 1e15],
    printed: ["PFLOP", "TFLOP", "GFLOP", "MFLOP", "kFLOP", "FLOP"])
}

/// A data rate, in bytes per second.
@frozen public struct BytesPerSecond: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "B/s",
    [
      "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9, "TB/s": 1e12,
      "KiB/s": 1024, "MiB/s": 1_048_576, "GiB/s": 1_073_741_824,
    ],
    printed: ["TB/s", "GB/s", "MB/s", "kB/s", "B/s"])
}

/// An arithmetic rate, in operations per second.
@frozen public struct FlopsPerSecond: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "FLOP/s",
    [
      "FLOP/s": 1, "MFLOP/s": 1e6, "GFLOP/s": 1e9, "TFLOP/s": 1e12, "PFLOP/s": 1e15,
      "GOP/s": 1e9, "TOP/s": 1e12,
    ],
    printed: ["PFLOP/s", "TFLOP/s", "GFLOP/s", "MFLOP/s", "FLOP/s"])
}

/// A frequency or a rate of events, per second.
@frozen public struct PerSecond: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "/s",
    ["/s": 1, "k/s": 1e3, "M/s": 1e6, "G/s": 1e9, "Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9],
    printed: ["G/s", "M/s", "k/s", "/s"])
}

/// An energy, in joules.
@frozen public struct Joules: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "J",
    ["J": 1, "kJ": 1e3, "mJ": 1e-3, "uJ": 1e-6, "nJ": 1e-9, "pJ": 1e-12, "Wh": 3600, "kWh": 3.6e6],
    printed: ["kJ", "J", "mJ", "uJ", "nJ", "pJ"])
}

/// A power, in watts.
@frozen public struct Watts: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "W", ["W": 1, "kW": 1e3, "mW": 1e-3], printed: ["kW", "W", "mW"])
}

/// The energy of moving one byte, in joules.
@frozen public struct JoulesPerByte: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "J/B",
    ["J/B": 1, "nJ/B": 1e-9, "pJ/B": 1e-12, "pJ/bit": 8e-12],
    printed: ["nJ/B", "pJ/B"])
}

/// The energy of one arithmetic operation, in joules.
@frozen public struct JoulesPerFlop: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "J/FLOP", ["J/FLOP": 1, "pJ/FLOP": 1e-12, "fJ/FLOP": 1e-15],
    printed: ["pJ/FLOP", "fJ/FLOP"])
}

/// A price, in United States dollars.
@frozen public struct Dollars: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "USD", ["USD": 1, "kUSD": 1e3], printed: ["USD"])
}

/// A price of time, in United States dollars per second, written by the hour.
@frozen public struct DollarsPerSecond: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "USD/s", ["USD/s": 1, "USD/h": 1 / 3600], printed: ["USD/h"])
}

/// A length of text or context, in tokens. Whole wherever a file gives it.
@frozen public struct Tokens: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "tokens", ["tokens": 1, "token": 1], printed: ["tokens"])
}

/// A distance in the depth of a model, in layers.
@frozen public struct Layers: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }
  public static let units = UnitTable(
    base: "layers", ["layers": 1, "layer": 1], printed: ["layers"])
}
