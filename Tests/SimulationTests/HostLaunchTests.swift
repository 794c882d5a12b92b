import EventKernel
import Hardware
import Models
import Policies
import Programs
import Quantities
import Simulation
import Testing

/// What the host takes to launch kernels one by one, ahead of the device.
@Suite struct HostLaunchTests {
  /// 20 us before a step, as in the sample; 10 us a launch.
  private func sample(batch: Int, perLaunch: Double?) -> ReadSample {
    var sample = ReadSample()
    sample.steps = 8
    sample.batch = batch
    sample.runtime.hostPerLaunch = perLaunch.map { RandomProgram.figure(Seconds($0)) }
    return sample
  }

  /// A layer launches nine kernels: two norms of two, four products, attention. With 20 us before and
  /// the head's 2.0256 us after the last of 19 launches a step takes 212.0256 us.
  @Test(arguments: [Simulator.Engines.analytic, .playback])
  func hostBoundSteps(_ engine: Simulator.Engines) throws {
    let metrics = try sample(batch: 1, perLaunch: 1e-5).metrics(engine)
    let step = try #require(metrics["tpot"])
    #expect(abs(step - 212.0256e-6) < 1e-9, "\(step)")
    #expect(abs(try #require(metrics["host.time_per_token"]) - 190e-6) < 1e-9)
  }

  /// Where the device is slower the step grows by what the first kernels wait: attention, the fourth
  /// launch, starts after 40 us instead of the norm's 4.0983 and the product's 6.0265.
  @Test(arguments: [Simulator.Engines.analytic, .playback])
  func deviceBoundSteps(_ engine: Simulator.Engines) throws {
    let without = try sample(batch: 64, perLaunch: nil).metrics(engine)
    let with = try sample(batch: 64, perLaunch: 1e-5).metrics(engine)
    let step = try #require(without["tpot"])
    #expect(step > 1e-3)
    #expect(abs(try #require(with["tpot"]) - step - 29.8752e-6) < 1e-9)
    for name in ["attention.time_per_token", "hbm.bytes_per_token", "gpu.time_per_token"] {
      #expect(abs(try #require(with[name]) / (try #require(without[name])) - 1) < 1e-9, "\(name)")
    }
  }

  /// A prompt has its launches too: as many kernels, the head's with them.
  @Test func shortPromptsWaitForTheHost() throws {
    var sample = sample(batch: 1, perLaunch: 1e-3)
    sample.context = 16
    sample.steps = 4
    let ttft = try #require(sample.metrics(.both)["ttft"])
    let operations = PrefillStep.lower(try Simulator(sample.resolved).preparation.setting)
    let launches = operations.order.reduce(0.0) { sum, use in
      sum
        + operations.blocks[use.block].operations.reduce(0) {
          $0 + ($1.kind == .hostIssue ? $1.launches.base : 0)
        }
    }
    #expect(launches > 10)
    #expect(abs(ttft / (launches * 1e-3) - 1) < 0.01)
  }

  /// Without a time a launch no operation waits for one.
  @Test func graphsHaveNoLaunches() throws {
    let program = try Simulator(sample(batch: 1, perLaunch: nil).resolved).preparation.program
    #expect(program.streams.count == 1)
  }

  /// Parts that a runtime states: of 8 kernels of a norm two work on next to nothing.
  @Test func statedParts() throws {
    var sample = sample(batch: 2, perLaunch: nil)
    sample.runtime.launches = [
      .norm: ["elementwise": 3, Runtime.tiny: 2], .residual: ["elementwise": 1],
      .rotary: ["broadcast": 4], .append: [Runtime.tiny: 2],
    ]
    let program = try Simulator(sample.resolved).preparation.program
    let layer = try #require(program.blocks.first { $0.name == "layer-0" })
    func operation(_ name: String) throws -> Programs.Operation {
      try #require(layer.operations.first { $0.name == name }, "\(name)")
    }
    #expect(try operation("attention.norm.elementwise").launches.base == 4)
    let tiny = try operation("attention.norm.tiny")
    #expect(tiny.launches.base == 2 && tiny.traffic.allSatisfy { $0.bytes == .zero })
    #expect(try operation("attention.append.tiny").launches.base == 2)
    // 4 kernels on half of 64 heads of 128, three numbers of 2 B each, two sequences.
    let rotary = try operation("attention.rotary.broadcast")
    #expect(rotary.traffic[0].bytes.base == 4 * 3 * 2 * 2 * 64 * 128 / 2)
  }

  /// Queries, keys and values, gate and up apart: 3 launches and 2 in place of one each.
  @Test func productsApart() throws {
    var sample = sample(batch: 1, perLaunch: nil)
    sample.runtime.joinsProducts = false
    let program = try Simulator(sample.resolved).preparation.program
    let layer = try #require(program.blocks.first { $0.name == "layer-0" })
    let launches = layer.operations.filter { $0.kind == .matrixVector }.map(\.launches.base)
    #expect(launches == [3, 1, 2, 1])
  }
}
