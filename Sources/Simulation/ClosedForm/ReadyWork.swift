import Diagnostics
import Models
import Policies
import Scenarios
import Workloads

/// A scenario of a closed form but for the length of its prompt: what is read, stored and issued,
/// made ready for any length.
///
/// It belongs to the closed form that made it.
public final class ReadyWork {
  /// With the prompt that it was made ready with.
  private let setting: Setting
  /// Sequences, and tokens generated for each.
  let batch: Int
  let steps: Int
  /// Why it is refused whatever the prompt is.
  let refusal: Faults?
  /// Whether what is stated has to be held against each length of the prompt.
  let checksFollowPrompt: Bool
  /// Nil where it is none of the closed form's.
  let step: ReadyStep?

  init(_ setting: Setting, refusal: Faults?, step: ReadyStep?) {
    self.setting = setting
    batch = setting.workload.batch
    steps = setting.workload.generate
    self.refusal = refusal
    checksFollowPrompt =
      setting.method.prompt.isStated || setting.method.cache.sharedPrefix != nil
    self.step = step
  }

  /// The scenario with a prompt of so many tokens.
  func setting(at prompt: Int) -> Setting {
    var setting = setting
    setting.workload.prompt = prompt
    return setting
  }
}

/// A decode step in parts, of which some follow the context.
final class ReadyStep {
  /// A part of a layer, in the order of a layer.
  enum Part {
    case fixed(PricedRun)
    case changing(ReadyPart)
  }

  let plan: ReadPlan?
  let fixed: FixedParts
  let host: PricedRun
  /// By class of layers.
  let classes: [[Part]]
  let head: PricedRun
  /// Blocks by place in a step: the host's, the class of each layer, the head's.
  let order: [Int]
  let stored: PromptMemo<StoredTotals>
  /// Seconds to the first token.
  let prompts: PromptMemo<Double?>

  init(
    plan: ReadPlan?, fixed: FixedParts, host: PricedRun, classes: [[Part]], head: PricedRun,
    order: [Int], stored: PromptMemo<StoredTotals>, prompts: PromptMemo<Double?>
  ) {
    self.plan = plan
    self.fixed = fixed
    self.host = host
    self.classes = classes
    self.head = head
    self.order = order
    self.stored = stored
    self.prompts = prompts
  }
}

/// A part that follows the context, and what it shares with those of other work.
final class ReadyPart {
  let part: ChangingPart
  /// The kernel of a class's reads that it is.
  let kernel: (reads: LayerReads, kernel: ReadKernel)?
  let slot: RunSlot

  init(_ part: ChangingPart, _ kernel: (LayerReads, ReadKernel)?, _ slot: RunSlot) {
    self.part = part
    self.kernel = kernel.map { (reads: $0.0, kernel: $0.1) }
    self.slot = slot
  }
}

/// Priced runs of one part by the length of the prompt; nil for a length at which the part is none of
/// the closed form's.
final class RunSlot {
  let byPrompt: PromptMemo<PricedRun?>
  /// The last run that no context changes, by how much its kernel reads.
  var settled: (counts: [Double], run: PricedRun)?

  init(_ kept: KeptPrices) { byPrompt = PromptMemo(kept) }
}

/// What decides, with the length of the prompt, what a part of a layer does.
struct RunKey: Hashable {
  enum Part: Hashable {
    case stated(layer: Int)
    case unstated(Attention)
    case kernel(ReadKernel, LayerReads.Sight, Attention)
    case merge(Attention)
  }

  var part: Part
  var batch: Int
  var steps: Int
  var cache: CachePolicy
}
