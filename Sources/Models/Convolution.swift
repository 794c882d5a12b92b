/// A layer of a convolutional network: at each position of its result, a product of the values
/// under its window with its weights.
public struct Convolution: Sendable, Hashable {
  public var name: String
  /// Channels.
  public var inputs: Int
  public var outputs: Int
  /// Side of the window, in positions.
  public var kernel: Int
  /// Whether each channel has a window of its own and meets no other.
  public var depthwise: Bool
  /// Sides of the input and of the result, in positions.
  public var inputSide: Int
  public var outputSide: Int

  public init(
    name: String, inputs: Int, outputs: Int, kernel: Int, depthwise: Bool, inputSide: Int,
    outputSide: Int
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.depthwise = depthwise
    self.inputSide = inputSide
    self.outputSide = outputSide
  }

  /// Positions of the result.
  public var positions: Double { Double(outputSide) * Double(outputSide) }

  /// Its weights, outputs by the values under a window. A window of one position mixes channels, as
  /// a feed-forward block does; a wider one mixes positions, as attention does.
  public var matrix: Matrix {
    Matrix(
      name, kernel == 1 && !depthwise ? .feedForward : .attention, rows: outputs,
      columns: kernel * kernel * (depthwise ? 1 : inputs))
  }

  /// Numbers that it reads and writes besides weights, for one image.
  public var activations: Double {
    Double(inputs) * Double(inputSide) * Double(inputSide) + Double(outputs) * positions
  }
}
