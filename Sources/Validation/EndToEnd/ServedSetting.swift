import Costs
import Quantities

/// One model on one device with the coefficients of one runtime.
struct ServedSetting {
  let form: StepForm
  let sizes: StepSizes
  /// Bytes of one device.
  let memory: Double

  /// Why a row is no steady decoding, or nil.
  func objection(to row: ServedRow) -> String? {
    guard case .stream(let input, let output, let timeToFirst) = row.shape else { return nil }
    let devices = Double(row.layout.devices)
    let weights =
      (sizes.attention + sizes.dense) * row.format.dense / 8
      + sizes.expert * sizes.experts * sizes.routingLayers * row.format.expert / 8
      + 2 * sizes.head * row.format.head / 8
    let room = 0.9 * memory * devices - weights
    guard room > 0 else { return "the weights do not fit the devices that the row states" }
    // A latent is held by every device of a replica.
    let share = { (mixer: StepSizes.Mixer) in
      mixer.kvHeads == 1 && row.layout.data == 1 ? devices : 1
    }
    let each = sizes.cache(input + output / 2, share: share) * row.kvBits / 8
    guard room >= 0.999 * row.batch * each else {
      return "more clients than the KV memory holds: requests queue"
    }
    guard timeToFirst <= 0.25 * row.seconds * output else {
      return "the first token takes over a quarter of the decode time: requests queue"
    }
    return nil
  }

  func check(_ row: ServedRow, file: Int) -> Checker.Row {
    let ideal = StepForm(device: form.device, set: .ideal)
    let roofline = seconds(row, ideal)
    return Checker.Row(
      file: file, line: row.line, call: nil, measured: row.seconds, predicted: seconds(row, form),
      roofline: roofline, isArithmeticBound: isArithmeticBound(row.format, row.batch, row.layout),
      twin: nil, isSparse: false, isRate: true)
  }

  private func seconds(_ row: ServedRow, _ form: StepForm) -> Double {
    func step(_ context: Double) -> Double {
      form.seconds(
        sizes, row.format, batch: row.batch, context: context, layout: row.layout,
        kvBits: row.kvBits)
    }
    func prefill(_ tokens: Double) -> Double {
      form.prefill(sizes, row.format, tokens: tokens, devices: row.layout.devices)
    }
    switch row.shape {
    case .step(let context): return step(context)
    case .stream(let input, let output, _):
      return step(input + output / 2) + max(0, row.batch - 1) * prefill(input) / output
    case .run(let input, let output):
      return row.batch * prefill(input) + output * step(input + output / 2)
    }
  }

  func check(_ run: ServedRun, file: Int) -> [Checker.Row] {
    let predicted = RequestReplay(form: form, sizes: sizes, run: run).tokenSeconds()
    let ideal = StepForm(device: form.device, set: .ideal)
    let roofline = RequestReplay(form: ideal, sizes: sizes, run: run).tokenSeconds()
    return run.requests.indices.filter { run.requests[$0].isTimed }.map { index in
      Checker.Row(
        file: file, line: run.requests[index].line, call: nil,
        measured: run.requests[index].tokenSeconds, predicted: predicted[index],
        roofline: roofline[index], isArithmeticBound: false, twin: nil, isSparse: false,
        isRate: true)
    }
  }

  private func isArithmeticBound(
    _ format: WeightFormat, _ batch: Double, _ layout: StepForm.Layout
  ) -> Bool {
    let bytes = form.traffic(sizes, format, batch: batch, layout: layout)
    let flops = 2 * batch * (sizes.active + sizes.head) / Double(layout.devices)
    return flops / form.device.peak(format.arithmetic)
      > (bytes.dense + bytes.experts) / form.device.bandwidth
  }
}

extension StepSet {
  /// The plain roofline: all bytes at the bandwidth or all arithmetic at the peak, nothing else.
  static let ideal = StepSet(
    runtime: "", name: "roofline",
    values: [.norm: .infinity, .prefill: 1, .exchangeBandwidth: 1e30],
    source: "", rows: 0, error: 0)
}
