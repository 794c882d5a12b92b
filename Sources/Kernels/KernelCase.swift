import CKernels

/// A kernel of the package: what it computes and what sizes it takes.
public struct Kernel: Sendable, Hashable, Identifiable {
  fileprivate let index: Int32
  public let name: String
  /// One line: what is computed.
  public let summary: String
  public let sizeNames: [String]
  /// Sizes beyond the caches and the density that stand where nothing is said.
  public let typical: KernelShape
  /// The greatest relative error that a check accepts.
  public let tolerance: Double
  public var id: String { name }

  /// All kernels, in the order of docs/kernels.md.
  public static let all: [Kernel] = (0..<lacuna_kernel_count()).compactMap(Kernel.init)

  /// The kernel of that name.
  public static func named(_ name: String) -> Kernel? { all.first { $0.name == name } }

  private init?(_ index: Int32) {
    guard let known = lacuna_kernel_at(index) else { return nil }
    self.index = index
    name = String(cString: known.pointee.name)
    summary = String(cString: known.pointee.what)
    let sizes = known.pointee.sizes
    let names = [sizes.0, sizes.1, sizes.2, sizes.3].compactMap { $0.map { String(cString: $0) } }
    sizeNames = names
    typical = KernelShape(known.pointee.typical, sizeCount: names.count)
    tolerance = known.pointee.tolerance
  }

  /// A small random shape with ragged edges, as checks use it.
  public func raggedShape(seed: UInt64) -> KernelShape {
    KernelShape(lacuna_ragged_shape(lacuna_kernel_at(index), seed), sizeCount: sizeNames.count)
  }

  fileprivate func create(_ shape: KernelShape) -> OpaquePointer? {
    var known = shape.known
    return lacuna_case_create(lacuna_kernel_at(index), &known)
  }
}

/// The sizes of a kernel's inputs, in the order of `Kernel.sizeNames`.
public struct KernelShape: Sendable, Hashable {
  public var sizes: [Int]
  /// The share of the dense work that is kept, above 0 and at most 1.
  public var density: Double
  public var seed: UInt64

  public init(sizes: [Int], density: Double, seed: UInt64 = 1) {
    self.sizes = sizes
    self.density = density
    self.seed = seed
  }

  fileprivate init(_ known: lacuna_shape, sizeCount: Int) {
    let size = known.size
    let all = [size.0, size.1, size.2, size.3].map { Int($0) }
    self.init(sizes: Array(all.prefix(sizeCount)), density: known.density, seed: known.seed)
  }

  fileprivate var known: lacuna_shape {
    let all = sizes.map { Int64($0) } + [0, 0, 0, 0]
    return lacuna_shape(size: (all[0], all[1], all[2], all[3]), density: density, seed: seed)
  }
}

/// Which way a case is computed.
public enum KernelVariant: Sendable, Hashable, CaseIterable {
  case sparse, dense, reference

  fileprivate var known: lacuna_variant {
    switch self {
    case .sparse: LACUNA_SPARSE
    case .dense: LACUNA_DENSE
    case .reference: LACUNA_REFERENCE
    }
  }
}

/// A kernel with random inputs of a shape, to be checked or timed.
public final class KernelCase {
  public let kernel: Kernel
  public let shape: KernelShape
  private let handle: OpaquePointer

  /// - Throws: `.wrongCount` for another number of sizes, `.outOfMemory` where the inputs cannot
  ///   be made: a size out of range, too little memory, no file to read.
  public init(_ kernel: Kernel, shape: KernelShape? = nil) throws(KernelFault) {
    let shape = shape ?? kernel.typical
    try Inputs.count(shape.sizes.count, kernel.sizeNames.count, "sizes")
    guard let handle = kernel.create(shape) else { throw .outOfMemory }
    self.kernel = kernel
    self.shape = shape
    self.handle = handle
  }

  deinit { lacuna_case_destroy(handle) }

  /// Computes once; only the sparse variant calls the recorder.
  public func run(
    _ variant: KernelVariant, on pool: WorkerPool, recorder: TouchRecorder? = nil
  ) throws(KernelFault) {
    let status = TouchRecorder.use(recorder) {
      lacuna_case_run(handle, variant.known, pool.handle, $0)
    }
    try Inputs.check(status)
  }

  /// The least that a variant must do, by count.
  public func work(_ variant: KernelVariant) -> (flops: Double, bytes: Double) {
    let work = lacuna_case_work(handle, variant.known)
    return (work.flops, work.bytes)
  }

  /// The greatest difference from the reference over the reference's greatest value; infinite
  /// where a run fails or yields what is not a number.
  public func relativeError(on pool: WorkerPool) -> Double {
    lacuna_case_error(handle, pool.handle)
  }
}
