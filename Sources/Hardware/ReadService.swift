import Quantities

/// What limits random reads of a storage device, each limit measured apart.
///
/// With T requests in flight, reads of c bytes complete one every
/// `((L / T)ᵖ + hostᵖ + (c / bandwidth)ᵖ)^(1/p)` seconds, where `L = latency + host + c / media` is one
/// read alone and p is `overlap`, 2 unless it was measured. The sum of powers is a smooth maximum:
/// far from a crossing the largest limit counts alone, near it two limits queue behind each other.
/// With p = 1 nothing overlaps: each read has its host time and its bytes one after the other, as
/// where one thread of a virtual machine's host serves the disk. A group of reads that is waited
/// for also takes `group` to start and to gather.
public struct ReadService: Sendable, Hashable {
  /// Device time of one read before its data flows.
  public var latency: Figure<Seconds>
  /// Rate at which the data of a single read flows.
  public var media: Figure<BytesPerSecond>
  /// Host and queue time that requests cannot overlap.
  public var host: Figure<Seconds>
  /// The most the device delivers.
  public var bandwidth: Figure<BytesPerSecond>
  /// Start and barrier of a group of reads.
  public var group: Figure<Seconds>
  /// How far the limits overlap: 1 not at all, more the better. Nil: 2.
  public var overlap: Figure<Double>?

  public init(
    latency: Figure<Seconds>, media: Figure<BytesPerSecond>, host: Figure<Seconds>,
    bandwidth: Figure<BytesPerSecond>, group: Figure<Seconds>, overlap: Figure<Double>? = nil
  ) {
    self.latency = latency
    self.media = media
    self.host = host
    self.bandwidth = bandwidth
    self.group = group
    self.overlap = overlap
  }

  /// The time between completions of reads of `chunk` bytes with `depth` in flight.
  public func interval(chunk: Bytes, depth: Double) -> Seconds {
    let alone = latency.value + host.value + chunk / media.value
    let shared = alone.value / depth
    let stream = (chunk / bandwidth.value).value
    let h = host.value.value
    guard let p = overlap?.value, p != 2 else {
      return Seconds((shared * shared + h * h + stream * stream).squareRoot())
    }
    let sum = [shared, h, stream].reduce(0) { $0 + Elementary.power($1, p) }
    return Seconds(Elementary.power(sum, 1 / p))
  }
}
