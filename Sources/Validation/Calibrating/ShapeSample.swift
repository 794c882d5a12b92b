import Programs

/// Which calls of a large table coefficients are fitted to: some of each shape group, of all sizes.
///
/// The choice depends on the calls alone, so that the same table gives the same coefficients.
enum ShapeSample {
  /// One distinct call.
  struct Case {
    var call: KernelCall
    var seconds: Double
    /// Cases of one group have the same weights or heads.
    var group: Int
  }

  /// The golden ratio less 1: multiples of it, less their whole part, never come close to a rhythm.
  private static let golden = 0.618_033_988_749_895

  /// At most `most` cases.
  ///
  /// Each group gives as many as its share of the rows, spread evenly over its calls in the order of
  /// their size. Where that spread begins differs from group to group: tables time every group at
  /// the same sizes, and the same places of each would leave the other sizes unseen.
  static func thinned(_ cases: [Case], to most: Int) -> [Case] {
    guard cases.count > most else { return cases }
    var groups: [Int: [Int]] = [:]
    for place in cases.indices { groups[cases[place].group, default: []].append(place) }
    var chosen: [Case] = []
    chosen.reserveCapacity(most)
    var passed = 0
    for (number, group) in groups.keys.sorted().enumerated() {
      let places = (groups[group] ?? []).sorted {
        isSmaller(cases[$0].call, cases[$1].call, $0, $1)
      }
      // So many of all rows up to here, less those of the groups before: the sum is `most`.
      let quota = (passed + places.count) * most / cases.count - passed * most / cases.count
      passed += places.count
      let phase = (Double(number + 1) * golden).truncatingRemainder(dividingBy: 1)
      for one in 0..<quota {
        let share = (Double(one) + phase) / Double(quota)
        chosen.append(cases[places[Int(share * Double(places.count))]])
      }
    }
    return chosen
  }

  private static func isSmaller(_ a: KernelCall, _ b: KernelCall, _ i: Int, _ j: Int) -> Bool {
    (a.bytes, a.flops, i) < (b.bytes, b.flops, j)
  }
}
