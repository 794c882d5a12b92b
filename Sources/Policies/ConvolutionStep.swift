import Models
import Programs

extension StepBuilder {
  /// A convolution as one product: its weights with the windows of all positions of all images.
  ///
  /// What one layer wrote is still in a cache that holds it when the next one reads it. Scaling,
  /// shifting and clipping of results belong to the product.
  mutating func addConvolution(_ layer: Convolution) {
    let matrix = layer.matrix
    part = matrix.part
    let images = Double(tokens)
    let weights = setting.heldBytes(of: matrix.elements, part)
    let activations = setting.activations.bytes(of: layer.activations * images).value
    let tier = cache(of: activations) ?? nearTier
    var traffic = [Traffic(through: nearTier, bytes: Affine(base: weights))]
    if tier == nearTier {
      traffic[0].bytes.base += activations
    } else {
      traffic.append(Traffic(through: tier, bytes: Affine(base: activations)))
    }
    add(
      Operation(
        name: layer.name, site: .model, kind: .matrixProduct, stream: main,
        precision: setting.weights,
        flops: Affine(
          base: 2 * matrix.elements * layer.positions * images * setting.computedShare(part)),
        traffic: traffic))
  }
}
