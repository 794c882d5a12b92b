import Costs
import Foundation
import NumericalMethods
import Synchronization
import Validation

/// Fits of several series side by side; each is one thread's, so they are the same for any number.
struct SeriesFits: Sendable {
  /// One series to fit.
  struct Job: Sendable {
    var form: any CostForm.Type
    var rows: [MeasuredCall]
  }

  typealias Outcome = Result<Calibrator.Outcome, NumericalFault>

  let device: DeviceFigures
  let threads: Int

  /// The outcomes in the order of the jobs.
  func run(_ jobs: [Job]) -> [Outcome] {
    let found = Found()
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = threads
    for (place, job) in jobs.enumerated() {
      queue.addOperation { [device] in
        let calibrator = Calibrator(form: job.form, device: device)
        let outcome = Self.outcome(calibrator, job.rows)
        found.outcomes.withLock { $0[place] = outcome }
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    return found.outcomes.withLock { outcomes in jobs.indices.compactMap { outcomes[$0] } }
  }

  private static func outcome(_ calibrator: Calibrator, _ rows: [MeasuredCall]) -> Outcome {
    do throws(NumericalFault) {
      return .success(try calibrator.calibrate(rows))
    } catch {
      return .failure(error)
    }
  }

  /// An object, because a lock cannot be captured by several closures.
  private final class Found: Sendable {
    let outcomes = Mutex<[Int: Outcome]>([:])
  }
}
