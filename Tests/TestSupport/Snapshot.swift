import Foundation
import Testing

/// Holds `text` against `Snapshots/NAME` beside the test's file.
///
/// With `RECORD_SNAPSHOTS=1` in the environment the snapshot is written anew and the test fails, so
/// that a recording run is never green.
public func expectSnapshot(
  _ text: String, _ name: String, file: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let place = URL(fileURLWithPath: file).deletingLastPathComponent()
    .appendingPathComponent("Snapshots").appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
    Issue.record("recorded \(name); look at the difference, then run without RECORD_SNAPSHOTS")
    return
  }
  guard FileManager.default.fileExists(atPath: place.path) else {
    Issue.record(
      "there is no snapshot \(name); run once with RECORD_SNAPSHOTS=1",
      sourceLocation: sourceLocation)
    return
  }
  let recorded = try String(contentsOf: place, encoding: .utf8)
  guard text != recorded else { return }
  let differences = lineDifferences(recorded, text)
  Issue.record(
    "\(name) differs from its snapshot:\n\(differences.joined(separator: "\n"))",
    sourceLocation: sourceLocation)
}

/// The first lines that differ, recorded (-) and found (+), with their numbers.
public func lineDifferences(_ recorded: String, _ found: String, limit: Int = 10) -> [String] {
  let old = recorded.split(separator: "\n", omittingEmptySubsequences: false)
  let new = found.split(separator: "\n", omittingEmptySubsequences: false)
  var lines: [String] = []
  for line in 0..<max(old.count, new.count) {
    let (a, b) = (line < old.count ? old[line] : nil, line < new.count ? new[line] : nil)
    guard a != b, lines.count < 2 * limit else { continue }
    if let a { lines.append("\(line + 1) - \(a)") }
    if let b { lines.append("\(line + 1) + \(b)") }
  }
  return lines
}
