/// Points over two axes as an SVG picture.
public struct ScatterPlot: Sendable {
  /// One axis: its title, and whether it runs by powers of ten.
  public struct Axis: Sendable {
    public var title: String
    public var isLogarithmic: Bool
    public init(_ title: String, isLogarithmic: Bool) {
      self.title = title
      self.isLogarithmic = isLogarithmic
    }
  }

  /// What a reference line shows.
  public enum Line: Sendable {
    /// y = factor × x.
    case proportional(Double)
    /// y = value.
    case level(Double)
  }

  public struct Series: Sendable {
    public var name: String
    public var points: [(x: Double, y: Double)]
    /// Whether a line joins the points, in their order.
    public var isJoined: Bool
    /// A point with a ring around it.
    public var mark: (x: Double, y: Double)?
    public init(
      name: String, points: [(x: Double, y: Double)], isJoined: Bool = false,
      mark: (x: Double, y: Double)? = nil
    ) {
      self.name = name
      self.points = points
      self.isJoined = isJoined
      self.mark = mark
    }
  }

  public var title: String
  public var x: Axis
  public var y: Axis
  public var series: [Series]
  public var lines: [Line]

  public init(title: String, x: Axis, y: Axis, series: [Series], lines: [Line] = []) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.lines = lines
  }

  private static let width = 640.0
  private static let height = 480.0
  private static let left = 78.0
  private static let right = 150.0
  private static let top = 36.0
  private static let bottom = 56.0
  /// Points of one series beyond this are thinned evenly: a picture shows no more.
  private static let mostPoints = 600
  private static let mostJoinedDots = 60
  private static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]

  /// The picture; the same points give the same text.
  public func svg() -> String {
    let all = series.flatMap(\.points).filter { isShown($0) }
    let across = Scale(all.map(\.x), x.isLogarithmic, from: Self.left, to: Self.width - Self.right)
    let up = Scale(all.map(\.y), y.isLogarithmic, from: Self.height - Self.bottom, to: Self.top)
    var out = SVGText.open(width: Self.width, height: Self.height)
    out += SVGText.text(title, x: Self.left, y: 14, size: 14)
    out += axes(across, up)
    for line in lines { out += self.line(line, across, up) }
    for (place, one) in series.enumerated() {
      let colour = Self.colours[place % Self.colours.count]
      let shown = one.points.filter { isShown($0) }
      let every = max(1, (shown.count + Self.mostPoints - 1) / Self.mostPoints)
      let places = stride(from: 0, to: shown.count, by: every).map {
        (x: across(shown[$0].x), y: up(shown[$0].y))
      }
      if one.isJoined { out += SVGText.line(places, colour: colour) }
      // Many dots on a line would hide it.
      if !one.isJoined || places.count <= Self.mostJoinedDots {
        for place in places { out += SVGText.dot(x: place.x, y: place.y, colour: colour) }
      }
      if let mark = one.mark, isShown(mark) {
        out += SVGText.ring(x: across(mark.x), y: up(mark.y), colour: colour)
      }
      let row = Self.top + 14 * Double(place) + 8
      out += SVGText.dot(x: Self.width - Self.right + 12, y: row - 4, colour: colour)
      out += SVGText.text(one.name, x: Self.width - Self.right + 20, y: row, size: 10)
    }
    return out + "</svg>\n"
  }

  private func isShown(_ point: (x: Double, y: Double)) -> Bool {
    point.x.isFinite && point.y.isFinite && (!x.isLogarithmic || point.x > 0)
      && (!y.isLogarithmic || point.y > 0)
  }

  private func axes(_ across: Scale, _ up: Scale) -> String {
    var out = SVGText.frame(
      x: Self.left, y: Self.top, width: Self.width - Self.left - Self.right,
      height: Self.height - Self.top - Self.bottom)
    for tick in across.ticks {
      out += SVGText.stroke(
        across(tick.value), Self.height - Self.bottom, across(tick.value),
        Self.height - Self.bottom + 5)
      out += SVGText.text(
        tick.label, x: across(tick.value), y: Self.height - Self.bottom + 18, size: 10,
        anchor: "middle")
    }
    for tick in up.ticks {
      out += SVGText.stroke(Self.left - 5, up(tick.value), Self.left, up(tick.value))
      out += SVGText.text(
        tick.label, x: Self.left - 8, y: up(tick.value) + 3, size: 10, anchor: "end")
    }
    out += SVGText.text(
      x.title, x: (Self.left + Self.width - Self.right) / 2, y: Self.height - 14, size: 12,
      anchor: "middle")
    return out + SVGText.text(y.title, x: 8, y: Self.top - 8, size: 12)
  }

  private func line(_ line: Line, _ across: Scale, _ up: Scale) -> String {
    func clipped(_ y: Double) -> Double { min(max(y, up.low), up.high) }
    switch line {
    case .level(let value):
      let y = up(clipped(value))
      return SVGText.stroke(across(across.low), y, across(across.high), y, dashed: true)
    case .proportional(let factor):
      let low = max(across.low, up.low / factor)
      let high = min(across.high, up.high / factor)
      guard low < high else { return "" }
      return SVGText.stroke(
        across(low), up(factor * low), across(high), up(factor * high), dashed: true)
    }
  }
}
