// Call trees for tests: written by hand, or drawn from a small concurrent system with known faults.

import Model
import Patterns
import Simulation
import Support

/// A call written down: where, when, how long, and what it calls.
struct Call {
  var component: String
  var operation: String
  /// Microseconds from the caller's start.
  var at: Int64
  var duration: Int64
  var failed = false
  var peer = ""
  var kind = SpanKind.server
  var calls: [Call] = []

  init(
    _ component: String, _ operation: String = "", at: Int64 = 0, for duration: Int64, failed: Bool = false,
    peer: String = "", kind: SpanKind = .server, _ calls: [Call] = []
  ) {
    self.component = component
    self.operation = operation
    self.at = at
    self.duration = duration
    self.failed = failed
    self.peer = peer
    self.kind = kind
    self.calls = calls
  }
}

/// Makes trees over one symbol table and digests them.
struct TreeWorld {
  var symbols = SymbolTable()
  var sources = SourceTable()
  var trees: [CallTree] = []

  init() { _ = sources.add(input: "night.jsonl", member: "") }

  var context: AggregateContext { AggregateContext(symbols: symbols, sources: sources) }

  /// Adds a request made of calls; ids count from one.
  mutating func add(_ calls: Call..., at start: Int64 = 0) { add(calls, at: start) }

  mutating func add(_ calls: [Call], at start: Int64 = 0) {
    var tree = CallTree()
    tree.request = RequestID(high: 0, low: UInt64(trees.count + 1))
    for call in calls { append(call, parent: -1, at: start, to: &tree) }
    trees.append(tree)
  }

  // Nesting is as deep as a test writes it down.
  private mutating func append(_ call: Call, parent: Int32, at start: Int64, to tree: inout CallTree) {
    let index = tree.nodes.count
    var row = SpanRow(
      request: tree.request, span: UInt64(index + 1), parent: 0, start: start + call.at, duration: call.duration,
      source: SourceRef(member: 0, value: trees.count * 100 + index + 1, isLine: true),
      component: symbols.intern(call.component), operation: symbols.intern(call.operation),
      peer: symbols.intern(call.peer), kind: call.kind)
    row.failureCode = call.failed ? FailureKind.runtime.rawValue : 0
    tree.nodes.append(CallNode(row: row, parent: parent))
    for next in call.calls.sorted(by: { ($0.at, $0.at + $0.duration) < ($1.at, $1.at + $1.duration) }) {
      append(next, parent: Int32(index), at: start + call.at, to: &tree)
    }
    tree.nodes[index].subtreeEnd = Int32(tree.nodes.count)
  }

  func digest(_ part: some Sequence<CallTree>) -> PatternPartial {
    var digester = PatternAggregator()
    for tree in part { digester.observe(tree, context) }
    return digester.finish(context)
  }

  var partial: PatternPartial { digest(trees) }

  /// The only variant of each tree, in order.
  var signatures: [UInt64] { trees.map { digest([$0]).variants.sorted[0].key } }
}

func encoded(_ partial: PatternPartial) -> [UInt8] {
  var writer = ByteWriter()
  partial.encode(to: &writer)
  return writer.bytes
}

/// A shop under load: calls in order, calls at the same time, optional calls, loops of varying length, and faults.
struct ShopWorld {
  enum Fault: CaseIterable { case none, missingCall, extraCall, swappedOrder, fanOut }

  var random: SplitMix64
  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
    low + Int64(random.next() % UInt64(high - low + 1))
  }

  private mutating func chance(_ p: Double) -> Bool { random.unit() < p }

  /// One checkout: authentication, then prices, stock and offers at once, then payment before mail, with queries inside.
  mutating func checkout(_ fault: Fault) -> Call {
    var calls: [Call] = []
    var clock = between(50, 300)
    func after(_ call: Call) { clock = call.at + call.duration + 20 }
    let auth = Call("auth", "POST /token", at: clock, for: between(500, 3_000), queries(1))
    if fault != .missingCall {
      calls.append(auth)
      after(auth)
    }
    // Three at once, in every order and overlap.
    let fork = clock
    var join = clock
    for name in ["prices", "stock", "offers"] {
      if name == "offers", !chance(0.7) { continue }
      let call = Call(name, "GET /\(name)/{sku}", at: fork + between(0, 400), for: between(300, 5_000))
      calls.append(call)
      join = max(join, call.at + call.duration)
    }
    clock = join + 30
    let lines = fault == .fanOut ? between(24, 40) : between(1, 8)
    for _ in 0..<lines {
      let query = Call("shop", "SELECT cart", at: clock, for: between(50, 200), peer: "mysql", kind: .client)
      calls.append(query)
      after(query)
    }
    var pay = Call("payment", "POST /charge", at: clock, for: between(1_000, 9_000), queries(2))
    var mail = Call("mail", "POST /send", at: clock + pay.duration + 40, for: between(200, 900))
    if fault == .swappedOrder {
      mail.at = clock
      pay.at = clock + mail.duration + 40
    }
    calls += [pay, mail]
    clock = max(pay.at + pay.duration, mail.at + mail.duration) + 50
    if fault == .extraCall {
      let call = Call("ledger", "POST /audit", at: clock, for: between(300, 800))
      calls.append(call)
      after(call)
    }
    if chance(0.2) {
      let call = Call("coupons", "GET /coupon", at: clock, for: between(100, 400))
      calls.append(call)
      after(call)
    }
    return Call("shop", "POST /checkout", for: clock + 100, calls)
  }

  private mutating func queries(_ count: Int) -> [Call] {
    var at = between(10, 60)
    var calls: [Call] = []
    for _ in 0..<count {
      let call = Call("db", "query", at: at, for: between(20, 100), kind: .client)
      calls.append(call)
      at += call.duration + 10
    }
    return calls
  }
}
