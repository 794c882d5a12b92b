import Kernels
import Testing

/// A transformer of random weights: its sparse path is its dense path where sparsity is exact.
@Suite struct TinyModelTests {
  static let shape = TinyModelShape(
    vocabulary: 20, width: 24, heads: 4, kvHeads: 2, headWidth: 6,
    networks: [.relu(neurons: 40), .experts(count: 5, neurons: 11, k: 2)])

  private func model(_ shape: TinyModelShape = shape, capacity: Int = 64) throws -> TinyModel {
    try TinyModel(shape: shape, capacity: capacity) { name in
      var random = Plain.Random(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
      let count = shape.tensors.first { $0.name == name }?.count ?? 0
      return name.hasPrefix("n")
        ? [Float](repeating: 1, count: count) : random.floats(count).map { $0 * 0.5 }
    }
  }

  private let tokens = (0..<40).map { ($0 * 7 + $0 / 5) % 20 }

  @Test func sparseIsDense() throws {
    let pool = try WorkerPool(threads: 2)
    let dense = try model(), sparse = try model(), paged = try model()
    for (step, token) in tokens.enumerated() {
      let right = try dense.read(token, on: pool, path: .dense)
      #expect(Plain.error(try sparse.read(token, on: pool, path: .sparse()), right) < 1e-5)
      // Ten pages of four hold all forty tokens.
      let all = try paged.read(token, on: pool, path: .sparse(page: 4, pages: 10))
      #expect(Plain.error(all, right) < 1e-5)
      #expect(dense.position == step + 1)
    }
    dense.reset()
    let again = try dense.read(tokens[0], on: pool, path: .dense)
    let first = try model().read(tokens[0], on: pool, path: .dense)
    #expect(again == first)
  }

  @Test func hookSeesWhatWasRead() throws {
    let pool = try WorkerPool()
    let model = try model()
    for (step, token) in tokens.enumerated() {
      var seen: [String] = []
      _ = try model.read(token, on: pool, path: .sparse(page: 4, pages: 3)) {
        layer, what, group, ids in
        seen.append("\(layer) \(what) \(group)")
        switch what {
        case .pages: #expect(ids.count == 3 && ids.last == Int32(step / 4))
        case .neurons: #expect(ids.allSatisfy { $0 < 40 } && ids.count < 40)
        case .experts: #expect(ids.count == 2 && ids.allSatisfy { $0 < 5 })
        default: Issue.record("\(what)")
        }
      }
      let network = ["0 neurons 0", "1 experts 0"]
      let pages = (0..<2).map { layer in (0..<2).map { "\(layer) pages \($0)" } }
      #expect(seen == (step < 12 ? network : pages[0] + [network[0]] + pages[1] + [network[1]]))
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    let pool = try WorkerPool()
    let model = try model(capacity: 1)
    #expect(throws: KernelFault.outOfRange(argument: "token", found: 20, allowed: 0...19)) {
      try model.read(20, on: pool)
    }
    _ = try model.read(0, on: pool)
    #expect(throws: KernelFault.outOfRange(argument: "position", found: 1, allowed: 0...0)) {
      try model.read(0, on: pool)
    }
    #expect(throws: KernelFault.wrongCount(argument: "emb.weight", found: 3, expected: 480)) {
      try TinyModel(shape: Self.shape, capacity: 4) { _ in [1, 2, 3] }
    }
    var shape = Self.shape
    shape.kvHeads = 3
    #expect(throws: KernelFault.self) { try self.model(shape) }
  }
}
