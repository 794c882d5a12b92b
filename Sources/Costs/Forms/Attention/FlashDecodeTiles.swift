import Programs

extension DecodeAttentionCall {
  /// Whether FlashAttention-2 cuts the keys of a sequence over several programs on a device.
  public func isSplit(on device: DeviceFigures) -> Bool {
    DecodeSizes(self).flashAttention2(device).splits > 1
  }
}

/// The tiles of FlashAttention's decode kernels; they were checked against the jumps of measured times.
extension DecodeSizes {
  /// FlashAttention-2: grouped heads are packed into one program unless a window is set.
  ///
  /// Without packing, keys are not split.
  func flashAttention2(_ device: DeviceFigures, splitting: Bool = true) -> DecodeTiles {
    let blockTokens = dimension <= 64 ? 256.0 : dimension <= 128 ? 128 : 64
    let isPacked = group > 1 && !isWindowed
    let skipped =
      isWindowed ? (max(0, context - window) / blockTokens).rounded(.down) : 0
    let blocks = (context / blockTokens).rounded(.up) - skipped
    var tiles = tiles(
      programs: isPacked ? packedPrograms : batch * heads, blocks: blocks, blockTokens: blockTokens)
    if isPacked, splitting {
      tiles.splits = SplitCount.flashAttention2(
        programs: tiles.programs, slots: 2 * device.cores, blocks: blocks)
    }
    if isPacked {
      tiles.transposes = kvHeads > 1 && batch > 1 ? 1 : 0
    }
    let need = (Self.tileRows + 2 * blockTokens) * dimension * width
    tiles.resident = max(1, (device.coreMemory / need).rounded(.down))
    return tiles
  }

  /// FlashAttention-3 and 4: as many blocks a core as give every core work, 10 % spare, at most 32
  /// splits.
  func flashAttention3(_ device: DeviceFigures) -> DecodeTiles {
    let blockTokens = dimension <= 128 ? 128.0 : dimension <= 192 ? 96 : 64
    let seen = isWindowed ? min(context, window + 64) : context
    let blocks = (seen / blockTokens).rounded(.up)
    var tiles = tiles(programs: packedPrograms, blocks: blocks, blockTokens: blockTokens)
    let share = (tiles.programs * blocks * 1.1 / device.cores).rounded(.up)
    tiles.splits = min(max((blocks / share).rounded(.up), 1), 32)
    if dimension == 512, batch <= 992 {
      // FlashAttention-4 walks all sequences to find its own: batch by batch.
      let each: Double = 0.00112 * kvHeads + 0.000209 * heads
      tiles.schedule = batch * kvHeads + batch * batch * each
    }
    return tiles
  }
}
