import Diagnostics
import Kernels
import ScenarioFiles
import Traces

/// Runs of one small model over one prompt.
struct TraceRecordRun {
  struct Recorded {
    let recording: TouchRecording
    let read: ModelReading
    /// What was generated, and how fast.
    let written: [UInt8]
    let writing: ModelReading
  }

  let folder: TinyModelFolder
  let prompt: ArraySlice<UInt8>
  let generate: Int
  let threads: Int
  let counter: TokenCounter

  /// Reads the prompt and writes on, with the hook.
  func record(_ path: TinyModel.Path) throws(Faults) -> Recorded {
    let recording: TouchRecording
    do {
      recording = try TouchRecording(folder.shape, path: path)
    } catch {
      throw Faults(error.problem, at: SourcePosition(file: folder.folder))
    }
    let model = try folder.model(capacity: prompt.count + generate)
    do throws(KernelFault) {
      let pool = try WorkerPool(threads: threads)
      var reader = ModelReader(model, on: pool, path: path, recording: recording)
      let read = try reader.read(prompt) { counter.count("read") }
      let (written, writing) = try reader.generate(generate) { counter.count("generated") }
      return Recorded(recording: recording, read: read, written: written, writing: writing)
    } catch {
      throw Faults(error, at: folder.folder)
    }
  }

  /// Reads the prompt without the hook.
  func time(_ path: TinyModel.Path) throws(Faults) -> ModelReading {
    let model = try folder.model(capacity: prompt.count)
    do throws(KernelFault) {
      let pool = try WorkerPool(threads: threads)
      var reader = ModelReader(model, on: pool, path: path)
      return try reader.read(prompt) { counter.count("read on the other path") }
    } catch {
      throw Faults(error, at: folder.folder)
    }
  }
}

/// Tells the progress line about every so many tokens, so that it costs nothing beside them.
final class TokenCounter {
  private static let every = 64
  private let progress: Progress
  private let total: Int
  private var done = 0

  init(_ progress: Progress, of total: Int) {
    self.progress = progress
    self.total = total
  }

  func count(_ what: String) {
    done += 1
    guard done % Self.every == 0 else { return }
    progress.advance("\(Self.every) bytes \(what)", of: total / Self.every)
  }
}
