import Programs

/// The plain roofline: arithmetic over its peak or bytes over bandwidth, whichever takes longer.
public enum Roofline {
  public static func seconds(_ call: KernelCall, on device: DeviceFigures) -> Double {
    max(arithmetic(call, on: device), call.bytes / rate(call, of: device))
  }

  /// The least time that physics allows: arithmetic at its peak, and bytes at the rate of the last
  /// cache where they may still be there, of memory where they may not.
  ///
  /// Links, disks and collectives have none: what a profile states for them was itself measured at
  /// one size and way, which others may beat.
  public static func floor(_ call: KernelCall, on device: DeviceFigures) -> Double {
    switch call {
    case .transfer, .storageRead, .collective, .expertExchange: return 0
    default: break
    }
    let near = max(device.bandwidth, device.cacheBandwidth)
    return max(arithmetic(call, on: device), call.bytes / (call.isCold ? device.bandwidth : near))
  }

  /// Whether arithmetic takes longer than bytes.
  public static func isArithmeticBound(_ call: KernelCall, on device: DeviceFigures) -> Bool {
    arithmetic(call, on: device) > call.bytes / rate(call, of: device)
  }

  /// The peak of what the bytes of a call go through.
  private static func rate(_ call: KernelCall, of device: DeviceFigures) -> Double {
    switch call {
    case .transfer(let call):
      switch call.way {
      case .deviceCopy, .deviceGather, .launch: device.bandwidth
      case .hostCopy: device.hostBandwidth
      default: device.linkBandwidth
      }
    case .storageRead: device.storageBandwidth
    case .collective, .expertExchange: device.peerBandwidth
    case .host(let call):
      device.streamRate(workingSet: call.workingSet, threads: Double(call.threads))
    default: device.bandwidth
    }
  }

  static func arithmetic(_ call: KernelCall, on device: DeviceFigures) -> Double {
    if case .attentionBlock(let call) = call { return arithmetic(call, on: device) }
    let peak =
      switch call {
      case .product(let call): device.peak(call.arithmetic, twoFour: call.isTwoFour)
      case .attentionDecode: device.peak(.bf16)
      case .attentionPrefill(let call): device.peak(call.arithmetic)
      case .experts(let call): device.peak(call.arithmetic)
      case .gatheredFeedForward(let call): device.peak(call.precision)
      case .attentionPart(let call): device.peak(call.part == .scores ? .fp8 : .bf16)
      case .mixedAttention: device.peak(.bf16)
      case .groupedProduct(let call): device.peak(call.precision)
      case .host(let call):
        device.peak(.fp32) * min(Double(call.threads), device.cores) / device.cores
      case .transfer, .storageRead, .collective, .attentionBlock, .elementwise, .expertExchange:
        Double.infinity
      }
    return peak > 0 ? call.flops / peak : 0
  }

  /// Projections in the format of their weights, the index in 8 bits, the rest in 16.
  private static func arithmetic(
    _ call: AttentionBlockCall, on device: DeviceFigures
  ) -> Double {
    let (weights, index, wide) = (
      device.peak(call.weights), device.peak(.fp8), device.peak(.bf16)
    )
    guard weights > 0, index > 0, wide > 0 else { return 0 }
    return call.projectionFlops / weights + call.indexFlops / index
      + (call.expansionFlops + call.attentionFlops) / wide
  }
}
