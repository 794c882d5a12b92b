import CKernels

/// Choosing the greatest; among equals the lower id goes first, and ids come out rising.
public enum Selection {
  /// The ids of the `k` greatest of `values`, which are not NaN.
  public static func top(_ k: Int, of values: [Float]) -> [Int32] {
    let count = max(0, min(k, values.count))
    return [Int32](unsafeUninitializedCapacity: count) { ids, filled in
      filled = Int(lacuna_top_k(values, Int64(values.count), Int64(count), ids.baseAddress))
    }
  }

  /// The fewest ids whose mass is at least `share` of the whole, and at least `least` of them.
  public static func top(share: Double, of mass: [Float], least: Int = 0) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: mass.count) { ids, filled in
      filled = Int(
        lacuna_top_p(mass, Int64(mass.count), share, Int64(max(0, least)), ids.baseAddress))
    }
  }
}
