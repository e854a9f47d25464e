import Model
import Patterns
import Support
import TestSupport
import Testing

struct CallTreeSignatureTests {
  @Test("a hundred jitters within overlap keep one variant id") func jitter() {
    var random = SplitMix64(seed: 7)
    var world = TreeWorld()
    for _ in 0..<100 {
      func shake() -> Int64 { Int64(random.next() % 401) }
      world.add(
        Call(
          "api", "GET /a", for: 10_000,
          [
            Call("left", at: 1_000 + shake(), for: 3_000 + shake()),
            Call("right", at: 1_000 + shake(), for: 3_000 + shake(), [Call("db", at: shake(), for: 900)]),
            Call("last", at: 5_000 + shake(), for: 500),
          ]))
    }
    #expect(Set(world.signatures).count == 1)
    let conclusion = PatternAnalysis.conclude(world.partial)
    #expect(conclusion.patterns.count == 1)
    #expect(
      conclusion.patterns[0].sequence == [["api", "left"], ["api", "right"], ["right", "db"], ["api", "last"]])
  }

  @Test("repetitions fall into buckets 1, 2–3, 4–9, 10+") func multiplicity() {
    var world = TreeWorld()
    for count in [1, 2, 3, 4, 9, 10, 500] {
      world.add(Call("a", for: 100_000, (0..<count).map { Call("b", at: Int64($0) * 100, for: 50) }))
    }
    let s = world.signatures
    #expect(s[1] == s[2] && s[3] == s[4] && s[5] == s[6])
    #expect(Set([s[0], s[1], s[3], s[5]]).count == 4)
    let edge = world.partial.callers.sorted.flatMap(\.value.edges.sorted).first?.value
    #expect(edge?.fanOut.maximum == 500 && edge?.calls == 529 && edge?.occurrences == 7)
  }

  @Test("another callee, depth, kind or outcome is another variant") func differences() {
    var world = TreeWorld()
    world.add(Call("a", for: 100, [Call("b", for: 50, [Call("c", for: 9)])]))
    world.add(Call("a", for: 100, [Call("b", for: 50), Call("c", for: 9)]))
    world.add(Call("a", for: 100, [Call("b", for: 50, [Call("d", for: 9)])]))
    world.add(Call("a", for: 100, [Call("b", for: 50, [Call("c", for: 9, failed: true)])]))
    world.add(Call("a", for: 100, [Call("b", for: 50, kind: .client, [Call("c", for: 9)])]))
    #expect(Set(world.signatures).count == 5)
  }

  @Test("self time and gaps leave out what children cover together") func selfTime() {
    var world = TreeWorld()
    world.add(
      Call("a", for: 1_000, [Call("b", at: 100, for: 300), Call("c", at: 200, for: 400), Call("d", at: 900, for: 500)]))
    let caller = world.partial.callers.sorted.map(\.value).first { $0.edges.count == 3 }
    #expect(caller?.selfTime.maximum == 400)
    #expect(caller?.edges.sorted.map(\.value.gap.maximum).sorted() == [0, 100, 300])
  }

  @Test("a chain of 50,000 calls is no problem") func deep() {
    var world = TreeWorld()
    var tree = CallTree()
    let name = world.symbols.intern("a")
    for i in 0..<50_000 {
      let row = SpanRow(
        request: tree.request, span: UInt64(i + 1), parent: UInt64(i), start: Int64(i), duration: 100_000 - Int64(i),
        source: SourceRef(bits: 0), component: name, operation: .none)
      tree.nodes.append(CallNode(row: row, parent: Int32(i - 1)))
      tree.nodes[i].subtreeEnd = 50_000
    }
    world.trees = [tree]
    #expect(world.partial.spans == 50_000)
  }

  @Test(
    "names lose what varies and keep what does not",
    arguments: [
      ("GET /orders/12345/items", "GET /orders/{id}/items"), ("GET /v2/users/7", "GET /v2/users/{id}"),
      ("/u/3fa85f64-5717-4562-b3fc-2c963f66afa6", "/u/{id}"), ("/blob/deadbeef01", "/blob/{id}"),
      ("HTTP GET", "HTTP GET"), ("S3.putObject", "S3.putObject"), ("O1", "O1"), ("sha256", "sha256"),
      ("/search?q=shoes&page=2", "/search?q={id}&page={id}"), ("order-2023001", "order-{id}"),
      ("10.0.0.7:8080", "{id}:{id}"), ("", ""),
    ]) func operationNames(_ example: (String, String))
  {
    #expect(String(decoding: OperationName.normalise(example.0.utf8Span.span), as: UTF8.self) == example.1)
  }
}
