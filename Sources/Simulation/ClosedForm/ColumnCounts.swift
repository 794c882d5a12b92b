import Policies
import Programs

/// What a column of counts adds up to over the steps, without the column.
struct ColumnCounts {
  var sum: Int64
  /// Steps with a count above 0.
  var issued: Int
  var largest: Int
  var steps: Int

  /// The column `context`, as `SizeResolver` fills it.
  init(contextOf setting: Setting) {
    let unit = setting.contextUnit
    let first = setting.promptPositions + 1
    let last = setting.longestContext
    steps = setting.workload.generate
    issued = steps
    largest = (last + unit - 1) / unit
    sum = unit == 1 ? Int64(first + last) * Int64(steps) / 2 : 0
    guard unit > 1 else { return }
    for context in first...last { sum += Int64((context + unit - 1) / unit) }
  }

  /// The column of a kernel's reads.
  ///
  /// Counts never fall while the context grows, so steps between two of the same count have it too.
  init(_ kernel: ReadKernel, of reads: LayerReads, _ setting: Setting) {
    let course = reads.course(kernel, setting)
    let first = ReadPlan.contexts(setting).lowerBound
    let steps = setting.workload.generate
    self.init(sum: 0, issued: 0, largest: 0, steps: steps)
    if case .each(let every) = course.kind {
      issued = (steps + every - 1) / every
      sum = Int64(issued)
      largest = 1
      return
    }
    func count(_ step: Int) -> Int {
      Int(course.count(step: step, entries: reads.entries(kernel, first + step, setting)))
    }
    add(0, count(0), steps - 1, count(steps - 1), count)
  }

  init(sum: Int64, issued: Int, largest: Int, steps: Int) {
    self.sum = sum
    self.issued = issued
    self.largest = largest
    self.steps = steps
  }

  /// Adds the steps from `low` through `high`, whose counts are known at both.
  private mutating func add(
    _ low: Int, _ first: Int, _ high: Int, _ last: Int, _ count: (Int) -> Int
  ) {
    if first == last || high - low <= 1 {
      add(first, times: high == low ? 1 : high - low)
      if high > low { add(last, times: 1) }
      return
    }
    let middle = low + (high - low) / 2
    let between = count(middle)
    add(low, first, middle, between, count)
    // The middle is counted already.
    let next = middle + 1
    add(next, next == high ? last : count(next), high, last, count)
  }

  private mutating func add(_ count: Int, times: Int) {
    sum += Int64(count) * Int64(times)
    if count > 0 { issued += times }
    largest = max(largest, count)
  }
}
