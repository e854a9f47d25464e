import Foundation
import Model
import Patterns
import Support
import TestSupport
import Testing

struct CriticalPathTests {
  private func shares(_ world: TreeWorld) -> [Int64] {
    var path = CriticalPath()
    let nodes = world.trees[0].nodes
    path.compute(nodes)
    return nodes.indices.map { path.isOnPath[$0] ? path.share[$0] : -1 }
  }

  @Test("of two concurrent calls the one that ends last is on the path") func concurrent() {
    var world = TreeWorld()
    world.add(Call("a", for: 1_000, [Call("b", at: 100, for: 500), Call("c", at: 200, for: 600)]))
    #expect(shares(world) == [400, -1, 600])
  }

  @Test("an overlap below a hundredth of the caller is order, a larger one is not") func overlap() {
    var world = TreeWorld()
    world.add(Call("a", for: 1_000, [Call("b", at: 100, for: 309), Call("c", at: 400, for: 300)]))
    #expect(shares(world) == [391, 309, 300])
    world = TreeWorld()
    world.add(Call("a", for: 1_000, [Call("b", at: 100, for: 311), Call("c", at: 400, for: 300)]))
    #expect(shares(world) == [700, -1, 300])
  }

  /// Few children are counted one by one, many by bisection: both find the sibling that begins within an overlap.
  @Test(
    "overlaps of a long row of calls are order but where a sibling begins or ends in one", arguments: [8, 16, 17, 40])
  func rowOfOverlaps(count: Int) {
    let row = (0..<count).map { Call("b\($0)", at: 1_000 + 990 * Int64($0), for: 1_000) }
    var world = TreeWorld()
    world.add(Call("a", for: 100_000, row))
    #expect(shares(world) == [100_000 - 1_000 * Int64(count)] + row.map { _ in 1_000 })
    // One that lies within the last overlap: the call before it is not waited for any more.
    world = TreeWorld()
    let overlap = 1_000 + 990 * Int64(count - 1)
    world.add(Call("a", for: 100_000, row + [Call("within", at: overlap + 2, for: 3)]))
    let found = shares(world)
    #expect(found[count] == 1_000)
    #expect(found[count - 1] == -1)
    #expect(found[count + 1] == -1)
  }

  @Test("what a caller does not wait for is cut or left out") func overflow() {
    var world = TreeWorld()
    world.add(
      Call(
        "a", for: 1_000,
        [Call("b", at: 100, for: 200), Call("late", at: 900, for: 400), Call("out", at: 2_000, for: 5)]))
    #expect(shares(world) == [700, 200, 100, -1])
  }

  @Test("a server whose clock is off counts in full under its client") func skew() {
    var world = TreeWorld()
    world.add(
      Call(
        "a", for: 1_000,
        [
          Call(
            "a", "call", at: 100, for: 500, kind: .client,
            [Call("b", at: -300, for: 400, [Call("c", at: 100, for: 100)])])
        ]))
    #expect(shares(world) == [500, 100, 300, 100])
  }

  @Test("shares add up to the request", arguments: 0..<20) func sum(seed: UInt64) {
    var shop = ShopWorld(seed: seed)
    var world = TreeWorld()
    world.add(shop.checkout(.none))
    let all = shares(world).filter { $0 >= 0 }.reduce(0, +)
    #expect(all == world.trees[0].nodes[0].duration)
  }

  @Test("every file of the corpus gives the expected share per operation", .enabled(if: Corpus.isAvailable))
  func corpus() throws {
    let folder = Corpus.path("critical-path")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }.sorted()
    #expect(names.count >= 20)
    for name in names {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
      let (found, expected) = try shares(ofJaeger: JSONParser.parse(bytes))
      #expect(!expected.isEmpty)
      #expect(found == expected, "\(name)")
    }
  }

  /// The expectation is a list of one, or an object with more than the critical path in it.
  private static func first(_ value: JSONValue?) -> JSONValue? {
    if case .array(let values) = value ?? .null { values.first } else { value }
  }

  /// Critical time by operation, as found by the digest and as the file expects it.
  private func shares(ofJaeger file: JSONValue) throws -> (found: [String: Int64], expected: [String: Int64]) {
    guard let test = Self.first(file["testing"]),
      case .array(let data) = file["data"] ?? .null, let trace = data.first,
      case .array(let spans) = trace["spans"] ?? .null,
      case .object(let shares) = test["opTimeExclusive"] ?? test
    else { return ([:], [:]) }
    var world = TreeWorld()
    var rows: [(id: String, parent: String?, row: SpanRow)] = []
    for span in spans {
      guard let id = span["spanID"]?.text, let process = span["processID"]?.text,
        let operation = span["operationName"]?.text,
        let service = trace["processes"]?[process]?["serviceName"]?.text,
        case .int(let start) = span["startTime"] ?? .null,
        case .int(let duration) = span["duration"] ?? .null, case .array(let references) = span["references"] ?? .null
      else { continue }
      rows.append(
        (
          id, references.first?["spanID"]?.text,
          SpanRow(
            request: .none, span: UInt64(rows.count + 1), parent: 0, start: start, duration: duration,
            source: SourceRef(bits: 0), component: world.symbols.intern(service),
            operation: world.symbols.intern(operation))
        ))
    }
    var tree = CallTree()
    var pending = rows.filter { $0.parent == nil }.map { (row: $0, parent: Int32(-1)) }
    while let next = pending.popLast() {
      let index = Int32(tree.nodes.count)
      tree.nodes.append(CallNode(row: next.row.row, parent: next.parent))
      let children = rows.filter { $0.parent == next.row.id }.sorted { $0.row.start > $1.row.start }
      pending += children.map { ($0, index) }
    }
    for i in tree.nodes.indices.reversed() {
      tree.nodes[i].subtreeEnd = max(tree.nodes[i].subtreeEnd, Int32(i + 1))
      if tree.nodes[i].parent >= 0 {
        let parent = Int(tree.nodes[i].parent)
        tree.nodes[parent].subtreeEnd = max(tree.nodes[parent].subtreeEnd, tree.nodes[i].subtreeEnd)
      }
    }
    world.trees = [tree]
    let partial = world.partial
    var found: [String: Int64] = [:]
    for (_, context) in partial.contexts.sorted where context.critical > 0 {
      let point = partial.point(context.point)
      found["[\(point.component)] \(point.operation)", default: 0] += context.criticalTime
    }
    var expected: [String: Int64] = [:]
    for (key, value) in shares { if case .int(let time) = value { expected[key] = time } }
    return (found, expected)
  }
}
