import Diagnostics
import Foundation
import Hardware

/// Reads one profile file and, through it, the parts it names.
struct ProfileReader {
  /// The only version of the format so far.
  static let schema = 1
  let file: String
  /// The names of the profiles that led here, outermost first; a name twice is a cycle.
  var chain: [String] = []

  func profile(_ document: Document) throws(Faults) -> Profile {
    let map = try document.map()
    checkSchema(map)
    let name = name(map)
    let title = map.required("title", "the device's full name")?.text()
    let aliases = map.value("aliases")?.list("a list of names").map {
      $0.compactMap { $0.text("a name that tables have for the device") }
    }
    let deviceClass = map.required("class", "the class of device")?
      .choice(Profile.Class.self, kind: "class")
    let book = SourceBook(section("sources", of: map))
    var references: [TierReference] = []
    let units = section("compute", of: map).map {
      ComputeSection(book: book).units($0, references: &references)
    }
    let tierMap = section("tiers", of: map)
    let tiers = tierMap.map { TierSection(book: book).tiers($0) }
    let links = section("links", of: map).map {
      LinkSection(book: book).links($0, references: &references)
    }
    let kernels = section("kernels", of: map).map { KernelSection(book: book).kernels($0) }
    let power = section("power", of: map).flatMap { PowerPriceSection(book: book).power($0) }
    let price = section("price", of: map).flatMap { PowerPriceSection(book: book).price($0) }
    let parts = try parts(map, name: name)
    map.finish()
    book.reportUnused(to: document.faults)
    guard let name, let title, let deviceClass else { throw Faults(document.faults.all) }
    var profile = Profile(
      name: name, title: title, aliases: aliases ?? [], deviceClass: deviceClass,
      computeUnits: units ?? [], tiers: tiers ?? [], links: links ?? [], kernels: kernels ?? [],
      calibrations: try CalibrationFile.read(for: file, name: name), power: power, price: price,
      sources: book.texts)
    profile.takeCalibratedEnergies()
    profile.take(parts, faults: document.faults)
    // A tier that is written but faulty is known all the same: its own fault is enough.
    let known = (tierMap?.keys ?? []) + parts.flatMap { $0.profile.tiers.map(\.name) }
    check(references, tiers: known, in: map)
    try document.faults.throwIfAny()
    return profile
  }

  private func section(_ key: String, of map: MapReader) -> MapReader? { map.value(key)?.map() }

  private func checkSchema(_ map: MapReader) {
    guard let value = map.required("schema", "schema: \(ProfileReader.schema)"),
      let text = value.text("\(ProfileReader.schema)"), text != "\(ProfileReader.schema)"
    else { return }
    value.refuse(
      .outOfRange(
        key: "schema", found: text,
        allowed: "\(ProfileReader.schema), the only version that this build reads"))
  }

  private func name(_ map: MapReader) -> String? {
    guard let value = map.required("name", "the name of the file"), let name = value.text()
    else { return nil }
    let expected = ProfileReader.name(of: file)
    if name != expected {
      value.refuse(
        .conflict(
          key: "name", found: name, mend: "it must equal the name of the file, '\(expected)'"))
    }
    return name
  }

  static func name(of file: String) -> String {
    URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
  }

  private func parts(_ map: MapReader, name: String?) throws(Faults) -> [ProfilePart] {
    guard let items = map.value("parts")?.list("a list of profile names") else { return [] }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    let library = ProfileLibrary(folder: folder)
    let chain = chain + [name ?? ProfileReader.name(of: file)]
    var parts: [ProfilePart] = []
    for item in items {
      guard let part = item.text("the name of a profile") else { continue }
      guard !chain.contains(part) else {
        item.refuse(
          .conflict(
            key: item.name, found: part,
            mend: "a profile cannot contain itself (\((chain + [part]).joined(separator: " > ")))"))
        continue
      }
      guard let path = library.file(of: part) else {
        item.refuse(
          .unknownName(key: item.name, kind: "profile", found: part, known: library.names()))
        continue
      }
      let reader = ProfileReader(file: path, chain: chain)
      parts.append(
        ProfilePart(
          profile: try reader.profile(Document(contentsOf: path)), position: item.position))
    }
    return parts
  }

  private func check(_ references: [TierReference], tiers known: [String], in map: MapReader) {
    for reference in references where !known.contains(reference.tier) {
      map.faults.add(
        .unknownName(key: reference.key, kind: "tier", found: reference.tier, known: known),
        at: reference.position)
    }
    // A faulty section may have meant to bring tiers; only a sound file lacks them for sure.
    if known.isEmpty, map.faults.all.isEmpty {
      map.faults.add(
        .missingKey("tiers", expected: "one tier or more, or 'parts'"), at: map.position)
    }
  }
}
