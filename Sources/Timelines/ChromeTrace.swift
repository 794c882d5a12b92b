import EventKernel
import Quantities

/// Writes a playback as Chrome trace events, which Perfetto and chrome://tracing open: one track a
/// resource, one slice an operation. Times are microseconds with six decimals, so that every
/// picosecond is kept.
public struct ChromeTrace {
  /// One slice to be drawn.
  public struct Slice: Sendable {
    public var name: String
    public var category: String
    public var track: Int
    public var start: Int64
    public var end: Int64
    public var step: Int
    public var layer: Int
    public init(
      name: String, category: String, track: Int, start: Int64, end: Int64, step: Int, layer: Int
    ) {
      self.name = name
      self.category = category
      self.track = track
      self.start = start
      self.end = end
      self.step = step
      self.layer = layer
    }
  }

  let process: String
  let tracks: [String]

  public init(process: String, tracks: [String]) {
    self.process = process
    self.tracks = tracks
  }

  /// The whole file as text. Slices come in the order given.
  public func text(_ slices: [Slice]) -> String {
    var out = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
    out += meta("process_name", track: 0, name: process)
    for (index, track) in tracks.enumerated() {
      out += ",\n" + meta("thread_name", track: index + 1, name: track)
    }
    for slice in slices {
      out +=
        ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":\(slice.track + 1),\"ts\":\(microseconds(slice.start))"
      out += ",\"dur\":\(microseconds(slice.end - slice.start)),\"name\":\(quoted(slice.name))"
      out += ",\"cat\":\(quoted(slice.category)),\"args\":{\"step\":\(slice.step)"
      out += ",\"layer\":\(slice.layer)}}"
    }
    return out + "\n]}\n"
  }

  private func meta(_ kind: String, track: Int, name: String) -> String {
    "{\"ph\":\"M\",\"pid\":1,\"tid\":\(track),\"name\":\"\(kind)\",\"args\":{\"name\":\(quoted(name))}}"
  }

  private func microseconds(_ picoseconds: Int64) -> String {
    let fraction = String(picoseconds % 1_000_000)
    return
      "\(picoseconds / 1_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
  }

  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case _ where scalar.value < 32: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
