extension NeuronTrace {
  /// One stream a layer; a step is a token.
  public func statistics(windows: Int = 64) -> [StreamStatistics] {
    (0..<layers).map { layer in
      var counter = TouchCounter(universe: neurons, steps: tokens, windows: windows)
      for token in 0..<tokens {
        forEachActive(token: token, layer: layer) { counter.touch($0, step: token) }
      }
      return counter.finish(layerNumber: layerNumbers[layer], streams: 1, steps: tokens)
    }
  }
}

extension ExpertTrace {
  /// One stream a layer; a step is a token, prefill tokens too, in the order of the trace.
  public func statistics(windows: Int = 64) -> [StreamStatistics] {
    (0..<layers).map { layer in
      var counter = TouchCounter(universe: expertCount, steps: tokens, windows: windows)
      for token in 0..<tokens {
        for expert in experts(token: token, layer: layer) where expert >= 0 {
          counter.touch(expert, step: token)
        }
      }
      return counter.finish(layerNumber: layerNumbers[layer], streams: 1, steps: tokens)
    }
  }
}

extension PageTrace {
  /// One stream a layer and KV head, heads of a layer side by side; entries are the pages of the
  /// last step's context.
  /// - Parameter top: only the best so many ids of each row; nil takes all.
  public func headStatistics(windows: Int = 64, top: Int? = nil) -> [StreamStatistics] {
    (0..<layers * kvHeads).map { stream in
      streamStatistics(
        layer: stream / kvHeads, head: stream % kvHeads, windows: windows, top: top)
    }
  }

  func streamStatistics(layer: Int, head: Int, windows: Int, top: Int?) -> StreamStatistics {
    let universe = pageCount(step: max(0, steps - 1))
    var counter = TouchCounter(universe: universe, steps: steps, windows: windows)
    for step in 0..<steps {
      for page in pages(step: step, layer: layer, head: head).prefix(top ?? picks)
      where page >= 0 {
        counter.touch(page, step: step)
      }
    }
    return counter.finish(layerNumber: layerNumbers[layer], streams: 1, steps: steps)
  }

  /// The mean over the KV heads, by layer.
  public func statistics(windows: Int = 64, top: Int? = nil) -> [StreamStatistics] {
    let heads = headStatistics(windows: windows, top: top)
    return (0..<layers).compactMap { layer in
      StreamStatistics.mean(
        Array(heads[layer * kvHeads..<(layer + 1) * kvHeads]), layerNumber: layerNumbers[layer])
    }
  }
}
