import Models
import Quantities

/// Numbers and bytes of one token of one KV head.
struct KVEntry: Sendable, Hashable {
  /// Widths of a key and of a value; a latent entry is one vector, counted as its key.
  let keys: Double
  let values: Double
  /// Bits of a number as `precision.kv` has it.
  let bits: Double
  let form: CacheForm

  init(_ attention: Attention, kv: Precision, form: CacheForm?) {
    if case .grouped(let it) = attention {
      keys = Double(it.keyDimension)
      values = Double(it.valueDimension)
    } else {
      keys = attention.kvElementsWritten / Double(max(1, attention.kvHeads))
      values = 0
    }
    bits = kv.bits
    self.form = form ?? CacheForm()
  }

  var width: Double { keys + values }
  /// Bytes before the form.
  var plainBytes: Double { width * bits / 8 }
  /// Bytes in the form.
  var bytes: Double {
    form.keys.bytes(width: keys, bits: bits) + form.values.bytes(width: values, bits: bits)
  }

  /// Bytes of `tokens` in a row up to the latest, which stay plain.
  func bytes(latest tokens: Double) -> Double {
    let plain = min(tokens, Double(form.recent))
    return plain * plainBytes + (tokens - plain) * bytes
  }

  /// Numbers of one stop of a read.
  func width(of read: AttentionRead) -> Double {
    Double(read.vectors) * parts(read).reduce(0) { $0 + $1.width }
  }

  /// Bytes of one stop of a read, the latest tokens' apart.
  func bytes(of read: AttentionRead) -> Double {
    read.metadata + Double(read.vectors)
      * parts(read).reduce(0) { sum, part in
        if let bits = read.bits { return sum + part.width * bits / 8 }
        if read.stored != nil { return sum + part.width * bits / 8 }
        return sum + part.form.bytes(width: part.width, bits: bits)
      }
  }

  private func parts(_ read: AttentionRead) -> [(width: Double, form: CacheForm.Part)] {
    func cut(_ width: Double) -> Double { min(width, read.channels.map(Double.init) ?? width) }
    let (key, value) = ((cut(keys), form.keys), (cut(values), form.values))
    guard values > 0 else { return [key] }
    return switch read.part {
    case .both: [key, value]
    case .keys: [key]
    case .values: [value]
    }
  }

  /// Bytes that `count` stops of a read take, of which the latest are plain where it runs up to
  /// them.
  func bytes(of read: AttentionRead, count: Double) -> Double {
    let each = bytes(of: read)
    let mayBeLatest = read.stored == nil && read.bits == nil && read.pick == .contiguous
    guard mayBeLatest else { return count * each }
    let plain = min(count, Double(form.recent))
    return plain * width(of: read) * bits / 8 + (count - plain) * each
  }
}
