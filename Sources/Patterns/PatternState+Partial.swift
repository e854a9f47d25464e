internal import Model
internal import Support

/// What was counted becomes a partial, in which hashes have their texts.
extension PatternState {
  /// Everything as a partial, texts made.
  func partial(_ points: CallPointTable, named: Int, _ context: borrowing AggregateContext) -> PatternPartial {
    var partial = PatternPartial()
    partial.requests = requests
    partial.spans = spans
    partial.clock = clock
    for (path, stats) in contexts.enumerated() where stats.calls > 0 {
      partial.contexts.add(stats, for: paths.keys[path])
    }
    for point in named..<points.hashes.count {
      partial.points.add(PointName(points.text(point, context)), for: points.hashes[point])
    }
    addVariants(to: &partial, context)
    addCallers(to: &partial, context)
    partial.settle()
    for window in windows { partial.clock.insert(window, in: clock.shift) }
    partial.coarsen(by: partial.clock.shift - clock.shift)
    return partial
  }

  private func addVariants(to partial: inout PatternPartial, _ context: borrowing AggregateContext) {
    var stats = variants.map { variant in
      var stats = VariantStats()
      stats.count = variant.count
      stats.failed = variant.failed
      stats.shape = variant.shape
      stats.exemplar = variant.exemplar.resolved(context)
      stats.form = variant.form
      stats.keepSlowest(variant.slowest.map { $0.resolved(context) })
      return stats
    }
    for (key, sketch) in zip(windowIndex.keys, windowLatency.sketches(count: windowIndex.count)) {
      stats[Int(key >> 16)].windows[windows[Int(key & 0xFFFF)]] = sketch
    }
    for (entry, sketch) in pathLatency.sketches(count: pathIndex.count).enumerated() {
      let key = pathIndex.keys[entry]
      stats[Int(key >> 32)].paths[paths.keys[Int(key & 0xFFFF_FFFF)]] = PathLatency(
        sketch: sketch, slowest: pathSlowest[entry].resolved(context))
    }
    for (variant, stats) in stats.enumerated() { partial.variants.add(stats, for: variantIndex.keys[variant]) }
  }

  private func addCallers(to partial: inout PatternPartial, _ context: borrowing AggregateContext) {
    var stats: [CallerStats] = []
    for (caller, selfTime) in zip(callers, callerSelf.sketches(count: callers.count)) {
      var one = CallerStats()
      one.point = caller.point
      one.kind = caller.kind
      one.failed = caller.failed
      one.count = caller.count
      one.selfTime = selfTime
      stats.append(one)
    }
    var byWindow = Array(repeating: [Int64: Count](), count: compositions.count)
    for (slot, key) in compositionWindows.keys.enumerated() {
      byWindow[Int(key >> 16)][windows[Int(key & 0xFFFF)]] = Count(compositionCounts[slot])
    }
    for (i, composition) in compositions.enumerated() {
      var one = CompositionStats()
      one.count = composition.count
      one.members = composition.members
      one.windows = byWindow[i]
      one.exemplar = composition.exemplar.resolved(context)
      stats[Int(composition.caller)].compositions.add(one, for: composition.hash)
    }
    let sketches = edgeSketches.sketches(count: 3 * edges.count)
    for (i, edge) in edges.enumerated() {
      var one = EdgeStats()
      one.occurrences = edge.occurrences
      one.calls = edge.calls
      one.failures = edge.failures
      one.duration = sketches[3 * i]
      one.gap = sketches[3 * i + 1]
      one.fanOut = sketches[3 * i + 2]
      one.widest = edge.widest.resolved(context)
      one.narrowest = edge.narrowest.resolved(context)
      stats[Int(edge.caller)].edges.add(one, for: edge.point)
    }
    for pair in pairs {
      var one = PairStats()
      one.a = pair.a
      one.b = pair.b
      one.before = pair.before
      one.after = pair.after
      one.mixed = pair.mixed
      one.beforeExemplar = pair.beforeExemplar?.resolved(context)
      one.afterExemplar = pair.afterExemplar?.resolved(context)
      stats[Int(pair.caller)].pairs.add(one, for: pair.key)
    }
    for caller in stats.indices {
      stats[caller].settle()
      partial.callers.add(stats[caller], for: callerIndex.keys[caller])
    }
  }
}
