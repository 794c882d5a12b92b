import Programs

/// What the host takes: its work before a step, and the launches of kernels one by one.
extension StepBuilder {
  /// Whether the host launches kernels one by one, at a stated time each.
  var issuesLaunches: Bool { (setting.runtime.hostPerLaunch?.value.value ?? 0) > 0 }

  private mutating func hostStream() -> Int { stream("host", .host) }

  /// The start of a step: the host's work before it, and the moment from which it launches. It reads
  /// the token of the step before, so it is never a step ahead.
  mutating func addHostStart() {
    var after = [Dependency(on: "", blocksBack: 1)]
    if setting.runtime.hostPerStep.value.value > 0 {
      let name = "host.step"
      add(Operation(name: name, site: .model, kind: .hostIssue, stream: main, traffic: []))
      after = [Dependency(on: name)]
    }
    if issuesLaunches { addLaunchStart(after: after) }
  }

  mutating func addLaunchStart(after: [Dependency] = []) {
    add(
      Operation(
        name: "host.start", site: .model, kind: .hostIssue, stream: hostStream(), traffic: [],
        launches: .zero, after: after))
  }

  /// The launches of an operation, which the host issues after those before and ahead of the device.
  mutating func addIssue(of operation: Operation, after: [Dependency]) -> Dependency {
    let varies = operation.launches.each != 0 || operation.skippedWhenEmpty
    var name = "host.\(operation.name)"
    // Two operations of one name have launches of their own.
    while operations.contains(where: { $0.name == name }) { name += "+" }
    add(
      Operation(
        name: name, site: operation.site, kind: .hostIssue, stream: hostStream(), traffic: [],
        launches: operation.launches, column: varies ? operation.column : nil,
        skippedWhenEmpty: operation.skippedWhenEmpty, after: after))
    return Dependency(on: name)
  }

  /// The host launches nothing more before an operation of this block is through.
  mutating func addHostWait(for operation: Operation) {
    add(
      Operation(
        name: "host.\(operation.name).wait", site: operation.site, kind: .hostIssue,
        stream: hostStream(), traffic: [], launches: .zero,
        after: [Dependency(on: operation.name)]))
  }
}
