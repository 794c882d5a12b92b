import Diagnostics
import Workloads

/// Requests on their way from servers that compute prompts to servers that decode.
///
/// Every server has one port: a transfer takes that of its sender and that of its receiver from when
/// both are free, in the order in which prompts were done. KV that waits for the ports, or at the
/// receiver for room, lies outside of the pages of both.
struct Handover {
  let transfer: KVTransfer
  private var out: [LinkQueue]
  private var into: [LinkQueue]
  /// Requests whose prompts are computed, by when, and those on the link, by their arrival.
  private var done = KeyedHeap()
  private var landing = KeyedHeap()
  /// Where each request comes from, and then where it goes.
  private var places: [Int32]
  /// Requests on the link to each receiver.
  private(set) var coming: [Int]
  private(set) var total = TransferTotal()
  /// Picoseconds that requests spent on their way.
  private(set) var area: Int128 = 0

  enum Event {
    case done(Int32)
    case landed(Int32, at: Int)
  }

  init(_ transfer: KVTransfer, senders: Int, receivers: Int, requests: Int) {
    self.transfer = transfer
    out = Array(repeating: LinkQueue(), count: senders)
    into = Array(repeating: LinkQueue(), count: receivers)
    places = Array(repeating: -1, count: requests)
    coming = Array(repeating: 0, count: receivers)
  }

  /// When something happens next.
  var next: Int64? {
    guard let first = done.first?.key else { return landing.first?.key }
    return landing.first.map { min(first, $0.key) } ?? first
  }

  /// Takes what happens at a moment; nil where nothing does any more.
  mutating func event(at time: Int64) -> Event? {
    if let first = done.first, first.key == time {
      done.removeFirst()
      return .done(first.request)
    }
    guard let first = landing.first, first.key == time else { return nil }
    landing.removeFirst()
    let receiver = Int(places[Int(first.request)])
    coming[receiver] -= 1
    return .landed(first.request, at: receiver)
  }

  /// A prompt is computed.
  mutating func push(_ request: Int32, from sender: Int, at time: Int64) {
    places[Int(request)] = Int32(sender)
    done.push(time, request)
  }

  /// Sends the KV of a prompt.
  /// - Throws: `Faults` with the key `workload.apart.link` where that begins after more than 100 days.
  mutating func send(
    _ request: Int32, tokens: Int, to receiver: Int, at time: Int64
  ) throws(Faults) {
    let sender = Int(places[Int(request)])
    let span = transfer.span(tokens)
    let bytes = transfer.bytesPerToken * Int64(tokens)
    let start = max(time, out[sender].free, into[receiver].free)
    guard start <= RequestStream.latest.picoseconds else {
      throw Faults(
        .outOfRange(
          key: "workload.apart.link", found: "a transfer after more than 100 days",
          allowed: "a link over which all KV goes in 100 days"),
        at: SourcePosition(file: "requests"))
    }
    _ = out[sender].send(bytes, taking: span, at: start)
    let arrival = into[receiver].send(bytes, taking: span, at: start)
    places[Int(request)] = Int32(receiver)
    landing.push(arrival, request)
    coming[receiver] += 1
    area += Int128(arrival - time)
    total.add(
      tokens: Int64(tokens), bytes: bytes, span: span, waited: start - time,
      energy: transfer.energy(tokens))
    total.busiest = max(total.busiest, out[sender].busy, into[receiver].busy)
  }
}
