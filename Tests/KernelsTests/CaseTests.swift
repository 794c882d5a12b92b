import Kernels
import Testing

/// Every kernel against its plain reference, through the face that checks and benches use.
@Suite struct CaseTests {
  @Test(arguments: Kernel.all)
  func agreesWithReference(kernel: Kernel) throws {
    let pools = [try WorkerPool(threads: 1), try WorkerPool(threads: 2)]
    for seed: UInt64 in [1, 2, 3, 4] {
      let made = try KernelCase(kernel, shape: kernel.raggedShape(seed: seed))
      for pool in pools {
        let error = made.relativeError(on: pool)
        #expect(error <= kernel.tolerance, "\(made.shape), \(pool.threads) threads: \(error)")
      }
    }
  }

  @Test func kernelsAreNamedOnce() {
    #expect(Kernel.all.count >= 25)
    #expect(Set(Kernel.all.map(\.name)).count == Kernel.all.count)
    for kernel in Kernel.all {
      #expect(kernel.typical.sizes.count == kernel.sizeNames.count)
      #expect(Kernel.named(kernel.name) == kernel)
      #expect(kernel.tolerance <= (kernel.name.hasPrefix("int4") ? 2e-2 : 1e-5))
    }
    #expect(Kernel.named("no such kernel") == nil)
  }

  @Test func sparserWorkIsLess() throws {
    for kernel in Kernel.all where !["gemv", "gemm", "attention", "prefill"].contains(kernel.name) {
      let made = try KernelCase(kernel, shape: kernel.raggedShape(seed: 5))
      let sparse = made.work(.sparse), dense = made.work(.dense)
      #expect(sparse.bytes > 0 && dense.bytes > 0, "\(kernel.name)")
    }
    let kernel = try #require(Kernel.named("ffn-gathered"))
    let made = try KernelCase(
      kernel, shape: KernelShape(sizes: [200, 50, 1], density: 0.1))
    // 20 of 200 neurons, two rows of 50 floats each, and x and y.
    #expect(made.work(.sparse).bytes == Double(4 * 20 * 2 * 50 + 8 * 50))
    #expect(made.work(.dense).flops == Double(2 * 200 * 2 * 50))
  }

  @Test func refusesWhatCannotBe() throws {
    let kernel = try #require(Kernel.named("gemv"))
    #expect(throws: KernelFault.wrongCount(argument: "sizes", found: 1, expected: 2)) {
      try KernelCase(kernel, shape: KernelShape(sizes: [3], density: 1))
    }
    for sizes in [[0, 4], [4, -1], [Int(Int32.max), Int(Int32.max)], [Int.max, 1]] {
      #expect(throws: KernelFault.outOfMemory) {
        try KernelCase(kernel, shape: KernelShape(sizes: sizes, density: 1))
      }
    }
    for density in [0, -1, 1.5, .nan] {
      #expect(throws: KernelFault.outOfMemory) {
        try KernelCase(kernel, shape: KernelShape(sizes: [4, 4], density: density))
      }
    }
    #expect(throws: KernelFault.outOfRange(argument: "threads", found: 0, allowed: 1...1024)) {
      try WorkerPool(threads: 0)
    }
  }
}
