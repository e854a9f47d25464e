// The digest's tables while a partition is read, and how they become a partial.

internal import Model
internal import Support

/// Counts by number. Numbers come from `IndexTable`s over stable hashes; nothing here holds a text.
struct PatternState {
  /// Tables larger than this are turned into a partial.
  static let tableLimit = 65_536

  private var requests = 0
  private var spans = 0
  private var clock: WindowClock
  private var windows: [Int64] = []

  // The calling-context tree.
  private var paths = IndexTable()
  private var contexts: [ContextStats] = []

  // Variants.
  private struct Variant {
    var failed = 0
    var count = 0
    var shape: UInt64 = 0
    /// The largest hash among the paths whose durations are kept: all requests of a variant have the same paths.
    var lastPath = UInt64.max
    var exemplar: RawExemplar
    var form: [FormNode] = []
    var slowest: [RawExemplar] = []
  }
  private var variantIndex = IndexTable()
  private var variants: [Variant] = []
  private var windowIndex = IndexTable()
  private var windowLatency = SketchArena()
  private var pathIndex = IndexTable()
  private var pathLatency = SketchArena()
  private var pathSlowest: [RawExemplar] = []

  // Callers, their compositions, edges and pairs.
  private struct Caller {
    var point: UInt64
    var kind: SpanKind
    var failed: Bool
    var count = 0
  }
  private struct Composition {
    var caller: Int32
    var hash: UInt64
    var count = 0
    var members: [CompositionStats.Member] = []
    var exemplar: RawExemplar
  }
  private struct Edge {
    var caller: Int32
    var point: UInt64
    var occurrences = 0
    var calls = 0
    var failures = 0
    var widest: RawExemplar
    var narrowest: RawExemplar
  }
  private struct Pair {
    var caller: Int32
    var key: UInt64
    var a: UInt64
    var b: UInt64
    var before = 0
    var after = 0
    var mixed = 0
    var beforeExemplar: RawExemplar?
    var afterExemplar: RawExemplar?
  }
  private var callerIndex = IndexTable()
  private var callers: [Caller] = []
  private var callerSelf = SketchArena()
  private var compositionIndex = IndexTable()
  private var compositions: [Composition] = []
  private var compositionWindows = IndexTable()
  private var compositionCounts: [Int] = []
  private var edgeIndex = IndexTable()
  private var edges: [Edge] = []
  private var edgeSketches = SketchArena()
  private var pairIndex = IndexTable()
  private var pairs: [Pair] = []
  private var window = 0

  init(shift: UInt8 = 20) {
    clock = WindowClock(shift: shift)
  }

  var isFull: Bool {
    windows.count > 4 * WindowClock.limit || paths.count > Self.tableLimit || variants.count > 4_096
      || callers.count > 16_384 || compositions.count > Self.tableLimit || pairs.count > Self.tableLimit
      || pathIndex.count > 8 * Self.tableLimit || edges.count > Self.tableLimit
  }

  /// The number of a path: the path above and one more call point.
  mutating func path(_ above: Int, point: UInt64) -> Int {
    let parent = above < 0 ? 0 : paths.keys[above]
    let index = paths.index(of: StableHash.combine(parent, point))
    if index == contexts.count {
      var context = ContextStats()
      context.parent = parent
      context.point = point
      contexts.append(context)
    }
    return index
  }

  private mutating func window(of time: Int64) -> Int {
    let value = clock.window(of: time)
    if window < windows.count, windows[window] == value { return window }
    if let known = windows.firstIndex(of: value) {
      window = known
    } else {
      window = windows.count
      windows.append(value)
    }
    return window
  }

  /// Adds one caller with the calls that the scan found.
  mutating func addCaller(_ i: Int, _ nodes: [CallNode], _ scan: inout CallTreeScan, _ request: RawExemplar) {
    let caller = callerIndex.index(of: scan.label[i])
    if caller == callers.count {
      callers.append(
        Caller(point: paths(pointOf: scan.path[i]), kind: nodes[i].kind, failed: nodes[i].failed))
    }
    callers[caller].count += 1
    callerSelf.add(scan.selfTime, to: caller)
    var here = request
    here.source = nodes[i].source
    here.time = nodes[i].start
    addComposition(caller, scan, here, window(of: request.time))
    if scan.callees.isEmpty { return }
    addEdges(caller, nodes, &scan, here)
    if scan.callees.count > 1 { addPairs(caller, tolerance: nodes[i].duration / CriticalPath.tolerance, scan, here) }
  }

  private func paths(pointOf path: Int32) -> UInt64 { contexts[Int(path)].point }

  private mutating func addComposition(_ caller: Int, _ scan: CallTreeScan, _ here: RawExemplar, _ window: Int) {
    let composition = compositionIndex.index(of: StableHash.combine(callerIndex.keys[caller], scan.composition))
    if composition == compositions.count {
      let members = scan.callees.prefix(CompositionStats.memberLimit).map {
        CompositionStats.Member(point: $0.hash, multiplicity: Multiplicity(Int($0.count)))
      }
      compositions.append(
        Composition(
          caller: Int32(truncatingIfNeeded: caller), hash: scan.composition, members: members, exemplar: here))
    } else if here.isPreferred(to: compositions[composition].exemplar) {
      compositions[composition].exemplar = here
    }
    compositions[composition].count += 1
    let slot = compositionWindows.index(of: UInt64(composition) << 16 | UInt64(window))
    if slot == compositionCounts.count { compositionCounts.append(0) }
    compositionCounts[slot] += 1
  }

  private mutating func addEdges(
    _ caller: Int, _ nodes: [CallNode], _ scan: inout CallTreeScan, _ here: RawExemplar
  ) {
    for k in scan.callees.indices {
      let count = Int64(scan.callees[k].count)
      let edge = edgeIndex.index(of: StableHash.combine(callerIndex.keys[caller], scan.callees[k].hash))
      var counted = here
      counted.value = count
      if edge == edges.count {
        edges.append(
          Edge(
            caller: Int32(truncatingIfNeeded: caller), point: scan.callees[k].hash, widest: counted,
            narrowest: counted))
      }
      scan.callees[k].edge = Int32(truncatingIfNeeded: edge)
      edges[edge].occurrences += 1
      edges[edge].calls += Int(count)
      edges[edge].failures += Int(scan.callees[k].failures)
      if counted.isLarger(than: edges[edge].widest) { edges[edge].widest = counted }
      if counted.isSmaller(than: edges[edge].narrowest) { edges[edge].narrowest = counted }
      edgeSketches.add(count, to: 3 * edge + 2)
    }
    for child in scan.children {
      let edge = Int(scan.callees[Int(child.callee)].edge)
      let duration = nodes[Int(child.node)].duration
      edgeSketches.add(duration, to: 3 * edge)
      edgeSketches.add(child.gap, to: 3 * edge + 1)
    }
  }

  /// How the callees stand to each other; of very many callees the first few by hash.
  private mutating func addPairs(_ caller: Int, tolerance: Int64, _ scan: CallTreeScan, _ here: RawExemplar) {
    let count = min(scan.callees.count, 12)
    for x in 0..<count - 1 {
      let a = scan.callees[x]
      for y in x + 1..<count {
        let b = scan.callees[y]
        let key = StableHash.combine(callerIndex.keys[caller], StableHash.combine(a.hash, b.hash))
        let pair = pairIndex.index(of: key)
        if pair == pairs.count {
          pairs.append(Pair(caller: Int32(truncatingIfNeeded: caller), key: key, a: a.hash, b: b.hash))
        }
        if Self.precedes(a, b, tolerance) {
          Self.keep(here, in: &pairs[pair].beforeExemplar)
          pairs[pair].before += 1
        } else if Self.precedes(b, a, tolerance) {
          Self.keep(here, in: &pairs[pair].afterExemplar)
          pairs[pair].after += 1
        } else {
          pairs[pair].mixed += 1
        }
      }
    }
  }

  private static func keep(_ exemplar: RawExemplar, in kept: inout RawExemplar?) {
    if let known = kept, !exemplar.isPreferred(to: known) { return }
    kept = exemplar
  }

  /// Whether all calls to a ended before the first to b began, but for a small overlap of their ends.
  private static func precedes(_ a: CallTreeScan.Callee, _ b: CallTreeScan.Callee, _ tolerance: Int64) -> Bool {
    if a.lastEnd <= b.firstStart { return true }
    return a.lastEnd < b.lastEnd && a.firstStart < b.firstStart
      && a.lastEnd.subtractingSaturated(b.firstStart) < tolerance
  }

  /// Adds a request whose callers have been added.
  mutating func addRequest(
    _ nodes: [CallNode], _ scan: CallTreeScan, _ critical: CriticalPath, _ request: RawExemplar,
    points pointHashes: [UInt64]
  ) {
    requests += 1
    spans += nodes.count
    let variant = variantIndex.index(of: scan.signature)
    if variant == variants.count {
      variants.append(newVariant(nodes, scan, request, pointHashes))
    } else if request.isPreferred(to: variants[variant].exemplar) {
      variants[variant].exemplar = request
      variants[variant].form = Self.form(nodes, scan, pointHashes)
    }
    var first = Int64.max
    var last = Int64.min
    var failed = false
    for i in nodes.indices {
      let path = Int(scan.path[i])
      contexts[path].calls += 1
      if critical.isOnPath[i] {
        contexts[path].critical += 1
        contexts[path].criticalTime = contexts[path].criticalTime.addingSaturated(critical.share[i])
      }
      addPathLatency(variant, path, nodes[i], request)
      first = min(first, nodes[i].start)
      last = max(last, nodes[i].end)
      if nodes[i].parent < 0, nodes[i].failed { failed = true }
    }
    // The request lasts as long as its root; work that outlives the root does not keep the caller waiting.
    let latency = Int(nodes[0].subtreeEnd) == nodes.count ? nodes[0].duration : last.subtractingSaturated(first)
    variants[variant].count += 1
    if failed { variants[variant].failed += 1 }
    addLatency(latency, to: variant, request)
  }

  private mutating func addPathLatency(_ variant: Int, _ path: Int, _ node: CallNode, _ request: RawExemplar) {
    guard paths.keys[path] <= variants[variant].lastPath else { return }
    let entry = pathIndex.index(of: UInt64(variant) << 32 | UInt64(path))
    pathLatency.add(node.duration, to: entry)
    if entry == pathSlowest.count {
      var slowest = request
      slowest.value = .min
      pathSlowest.append(slowest)
    }
    if node.duration >= pathSlowest[entry].value {
      var slow = request
      slow.source = node.source
      slow.time = node.start
      slow.value = node.duration
      if slow.isLarger(than: pathSlowest[entry]) { pathSlowest[entry] = slow }
    }
  }

  private mutating func addLatency(_ latency: Int64, to variant: Int, _ request: RawExemplar) {
    let entry = windowIndex.index(of: UInt64(variant) << 16 | UInt64(window(of: request.time)))
    windowLatency.add(latency, to: entry)
    var slow = request
    slow.value = latency
    if let least = variants[variant].slowest.last, variants[variant].slowest.count == VariantStats.slowestLimit,
      !slow.isLarger(than: least)
    {
      return
    }
    let at =
      variants[variant].slowest.firstIndex { slow.isLarger(than: $0) } ?? variants[variant].slowest.count
    variants[variant].slowest.insert(slow, at: at)
    if variants[variant].slowest.count > VariantStats.slowestLimit { variants[variant].slowest.removeLast() }
  }

  private func newVariant(
    _ nodes: [CallNode], _ scan: CallTreeScan, _ request: RawExemplar, _ pointHashes: [UInt64]
  ) -> Variant {
    var variant = Variant(exemplar: request)
    variant.form = Self.form(nodes, scan, pointHashes)
    var distinct = nodes.indices.map { paths.keys[Int(scan.path[$0])] }
    distinct.sort()
    var previous: UInt64?
    var count = 0
    for path in distinct where path != previous {
      variant.shape = StableHash.combine(variant.shape, path)
      previous = path
      count += 1
      if count == VariantStats.pathLimit { variant.lastPath = path }
    }
    return variant
  }

  /// The tree of a variant as reports draw it: that of its exemplar, since siblings may come in another order.
  private static func form(_ nodes: [CallNode], _ scan: CallTreeScan, _ pointHashes: [UInt64]) -> [FormNode] {
    nodes.indices.prefix(VariantStats.formLimit).map { i in
      FormNode(
        point: pointHashes[Int(scan.point[i])], parent: nodes[i].parent, kind: nodes[i].kind, failed: nodes[i].failed)
    }
  }

  // MARK: - The partial

  /// Everything as a partial, texts made.
  func partial(_ points: CallPointTable, _ context: borrowing AggregateContext) -> PatternPartial {
    var partial = PatternPartial()
    partial.requests = requests
    partial.spans = spans
    partial.clock = clock
    for (path, stats) in contexts.enumerated() where stats.calls > 0 {
      partial.contexts.add(stats, for: paths.keys[path])
    }
    for (point, hash) in points.hashes.enumerated() {
      partial.points.add(PointName(points.text(point, context)), for: hash)
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
