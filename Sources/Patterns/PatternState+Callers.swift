internal import Model
internal import Support

/// Counts what a component does when it is called: which callees, how often, one after another or side by side.
extension PatternState {
  /// Adds one caller with the calls that the scan found.
  mutating func addCaller(_ i: Int, _ nodes: [CallNode], _ scan: inout CallTreeScan, _ request: RawExemplar) {
    let caller = callerIndex.index(of: scan.label[i])
    if caller == callers.count {
      callers.append(
        Caller(point: paths(pointOf: scan.path[i]), kind: nodes[i].kind, failed: nodes[i].failed))
    }
    callers[caller].count += 1
    if nodes[i].hasDuration { callerSelf.add(scan.selfTime, to: caller) }
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
      let node = nodes[Int(child.node)]
      if node.hasDuration { edgeSketches.add(node.duration, to: 3 * edge) }
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
}
