/// Which KV pages each decode step read, by layer and KV head.
///
/// Views do not check ids or indices in release builds beyond what `Trace` checked once.
public struct PageTrace: @unchecked Sendable {
  public let steps: Int
  public let layers: Int
  public let kvHeads: Int
  /// Ids recorded a row, best first.
  public let picks: Int
  public let pageTokens: Int
  /// Position of the token of step 0.
  public let firstPosition: Int
  /// The model's layer numbers, in the order of the rows.
  public let layerNumbers: [Int]
  public let hasMass: Bool
  /// Query heads and shares of the column of top-p token counts; 0 when there is none.
  public let queryHeads: Int
  public let shares: Int

  @usableFromInline let ids: Column
  @usableFromInline let mass: Column?
  @usableFromInline let tokens: Column?
  @usableFromInline let base: UnsafeRawPointer
  @usableFromInline let width: Int

  init(_ about: TraceHeader.Pages, ids: Column, mass: Column?, tokens: Column?) {
    (steps, layers, kvHeads, picks) = (ids.shape[0], ids.shape[1], ids.shape[2], ids.shape[3])
    pageTokens = about.pageTokens
    firstPosition = about.firstPosition
    layerNumbers = about.layers
    hasMass = mass != nil
    queryHeads = tokens?.shape[2] ?? 0
    shares = tokens?.shape[3] ?? 0
    self.ids = ids
    self.mass = mass
    self.tokens = tokens
    base = ids.address
    width = ids.type == .u16 ? 2 : 4
  }

  /// Tokens whose keys a query of that step can read, its own included.
  @inlinable
  public func context(step: Int) -> Int { firstPosition + step + 1 }

  /// Pages of the context at that step; every id of the step is below it.
  @inlinable
  public func pageCount(step: Int) -> Int { (context(step: step) + pageTokens - 1) / pageTokens }

  /// The pages read at that step, best first.
  @inlinable
  public func pages(step: Int, layer: Int, head: Int) -> EntryRow {
    let row = (step &* layers &+ layer) &* kvHeads &+ head
    return EntryRow(base: base + row &* picks &* width, width: width, count: picks)
  }

  /// The attention mass of each of `pages(…)`, or an empty row when it was not recorded.
  @inlinable
  public func mass(step: Int, layer: Int, head: Int) -> ShareRow {
    guard let mass else { return ShareRow(base: base, isHalf: true, count: 0) }
    let row = (step &* layers &+ layer) &* kvHeads &+ head
    let isHalf = mass.type == .f16
    return ShareRow(
      base: mass.address + row &* picks &* (isHalf ? 2 : 4), isHalf: isHalf, count: picks)
  }

  /// Tokens that one query head needs for each share of its mass, or an empty row.
  @inlinable
  public func topTokens(step: Int, layer: Int, queryHead: Int) -> EntryRow {
    guard let tokens else { return EntryRow(base: base, width: 2, count: 0) }
    let row = (step &* layers &+ layer) &* queryHeads &+ queryHead
    let width = tokens.type == .u16 ? 2 : 4
    return EntryRow(base: tokens.address + row &* shares &* width, width: width, count: shares)
  }
}

extension Column {
  /// The first byte; of an empty column, an address that is never read.
  @usableFromInline var address: UnsafeRawPointer {
    bytes.baseAddress ?? UnsafeRawPointer(Unmanaged.passUnretained(owner).toOpaque())
  }
}
