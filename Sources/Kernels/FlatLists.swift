/// Lists of ids, one after the other, as kernels read them.
struct FlatLists {
  private(set) var starts: [Int64] = [0]
  private(set) var ids: [Int32] = []

  mutating func append(
    _ list: [Int32], below limit: Int, _ argument: String
  ) throws(KernelFault) {
    try Inputs.rising(list, below: limit, argument)
    ids += list
    starts.append(Int64(ids.count))
  }

  func use<Result>(
    _ body: (UnsafePointer<Int64>?, UnsafePointer<Int32>?) -> Result
  ) -> Result {
    starts.withUnsafeBufferPointer { starts in
      ids.withUnsafeBufferPointer { ids in body(starts.baseAddress, ids.baseAddress) }
    }
  }
}
