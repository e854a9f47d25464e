internal import Model
internal import Support

/// Counts whole requests: their form, their latency by window, and that of every path in them.
extension PatternState {
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
    let isTimed = nodes[0].hasDuration || latency > 0 && !nodes[0].flags.contains(.unfinished)
    if isTimed { addLatency(latency, to: variant, request) }
  }

  private mutating func addPathLatency(_ variant: Int, _ path: Int, _ node: CallNode, _ request: RawExemplar) {
    guard paths.keys[path] <= variants[variant].lastPath, node.hasDuration else { return }
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
}
