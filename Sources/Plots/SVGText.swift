import Quantities

/// The few SVG elements that plots are made of.
enum SVGText {
  static func open(width: Double, height: Double) -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
      + "font-family=\"sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
  }

  static func text(
    _ text: String, x: Double, y: Double, size: Double, anchor: String = "start"
  ) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(size))\" "
      + "text-anchor=\"\(anchor)\">\(escaped(text))</text>\n"
  }

  static func dot(x: Double, y: Double, colour: String) -> String {
    "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"1.6\" fill=\"\(colour)\" "
      + "fill-opacity=\"0.5\"/>\n"
  }

  static func line(_ points: [(x: Double, y: Double)], colour: String) -> String {
    let places = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(colour)\"/>\n"
  }

  static func ring(x: Double, y: Double, colour: String) -> String {
    "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"6\" fill=\"none\" "
      + "stroke=\"\(colour)\" stroke-width=\"1.5\"/>\n"
  }

  static func stroke(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, dashed: Bool = false
  ) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + "stroke=\"#444\"\(dashed ? " stroke-dasharray=\"4 3\"" : "")/>\n"
  }

  static func frame(x: Double, y: Double, width: Double, height: Double) -> String {
    "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
      + "height=\"\(number(height))\" fill=\"none\" stroke=\"#444\"/>\n"
  }

  private static func number(_ value: Double) -> String { Decimal.significant(value, digits: 5) }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
