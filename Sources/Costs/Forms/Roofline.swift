import Programs

/// The plain roofline: arithmetic over its peak or bytes over bandwidth, whichever takes longer.
public enum Roofline {
  public static func seconds(_ call: KernelCall, on device: DeviceFigures) -> Double {
    max(arithmetic(call, on: device), call.bytes / rate(call, of: device))
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
    case .collective: device.peerBandwidth
    default: device.bandwidth
    }
  }

  static func arithmetic(_ call: KernelCall, on device: DeviceFigures) -> Double {
    let peak =
      switch call {
      case .product(let call): device.peak(call.arithmetic, twoFour: call.isTwoFour)
      case .attentionDecode: device.peak(.bf16)
      case .attentionPrefill(let call): device.peak(call.arithmetic)
      case .experts(let call): device.peak(call.arithmetic)
      case .gatheredFeedForward(let call): device.peak(call.precision)
      case .transfer, .storageRead, .collective: Double.infinity
      }
    return peak > 0 ? call.flops / peak : 0
  }
}
