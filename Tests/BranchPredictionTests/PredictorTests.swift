import NumericalMethods
import Testing

@testable import BranchPrediction

@Suite("Branch predictors")
struct PredictorTests {
  private func trace(_ count: Int, _ isTaken: (Int) -> Bool) -> BranchTrace {
    var trace = BranchTrace()
    for place in 0..<count { trace.record(1, isTaken(place), after: 5) }
    return trace
  }

  @Test("counters of two bits are wrong twice before they turn")
  func bimodalTurns() {
    let turning = trace(200) { $0 < 100 }
    var predictor = Bimodal()
    // It starts at taken; after the turn it falls from 1 over 0, two wrong guesses.
    #expect(turning.mispredictions(&predictor) == 2)
  }

  @Test("a history tells an alternation that a counter cannot")
  func gshareAlternates() {
    let alternating = trace(2000) { $0 % 2 == 0 }
    var (counter, history) = (Bimodal(), Gshare())
    #expect(alternating.mispredictions(&counter, from: 1000) >= 500)
    #expect(alternating.mispredictions(&history, from: 1000) == 0)
  }

  @Test("long histories tell the end of a loop of 40 turns")
  func tageEndsLoops() {
    let looping = trace(8000) { $0 % 40 != 39 }
    var (short, long) = (Bimodal(), Tage())
    #expect(looping.mispredictions(&short, from: 4000) == 100)
    #expect(looping.mispredictions(&long, from: 4000) <= 4)
  }

  @Test("a side table finds the one place of a long history that a branch follows")
  func sparseFindsPlace() {
    var draws = KeyedStream(seed: 3, purpose: "branches")
    var trace = BranchTrace()
    var outcomes: [Bool] = []
    for place in 0..<12_000 {
      // Every second branch follows the random one 301 branches before it.
      let follows = place % 2 == 1 && place > 301
      let isTaken = follows ? outcomes[place - 301] : draws.uniform() < 0.5
      outcomes.append(isTaken)
      trace.record(place % 2 == 0 ? 1 : 2, isTaken, after: 5)
    }
    var tage = Tage()
    let wrong = trace.outcomes(&tage)
    let table = SparseCorrelation(trace, through: 6000, bytes: 2048, wrong: wrong)
    let followers = stride(from: 6001, to: 12_000, by: 2)
    #expect(followers.count { wrong[$0] } > 1000)
    #expect(followers.allSatisfy { table.guess(trace, at: $0) == trace.isTaken($0) })
    #expect(table.rules[2]?.places.first == 301)
  }

  @Test("a table without room keeps no rule")
  func noRoom() {
    var draws = KeyedStream(seed: 3, purpose: "branches")
    let random = trace(3000) { _ in draws.uniform() < 0.5 }
    var tage = Tage()
    let wrong = random.outcomes(&tage)
    #expect(SparseCorrelation(random, through: 1500, bytes: 8, wrong: wrong).rules.isEmpty)
  }
}
