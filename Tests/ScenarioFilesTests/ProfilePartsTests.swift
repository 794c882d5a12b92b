import Diagnostics
import Foundation
import Hardware
import Quantities
import Testing

@testable import ScenarioFiles

/// Composite machines, from profiles in a folder of the test's own.
@Suite final class ProfilePartsTests {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("lacuna-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write("card", device("card", tier: "hbm", "power: {idle: 50 W, limit: 400 W, source: s}"))
    try write(
      "host",
      device(
        "host", tier: "ddr",
        """
        power: {idle: 100 W, limit: 300 W, source: s}
        price: {purchase: 2000 USD, source: s}
        """))
    try write("rival", device("rival", tier: "hbm", ""))
    try write("other", device("other", tier: "l3", "").replacing("a page", with: "one more page"))
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      Issue.record("the folder of the test stays: \(error)")
    }
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).yaml"))
  }

  func device(_ name: String, tier: String, _ rest: String) -> String {
    """
    schema: 1
    name: \(name)
    title: A device
    class: server
    sources: {s: a page}
    tiers:
      \(tier): {kind: memory, capacity: 8 GB, bandwidth: 1 GB/s, source: s}
    \(rest)
    """
  }

  func machine(_ parts: String, _ rest: String = "") -> String {
    "schema: 1\nname: machine\ntitle: A machine\nclass: server\nparts: [\(parts)]\n\(rest)"
  }

  func lines(_ text: String) throws -> [String] {
    try write("machine", text)
    return ProfileSample.lines(text, file: folder.appendingPathComponent("machine.yaml").path)
      .map { $0.replacing("\(folder.path)/", with: "") }
  }

  @Test func takesAndSums() throws {
    let links = """
      sources: {t: another page}
      links:
        pcie: {far: ddr, near: hbm, duplex: full, bandwidth: 31 GB/s, source: t}
      """
    try write("machine", machine("card, host", links))
    let profile = try ProfileLibrary(folder: folder.path).profile("machine")
    #expect(profile.tiers.map(\.name) == ["hbm", "ddr"])
    #expect(profile.link("hbm", "ddr")?.bandwidth.value == BytesPerSecond(31e9))
    #expect(profile.power?.idle == Figure(Watts(150), source: "parts", basis: .derived))
    #expect(profile.power?.limit.value == Watts(700))
    #expect(profile.price?.purchase?.value == Dollars(2000))
    #expect(
      profile.sources == [
        "s": "a page", "t": "another page",
        "parts": "sum of power: card + host; purchase price: host (not stated: card)",
      ])
  }

  @Test func ownPowerReplacesTheSum() throws {
    let power = "sources: {t: another page}\npower: {idle: 1 W, limit: 2 W, source: t}"
    try write("machine", machine("card, host", power))
    let profile = try ProfileLibrary(folder: folder.path).profile("machine")
    #expect(profile.power?.limit == Figure(Watts(2), source: "t", basis: .datasheet))
  }

  @Test func oneNameTwice() throws {
    #expect(
      try lines(machine("card, rival")) == [
        "machine.yaml:5:15: error: parts is 'rival'; tier 'hbm' is here already; "
          + "a machine has each name once"
      ])
    #expect(
      try lines(machine("card, other")) == [
        "machine.yaml:5:15: error: parts is 'other'; its source 's' means something else here; "
          + "rename one"
      ])
  }

  @Test func absent() throws {
    #expect(
      try lines(machine("cart")) == [
        "machine.yaml:5:9: error: parts[0]: there is no profile 'cart'; did you mean 'card'?"
      ])
    #expect(
      try lines(machine("../card")) == [
        "machine.yaml:5:9: error: parts[0]: there is no profile '../card'; "
          + "known are card, host, machine, other, rival"
      ])
  }

  @Test func cycle() throws {
    try write("second", machine("machine").replacing("name: machine", with: "name: second"))
    #expect(
      try lines(machine("second")) == [
        "second.yaml:5:9: error: parts[0] is 'machine'; "
          + "a profile cannot contain itself (machine > second > machine)"
      ])
    #expect(
      try lines(machine("machine")) == [
        "machine.yaml:5:9: error: parts[0] is 'machine'; "
          + "a profile cannot contain itself (machine > machine)"
      ])
  }

  @Test func noTierAtAll() throws {
    #expect(
      try lines(machine("")) == [
        "machine.yaml:1: error: missing key 'tiers'; expected one tier or more, or 'parts'"
      ])
  }
}
