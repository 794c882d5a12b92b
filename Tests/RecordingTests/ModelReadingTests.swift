import Foundation
import Kernels
import ScenarioFiles
import TestSupport
import Testing

/// Losses that a pencil finds.
@Suite struct ModelReadingTests {
  private func reader(_ weight: @escaping (String, Int) -> Float) throws -> ModelReader {
    let folder = try Folder()
    try folder.write("m.safetensors", TinyModelSample.file(weight).file)
    let model = try TinyModelFolder(folder.path).model(capacity: 32)
    return ModelReader(model, on: try WorkerPool(), path: .sparse())
  }

  /// Without weights every byte is as likely as every other.
  @Test func zerosKnowNothing() throws {
    var reader = try reader { _, _ in 0 }
    let reading = try reader.read([1, 2, 3])
    #expect(abs(try #require(reading.loss) - log(256)) < 1e-9)
    #expect(reading.tokens == 3)
    #expect(try reader.generate(2).tokens == [0, 0])
  }

  /// Even bytes are (1, 0, ...), odd ones (0, 1, ...), and layers add nothing: after an even byte
  /// the logit of even ones is the root of 8, the width, and that of odd ones 0.
  @Test func evenFollowsEven() throws {
    func embedding(_ name: String, _ index: Int) -> Float {
      if name.hasPrefix("n") { return 1 }
      guard name == "emb.weight" else { return 0 }
      return index % 8 == index / 8 % 2 ? 1 : 0
    }
    var same = try reader(embedding)
    var other = try reader(embedding)
    let root = 8.0.squareRoot()
    let rest = log(128.0) + log(1 + exp(-root))
    #expect(abs(try #require(try same.read([0, 2, 44]).loss) - rest) < 1e-5)
    #expect(abs(try #require(try other.read([0, 1, 2]).loss) - (rest + root)) < 1e-5)
    #expect(try same.generate(1).tokens == [0])
    _ = try same.read([3])
    #expect(try same.generate(1).tokens == [1])
    #expect(try other.read([]).loss == nil)
  }
}
