import Testing
import Traces

/// The committed traces against what was measured when they were played for real.
@Suite struct ReplayTests {
  /// Measured hit rates of the phone runs, cumulative over prefill and decode, at a budget of
  /// 4,000 MiB over all layers: 74.9% and 76.8% (origin: BigMoeOnEdge route traces, 2026-07-15).
  @Test(arguments: [("qwen3-phone", 0.749), ("gemma4-phone", 0.768)])
  func phoneHitRates(name: String, measured: Double) throws {
    let view = try #require(try committed(name).experts)
    let bytes = try #require(view.expertBytes)
    let budget = 4000 << 20
    var lastUse: [Int: Int] = [:]
    var held = 0
    var (hits, accesses, clock) = (0, 0, 0)
    for step in 0..<view.steps {
      for layer in 0..<view.layers {
        var batch: [Int] = []
        for token in view.tokens(step: step) {
          for expert in view.experts(token: token, layer: layer)
          where expert >= 0 && !batch.contains(expert) {
            batch.append(expert)
          }
        }
        for expert in batch {
          let key = layer * 1024 + expert
          clock += 1
          accesses += 1
          if lastUse.updateValue(clock, forKey: key) != nil {
            hits += 1
          } else {
            held += bytes[layer]
          }
        }
        let used = clock - batch.count
        while held > budget, let oldest = lastUse.min(by: { $0.value < $1.value }),
          oldest.value <= used
        {
          lastUse[oldest.key] = nil
          held -= bytes[oldest.key / 1024]
        }
      }
    }
    let rate = Double(hits) / Double(accesses)
    print("\(name): hit rate \(rate), measured \(measured)")
    #expect(abs(rate - measured) < 0.003)
  }

  /// Misses by layer of recorded steps: page caches of 32 pages a head, 16 pages read a step, each
  /// page inserted at once (own measurement on an H200 machine, step 160 and 255).
  @Test func pageMissesOfRecordedSteps() throws {
    let view = try #require(try committed("attention-a-python").pages)
    let stacks = (0..<view.layers * view.kvHeads).map { _ in StackDistance(universe: 512) }
    var misses: [[Int]] = []
    for step in 0...160 {
      misses.append(
        (0..<view.layers).map { layer in
          (0..<view.kvHeads).reduce(0) { sum, head in
            let stack = stacks[layer * view.kvHeads + head]
            return sum
              + view.pages(step: step, layer: layer, head: head).prefix(16)
              .map(stack.touch).count { $0 < 0 || $0 >= 32 }
          }
        })
    }
    #expect(misses[160] == [4, 24, 13, 13, 21, 19, 27, 20, 31, 25, 15, 18])
  }
}
