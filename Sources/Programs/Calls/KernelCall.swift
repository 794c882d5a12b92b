import Quantities

/// One timed call of a kernel with its sizes: what a row of a measurement holds and a form prices.
public enum KernelCall: Sendable, Hashable {
  case product(MatrixCall)
  case attentionDecode(DecodeAttentionCall)
  case attentionPrefill(PrefillAttentionCall)
  case experts(ExpertCall)
  case gatheredFeedForward(FeedForwardCall)
  case transfer(TransferCall)
  case storageRead(StorageCall)
  case collective(CollectiveCall)
  case attentionBlock(AttentionBlockCall)
  case attentionPart(AttentionPartCall)
  case mixedAttention(MixedAttentionCall)
  case elementwise(ElementwiseCall)
  case groupedProduct(GroupedProductCall)
  case expertExchange(ExpertExchangeCall)
  case host(HostCall)

  /// Arithmetic that the result needs.
  public var flops: Double {
    switch self {
    case .product(let call): call.flops
    case .attentionDecode(let call): call.flops
    case .attentionPrefill(let call): call.flops
    case .experts(let call): call.flops
    case .gatheredFeedForward(let call): call.flops
    case .host(let call): call.flops
    case .transfer, .storageRead, .collective, .elementwise, .expertExchange: 0
    case .attentionBlock(let call): call.flops
    case .attentionPart(let call): call.flops
    case .mixedAttention(let call): call.flops
    case .groupedProduct(let call): call.flops
    }
  }

  /// The least traffic through device memory, or through the link or disk of a transfer.
  public var bytes: Double {
    switch self {
    case .product(let call): call.bytes
    case .attentionDecode(let call): call.bytes
    case .attentionPrefill(let call): call.bytes
    case .experts(let call): call.bytes
    case .gatheredFeedForward(let call): call.bytes
    case .transfer(let call): call.bytes
    case .storageRead(let call): call.bytes
    case .collective(let call): call.bytes
    case .attentionBlock(let call): call.bytes
    case .attentionPart(let call): call.bytes
    case .mixedAttention(let call): call.bytes
    case .elementwise(let call): call.bytes
    case .groupedProduct(let call): call.bytes
    case .expertExchange(let call): call.bytes
    case .host(let call): call.bytes
    }
  }

  /// Whether caches hold none of the call's data before it.
  public var isCold: Bool {
    switch self {
    case .product(let call): call.reuseBytes == .infinity
    case .attentionDecode(let call): call.isCold
    case .attentionPrefill(let call): call.isCold
    case .experts(let call): call.isCold
    case .gatheredFeedForward, .attentionBlock, .attentionPart, .mixedAttention, .elementwise,
      .host:
      false
    case .transfer, .storageRead, .collective, .groupedProduct, .expertExchange: true
    }
  }
}
