import Workloads

/// Rows of ServeGen's rates: what a client sends in one window.
struct ClientRateRows: LogRows {
  static let format = "CSV"
  static let columns = [
    LogColumn(name: "client", allowed: clientAllowed),
    LogColumn(
      name: "window_start_s",
      allowed: "a multiple of \(ClientTraffic.windowSeconds) s between 0 and \(latest)"),
    LogColumn(name: "rate_rps", allowed: "requests a second, above 0 and at most 1000000"),
    LogColumn(name: "iat_cv", allowed: "a number between 0 and 1000000"),
    LogColumn(name: "iat_dist", allowed: "Gamma or Weibull"),
    LogColumn(name: "iat_shape", allowed: "a number between 0.0001 (Weibull 0.05) and 100000"),
    LogColumn(name: "iat_scale", allowed: "seconds, above 0 and at most 1000000000"),
  ]
  static let clientAllowed = "a whole number between 0 and \(mostClients)"
  static let mostClients: UInt64 = 1_000_000
  private static let latest = 8_640_000

  var clients: [ClientTraffic.Client] = []

  mutating func row(_ place: inout UnsafePointer<UInt8>) -> RowProblem? {
    let start = place
    if place.pointee == 10 { return RowProblem(kind: .blank, place: place) }
    func bad(_ column: Int, _ field: UnsafePointer<UInt8>) -> RowProblem {
      RowProblem(kind: .badValue, column: column, place: field)
    }
    guard let client = ByteScan.whole(&place), client <= Self.mostClients else {
      return bad(0, start)
    }
    guard Self.comma(&place) else { return RowProblem(kind: .fieldCount, place: start) }
    let windowPlace = place
    guard let window = ByteScan.whole(&place), window <= UInt64(Self.latest),
      window.isMultiple(of: UInt64(ClientTraffic.windowSeconds))
    else { return bad(1, windowPlace) }
    var numbers = (rate: 0.0, variation: 0.0, shape: 0.0, scale: 0.0)
    var isGamma = false
    for column in 2...6 {
      guard Self.comma(&place) else { return RowProblem(kind: .fieldCount, place: start) }
      let field = place
      if column == 4 {
        guard let gamma = Self.form(&place) else { return bad(column, field) }
        isGamma = gamma
        continue
      }
      guard let number = ByteScan.decimal(&place) else { return bad(column, field) }
      switch column {
      case 2: numbers.rate = number
      case 3: numbers.variation = number
      case 5: numbers.shape = number
      default: numbers.scale = number
      }
      let isFine =
        switch column {
        case 2: number > 0 && number <= 1e6
        case 3: number >= 0 && number <= 1e6
        case 5: number >= (isGamma ? 1e-4 : 0.05) && number <= 1e5
        default: number > 0 && number <= 1e9
        }
      guard isFine else { return bad(column, field) }
    }
    guard ByteScan.endsRow(&place) else { return RowProblem(kind: .fieldCount, place: start) }
    return enter(
      Int(client),
      ClientTraffic.Window(
        start: Int(window), rate: numbers.rate,
        gaps: isGamma ? .gamma(shape: numbers.shape) : .weibull(shape: numbers.shape)),
      start, windowPlace)
  }

  private mutating func enter(
    _ client: Int, _ window: ClientTraffic.Window, _ start: UnsafePointer<UInt8>,
    _ windowPlace: UnsafePointer<UInt8>
  ) -> RowProblem? {
    let last = clients.count - 1
    if last < 0 || clients[last].number < client {
      clients.append(ClientTraffic.Client(number: client, windows: [window]))
      return nil
    }
    guard clients[last].number == client else {
      return RowProblem(kind: .falling, column: 0, place: start)
    }
    if let before = clients[last].windows.last, before.start >= window.start {
      return RowProblem(kind: .falling, column: 1, place: windowPlace)
    }
    clients[last].windows.append(window)
    return nil
  }

  @inline(__always)
  static func comma(_ place: inout UnsafePointer<UInt8>) -> Bool {
    guard place.pointee == 44 else { return false }
    place += 1
    return true
  }

  /// True for Gamma, false for Weibull, nil for another name.
  private static func form(_ place: inout UnsafePointer<UInt8>) -> Bool? {
    if Self.takes("Gamma", &place) { return true }
    return Self.takes("Weibull", &place) ? false : nil
  }

  /// Moves `place` past a name, if it stands there up to the next comma.
  static func takes(_ name: StaticString, _ place: inout UnsafePointer<UInt8>) -> Bool {
    let bytes = name.utf8Start
    for index in 0..<name.utf8CodeUnitCount where place[index] != bytes[index] { return false }
    guard place[name.utf8CodeUnitCount] == 44 else { return false }
    place += name.utf8CodeUnitCount
    return true
  }
}
