import Quantities

/// What limits random reads of a storage device, each limit measured apart.
///
/// With T requests in flight, reads of c bytes complete one every
/// `sqrt((L / T)² + host² + (c / bandwidth)²)` seconds, where `L = latency + host + c / media` is one
/// read alone. The root of squares is a smooth maximum: far from a crossing the largest limit
/// counts alone, near it two limits queue behind each other. A group of reads that is waited for
/// also takes `group` to start and to gather.
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

  public init(
    latency: Figure<Seconds>, media: Figure<BytesPerSecond>, host: Figure<Seconds>,
    bandwidth: Figure<BytesPerSecond>, group: Figure<Seconds>
  ) {
    self.latency = latency
    self.media = media
    self.host = host
    self.bandwidth = bandwidth
    self.group = group
  }

  /// The time between completions of reads of `chunk` bytes with `depth` in flight.
  public func interval(chunk: Bytes, depth: Double) -> Seconds {
    let alone = latency.value + host.value + chunk / media.value
    let shared = alone.value / depth
    let stream = (chunk / bandwidth.value).value
    let h = host.value.value
    return Seconds((shared * shared + h * h + stream * stream).squareRoot())
  }
}
