/// How many parts a library cuts the keys of one program into, so that few programs fill all cores.
enum SplitCount {
  /// FlashAttention-2's rule: the least count whose last wave is nearly as full as the best.
  ///
  /// Counts that leave the longest part as long as one split fewer are passed over.
  /// *Source*: `num_splits_heuristic`, flash-attention 2.
  /// - Parameters:
  ///   - slots: programs that run at once: two for each core.
  ///   - blocks: blocks of keys of one program.
  static func flashAttention2(programs: Double, slots: Double, blocks: Double) -> Double {
    guard programs < 0.8 * slots, blocks >= 2 else { return 1 }
    let most = Int32(min(128, slots, blocks))
    let count = Int32(min(blocks, 1e8))
    var best = 0.0
    walk(most, count) { splits in
      best = max(best, fullness(programs, splits, slots))
      return best == 1
    }
    var chosen = Int32(1)
    walk(most, count) { splits in
      chosen = splits
      return fullness(programs, splits, slots) >= 0.85 * best
    }
    return Double(chosen)
  }

  /// FlashAttention-3's rule, without the passing over, for prompts.
  static func flashAttention3(programs: Double, cores: Double, blocks: Double) -> Double {
    guard programs < 0.8 * cores, blocks > 4 else { return 1 }
    let most = Int32(min(128, cores, blocks))
    var best = 0.0
    for splits in 1...most where best < 1 {
      best = max(best, fullness(programs, splits, cores))
    }
    for splits in 1...most where fullness(programs, splits, cores) >= 0.85 * best {
      return Double(splits)
    }
    return 1
  }

  /// Visits the split counts that shorten the longest part, until `visit` says to stop.
  @inline(__always)
  private static func walk(_ most: Int32, _ blocks: Int32, _ visit: (Int32) -> Bool) {
    var splits = Int32(1)
    while splits <= most {
      if visit(splits) { return }
      let longest = (blocks + splits - 1) / splits
      guard longest > 1 else { return }
      // The least count whose longest part is shorter.
      splits = (blocks + longest - 2) / (longest - 1)
    }
  }

  /// Share of the slots that are busy, over all waves.
  @inline(__always)
  private static func fullness(_ programs: Double, _ splits: Int32, _ slots: Double) -> Double {
    let waves = programs * Double(splits) / slots
    return waves / waves.rounded(.up)
  }
}
