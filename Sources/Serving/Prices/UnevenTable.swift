import Simulation

/// Picoseconds that steps take longer for each key of their longest context beyond the mean, by batch.
struct UnevenTable {
  /// Of steps that only decode, by batch, and of those with pieces of prompts.
  private let whole: [Double]
  private let mixed: [Double]

  init(_ reads: UnevenReads, sequences: Int) {
    func table(_ isMixed: Bool) -> [Double] {
      (0...sequences).map { batch in
        batch > 1
          ? reads.secondsPerKey(sequences: batch, isMixed: isMixed) * 1e12 / Double(batch) : 0
      }
    }
    whole = table(false)
    mixed = table(true)
  }

  /// - Parameter spread: the longest context times the batch, less all contexts between them.
  @inline(__always)
  func time(_ spread: Int64, batch: Int, isMixed: Bool) -> Int64 {
    Int64((Double(spread) * (isMixed ? mixed[batch] : whole[batch])).rounded())
  }
}
