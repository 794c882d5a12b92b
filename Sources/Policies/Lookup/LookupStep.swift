import Programs

extension Setting {
  /// The tables that a layer reads, and how far ahead each can be: what makes its block its own.
  func lookups(layer: Int) -> [Int] {
    method.lookups.indices.flatMap { place -> [Int] in
      let table = method.lookups[place]
      guard table.isRead(by: layer, of: model.layerCount) else { return [] }
      return [place, min(table.prefetchLayers, layer)]
    }
  }

  /// Bytes of a row as a tier moves it: whole pieces of the least that one access moves.
  func movedBytes(of table: LookupTable, in tier: String) -> Double {
    let row = table.row.value
    guard let least = profile.tier(tier)?.granularity?.value.value, least > 0 else { return row }
    return (row / least).rounded(.up) * least
  }
}

extension StepBuilder {
  /// The tables that a layer reads, before its attention.
  ///
  /// Tokens that ask for the same row read it once.
  mutating func addLookups(layer index: Int, inPrompt: Bool = false) {
    for table in setting.method.lookups
    where table.isRead(by: index, of: setting.model.layerCount) && (table.inPrompt || !inPrompt) {
      addLookup(table, named: (inPrompt ? "prompt.lookup." : "lookup.") + table.name, layer: index)
    }
  }

  private mutating func addLookup(_ table: LookupTable, named name: String, layer: Int) {
    let draws = Double(tokens) * Double(table.rows)
    let popularity = table.popularity
    let rows = popularity.distinct(of: draws)
    var arrived: [Dependency] = []
    if let tier = table.tier, tier != nearTier {
      arrived = addFetch(
        table, named: name, rows: popularity.distinct(of: draws, beyond: table.hot), from: tier,
        ahead: min(table.prefetchLayers, layer))
    }
    add(
      Operation(
        name: name, site: .lookup, kind: .lookup, stream: main, precision: setting.activations,
        traffic: [
          Traffic(
            through: nearTier,
            bytes: Affine(base: rows * setting.movedBytes(of: table, in: nearTier)))
        ], pieces: Affine(base: max(1, rows)), launches: Affine(base: Double(table.launches)),
        after: arrived))
  }

  /// Rows of a far table come as soon as their addresses are known; the copy engine brings what the
  /// host has collected.
  private mutating func addFetch(
    _ table: LookupTable, named name: String, rows: Double, from tier: String, ahead: Int
  ) -> [Dependency] {
    guard rows > 0 else { return [] }
    var after =
      ahead > 0 ? [Dependency(on: "", blocksBack: ahead + 1)] : afterMain()
    let isStorage = setting.profile.tier(tier)?.kind == .storage
    let host = setting.profile.computeUnits.first { $0.memory == tier }?.name
    if table.transfer == .copyEngine, !isStorage, let host {
      after = [addCollection(table, named: name, rows: rows, in: tier, on: host, after: after)]
    }
    return add(
      Fetch(
        name: "\(name).fetch", site: .lookup, tier: tier, column: nil,
        bytes: rows * table.row.value, pieces: rows, transfer: table.transfer, depth: table.depth,
        after: after, besideMain: ahead > 0,
        isOneTransfer: table.transfer == .copyEngine && !isStorage))
  }

  private mutating func addCollection(
    _ table: LookupTable, named name: String, rows: Double, in tier: String, on host: String,
    after: [Dependency]
  ) -> Dependency {
    let stream = stream(host, .compute(unit: host))
    add(
      Operation(
        name: "\(name).collect", site: .lookup, kind: .lookup, stream: stream,
        precision: setting.activations,
        traffic: [
          Traffic(
            through: tier, bytes: Affine(base: rows * setting.movedBytes(of: table, in: tier)))
        ], pieces: Affine(base: rows), after: after))
    return Dependency(on: "\(name).collect")
  }
}
