internal import Model
internal import Support

/// Which span of a failed request the failure began in, and whom it speaks against: the deepest unexplained fault.
///
/// A failed span is explained by a failed span beneath it. An unexplained one speaks against its own component, but a
/// call speaks against the component called where that one could not answer for itself: it left no span, or a span
/// that does not say it failed while the caller ran into its time limit or lost the connection ("an error span is not
/// the cause when a child timed out unmarked"). A failed leaf that names nobody is left to `conclude`, which knows whom
/// the operation calls when all is well; so is any other span that fails by itself, for a callee that crashed leaves nothing
/// where callers write no span per call.
struct FailureBlame {
  /// One unexplained failure.
  struct Fault {
    var node: Int
    /// The component that it speaks against.
    var culprit: Symbol
    /// Set where the culprit may be the usual callee of this operation of `culprit`.
    var openOperation: Symbol = .none
    /// Whether it is the callee's only where that kept silent meanwhile: a span that is no call says nothing itself.
    var needsSilence = false
    /// Whether a log record of the span may know better who it was.
    var isOpen: Bool { !openOperation.isNone || isAwaited }
    /// Whether the culprit is only what filled the waiting.
    var isAwaited = false
  }

  /// The share of a timed-out span that a child must fill to be what the caller waited for.
  private static let waitShare = 0.5

  /// The unexplained failures of a request, in the order of its nodes.
  static func faults(in tree: CallTree) -> [Fault] {
    let nodes = tree.nodes
    guard nodes.contains(where: \.failed) else { return [] }
    var failedBelow = [Bool](repeating: false, count: nodes.count)
    for index in nodes.indices.reversed() where nodes[index].failed || failedBelow[index] {
      let parent = Int(nodes[index].parent)
      if parent >= 0 { failedBelow[parent] = true }
    }
    // Where callers write a span per call, a call that was made is there: what fails without one never called, and its
    // callees are silent because of it.
    let showsCalls = nodes.indices.contains { index in
      (nodes[index].kind == .client || nodes[index].kind == .producer) && Int(nodes[index].subtreeEnd) > index + 1
    }
    var faults: [Fault] = []
    for index in nodes.indices where nodes[index].failed && !failedBelow[index] {
      var fault = fault(at: index, tree)
      if fault.needsSilence, showsCalls { fault = Fault(node: index, culprit: fault.culprit) }
      faults.append(fault)
    }
    return faults
  }

  private static func fault(at index: Int, _ tree: CallTree) -> Fault {
    let node = tree.nodes[index]
    let ownFault = Fault(node: index, culprit: node.component)
    let perhapsSilent = Fault(
      node: index, culprit: node.component, openOperation: node.operation, needsSilence: true)
    guard let failure = node.failure else { return ownFault }
    switch failure {
    case .semantic, .cancelled, .incompatibleTarget, .stateCorruption: return ownFault
    default: break
    }
    if Int(node.subtreeEnd) == index + 1 {
      if !node.peer.isNone { return Fault(node: index, culprit: node.peer) }
      let mayBeCall = node.kind == .client || node.kind == .producer || node.kind == .unspecified
      return mayBeCall && node.parent >= 0
        ? Fault(node: index, culprit: node.component, openOperation: node.operation) : perhapsSilent
    }
    switch failure {
    case .timeout, .networkTransient, .networkPermanent, .unavailable, .targetUnreachable:
      let awaited = waitedFor(from: index, tree)
      return awaited == node.component ? perhapsSilent : Fault(node: index, culprit: awaited, isAwaited: true)
    default: return perhapsSilent
    }
  }

  /// Follows what filled most of the waiting, down to the last that did. A call waits for its callee, whenever the callee's
  /// span begins: a process that hangs takes its requests up when their callers have long given up.
  private static func waitedFor(from index: Int, _ tree: CallTree) -> Symbol {
    let waiting = tree.nodes[index]
    func filled(_ node: CallNode) -> Int64 {
      max(0, min(node.end, waiting.end).subtractingSaturated(max(node.start, waiting.start)))
    }
    var current = index
    while true {
      let node = tree.nodes[current]
      var longest: Int?
      // Attempts one after the other are one waiting.
      var waits: [Symbol: Int64] = [:]
      for child in tree.children(of: current) {
        let callee = tree.nodes[child]
        waits[callee.peer.isNone ? callee.component : callee.peer, default: 0] += filled(callee)
        if let known = longest, filled(tree.nodes[known]) >= filled(callee) { continue }
        longest = child
      }
      guard let next = longest else { return node.peer.isNone ? node.component : node.peer }
      let callee = tree.nodes[next]
      let isAnswer = node.kind == .client && callee.component != node.component
      let waited = waits[callee.peer.isNone ? callee.component : callee.peer] ?? 0
      guard isAnswer || Double(waited) >= waitShare * Double(filled(node)) else { return node.component }
      current = next
    }
  }
}
