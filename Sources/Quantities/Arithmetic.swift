/// The products and quotients of two dimensions that mean something here.
extension Bytes {
  /// How long `bytes` take at `rate`; the roofline's memory side.
  @inlinable public static func / (bytes: Bytes, rate: BytesPerSecond) -> Seconds {
    Seconds(bytes.value / rate.value)
  }
  @inlinable public static func / (bytes: Bytes, time: Seconds) -> BytesPerSecond {
    BytesPerSecond(bytes.value / time.value)
  }
  @inlinable public static func * (bytes: Bytes, energy: JoulesPerByte) -> Joules {
    Joules(bytes.value * energy.value)
  }
}

extension Flops {
  /// How long `flops` take at `rate`; the roofline's arithmetic side.
  @inlinable public static func / (flops: Flops, rate: FlopsPerSecond) -> Seconds {
    Seconds(flops.value / rate.value)
  }
  @inlinable public static func * (flops: Flops, energy: JoulesPerFlop) -> Joules {
    Joules(flops.value * energy.value)
  }
}

extension BytesPerSecond {
  @inlinable public static func * (rate: BytesPerSecond, time: Seconds) -> Bytes {
    Bytes(rate.value * time.value)
  }
}

extension Watts {
  @inlinable public static func * (power: Watts, time: Seconds) -> Joules {
    Joules(power.value * time.value)
  }
}

extension DollarsPerSecond {
  @inlinable public static func * (price: DollarsPerSecond, time: Seconds) -> Dollars {
    Dollars(price.value * time.value)
  }
}
