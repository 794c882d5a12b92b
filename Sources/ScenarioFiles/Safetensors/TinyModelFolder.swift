import Diagnostics
import Foundation
import Kernels

/// A small model in a folder of safetensors files that share one configuration.
public struct TinyModelFolder: Sendable {
  public let folder: String
  public let shape: TinyModelShape
  /// Which file holds a tensor.
  private let places: [String: SafetensorsFile]

  /// Reads the headers of all `.safetensors` files of `folder` and holds them against the
  /// configuration; weights are read by `model`.
  ///
  /// - Throws: `Faults` for a folder without such files, files that disagree, and tensors that are
  ///   missing, double, unknown or of another shape.
  public init(_ folder: String) throws(Faults) {
    let files = try Self.files(in: folder)
    var places: [String: SafetensorsFile] = [:]
    var config: String?
    for file in files {
      let position = SourcePosition(file: file.file)
      guard let text = file.metadata["config"] else {
        throw Faults(
          .missingKey("__metadata__.config", expected: "the model's sizes as JSON"), at: position)
      }
      guard config == nil || config == text else {
        throw Faults(
          .conflict(
            key: "__metadata__.config", found: text,
            mend: "the folder's first file says otherwise; keep one model a folder"), at: position)
      }
      config = text
      for name in file.tensors.keys.sorted() where places.updateValue(file, forKey: name) != nil {
        throw Faults(.duplicateKey(name), at: position)
      }
    }
    shape = try TinyModelConfig.shape(config ?? "", file: files[0].file)
    self.folder = folder
    self.places = places
    try check()
  }

  /// Every tensor is there in the shape that the configuration gives it, and no other.
  private func check() throws(Faults) {
    let sizes = TinyModelConfig.tensors(shape)
    var faults: [Fault] = []
    for (name, size) in sizes.sorted(by: { $0.key < $1.key }) {
      guard let tensor = places[name]?.tensors[name] else {
        faults.append(
          Fault(
            .missingKey(name, expected: "a tensor of shape \(size)"),
            at: SourcePosition(file: folder)))
        continue
      }
      if tensor.shape != size {
        faults.append(
          Fault(
            .conflict(
              key: "\(name).shape", found: "\(tensor.shape)",
              mend: "the configuration makes it \(size)"), at: tensor.position))
      }
    }
    for (name, file) in places.sorted(by: { $0.key < $1.key }) where sizes[name] == nil {
      faults.append(
        Fault(
          .unknownName(key: "tensors", kind: "tensor", found: name, known: sizes.keys.sorted()),
          at: file.tensors[name]?.position ?? SourcePosition(file: file.file)))
    }
    guard faults.isEmpty else { throw Faults(faults) }
  }

  /// The model with room for `capacity` tokens.
  ///
  /// - Throws: `Faults` for weights that are not finite or memory that cannot be had.
  public func model(capacity: Int) throws(Faults) -> TinyModel {
    do {
      return try TinyModel(shape: shape, capacity: capacity) { name in
        try places[name]?.floats(name) ?? []
      }
    } catch let faults as Faults {
      throw faults
    } catch let fault as KernelFault {
      throw Faults(fault, at: folder)
    } catch {
      throw Faults(.unreadable(reason: "\(error)"), at: SourcePosition(file: folder))
    }
  }

  private static func files(in folder: String) throws(Faults) -> [SafetensorsFile] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw Faults(
        .unreadable(reason: "there is no such folder, or it may not be read"),
        at: SourcePosition(file: folder))
    }
    var files: [SafetensorsFile] = []
    for name in names.sorted() where name.hasSuffix(".safetensors") {
      files.append(try SafetensorsFile("\(folder)/\(name)"))
    }
    guard !files.isEmpty else {
      throw Faults(
        .unreadable(reason: "the folder holds no .safetensors file"),
        at: SourcePosition(file: folder))
    }
    return files
  }
}
