internal import Model
internal import Support

/// Symbols and places of the partition as the names of the partial, each looked up once.
extension IncidentAggregator {
  func fine(_ time: Int64) -> Int32 { IncidentPartial.slot(time, IncidentPartial.fine) }
  func coarse(_ time: Int64) -> Int32 { IncidentPartial.slot(time, IncidentPartial.coarse) }

  mutating func name(_ symbol: Symbol, _ context: borrowing AggregateContext) -> Int32 {
    let index = Int(symbol.index)
    if index >= nameBySymbol.count {
      nameBySymbol += Array(repeating: -1, count: max(index + 1, context.symbols.count) - nameBySymbol.count)
    }
    if nameBySymbol[index] >= 0 { return nameBySymbol[index] }
    let number = partial.names.intern(context.text(symbol))
    nameBySymbol[index] = number
    return number
  }

  /// Where the records of a member come from.
  struct Origin {
    var input: Int32
    var member: Int32
    var hash: UInt32
  }

  mutating func origin(_ source: SourceRef, _ context: borrowing AggregateContext) -> Origin {
    let index = source.member
    if index >= originByMember.count {
      originByMember += Array(repeating: nil, count: index + 1 - originByMember.count)
    }
    if let known = originByMember[index] { return known }
    let location = context.location(source)
    let hash = StableHash.combine(StableHash.hash(location.input), StableHash.hash(location.member))
    let origin = Origin(
      input: partial.names.intern(location.input), member: partial.names.intern(location.member),
      hash: UInt32(truncatingIfNeeded: hash))
    originByMember[index] = origin
    return origin
  }

  /// The label of a call, and of the peer that it asks where that one left no span.
  mutating func label(of call: CallNode, peer: Symbol, _ context: borrowing AggregateContext) -> Int32 {
    let key = CubeKey(
      a: Int32(bitPattern: call.component.index), b: Int32(bitPattern: call.operation.index),
      c: Int32(bitPattern: peer.index))
    if let known = callLabels[key] { return known }
    let label = partial.names.intern(
      EventLabel.call(
        context.text(call.component), context.text(call.operation), peer: peer.isNone ? "" : context.text(peer)))
    callLabels.add(label, at: key) { _ in }
    return label
  }

  mutating func label(of log: LogRow, _ context: borrowing AggregateContext) -> Int32 {
    let key = CubeKey(a: Int32(log.severity.rawValue), b: Int32(bitPattern: log.message.index))
    if let known = logLabels[key] { return known }
    let label = partial.names.intern(EventLabel.log(context.text(log.message), log.severity))
    logLabels.add(label, at: key) { _ in }
    return label
  }

  mutating func sighting(
    rank: Int64, time: Int64, source: SourceRef, _ context: borrowing AggregateContext
  ) -> EvidenceSample {
    let origin = origin(source, context)
    return EvidenceSample(
      rank: rank, time: time, input: origin.input, member: origin.member,
      place: Int64(source.value) << 1 | (source.isLine ? 1 : 0), origin: origin.hash)
  }

  mutating func sighting(
    of node: CallNode, rank: Int64, _ tree: CallTree, _ context: borrowing AggregateContext
  ) -> EvidenceSample {
    var sighting = sighting(rank: rank, time: node.start, source: node.source, context)
    sighting.duration = node.loggedDuration
    sighting.request = tree.request
    sighting.requestText = name(tree.requestText, context)
    sighting.subject = name(node.operation, context)
    sighting.message = name(node.message, context)
    sighting.failureCode = node.failureCode
    return sighting
  }

  mutating func sighting(
    of log: LogRow, requestText: Symbol, _ context: borrowing AggregateContext
  ) -> EvidenceSample {
    var sighting = sighting(rank: log.time, time: log.time, source: log.source, context)
    sighting.request = log.request
    sighting.requestText = name(requestText, context)
    sighting.message = name(log.message, context)
    return sighting
  }
}
