import Model
import Patterns
import Support
import Testing

struct PatternPartialTests {
  private func world(_ requests: Int) -> TreeWorld {
    var shop = ShopWorld(seed: 3)
    var world = TreeWorld()
    for i in 0..<requests {
      world.add(shop.checkout(i % 50 == 49 ? .extraCall : .none), at: 1_700_000_000_000_000 + Int64(i) * 700_000)
    }
    return world
  }

  @Test("partitions merge in any order and grouping to the bytes of the whole") func merging() throws {
    let world = world(300)
    let whole = encoded(world.partial)
    for parts in [2, 3, 7] {
      let partials = (0..<parts).map { part in
        world.digest(world.trees.filter { $0.request.stableHash % UInt64(parts) == UInt64(part) })
      }
      var forward = PatternPartial()
      for partial in partials { forward.merge(partial) }
      var backward = PatternPartial()
      for partial in partials.reversed() { backward.merge(partial) }
      var right = partials[parts - 1]
      for partial in partials.dropLast().reversed() {
        var left = partial
        left.merge(right)
        right = left
      }
      #expect(encoded(forward) == whole)
      #expect(encoded(backward) == whole)
      #expect(encoded(right) == whole)
    }
    var reader = ByteReader(whole)
    #expect(encoded(try PatternPartial(from: &reader)) == whole)
    #expect(reader.remaining == 0)
  }

  @Test("too many variants are counted, and the same ones are kept in any order") func overflow() {
    var world = TreeWorld()
    for i in 0..<5_000 { world.add(Call("a", "op", for: 100, [Call("b", "kind" + letters(i), for: 10)])) }
    let whole = world.partial
    #expect(whole.variants.count == PatternPartial.variantLimit)
    #expect(whole.variants.overflow == 5_000 - PatternPartial.variantLimit)
    var parts = PatternPartial()
    for part in 0..<5 {
      parts.merge(world.digest(world.trees.enumerated().filter { ($0.offset * 7 + 3) % 5 == part }.map(\.element)))
    }
    #expect(encoded(parts) == encoded(whole))
    let limits = PatternAnalysis.conclude(whole).limits
    #expect(limits["patterns.variants"] == "2952 requests of variants beyond 2048 left out")
  }

  @Test("a request of very many paths keeps the durations of some, the same in any split, and says so") func manyPaths()
  {
    func world(_ paths: Int) -> TreeWorld {
      var world = TreeWorld()
      for _ in 0..<3 {
        world.add(
          Call("a", "op", for: 100_000, (0..<paths).map { Call("b", "kind" + letters($0), at: Int64($0), for: 1) }))
      }
      return world
    }
    let wide = world(VariantStats.pathLimit + 500)
    let whole = wide.partial
    #expect(whole.variants.sorted.map { $0.value.paths.count } == [VariantStats.pathLimit])
    #expect(whole.variants.sorted.allSatisfy { $0.value.paths.allSatisfy { $0.value.sketch.count == 3 } })
    var parts = PatternPartial()
    for tree in wide.trees.reversed() { parts.merge(wide.digest([tree])) }
    #expect(encoded(parts) == encoded(whole))
    #expect(PatternAnalysis.conclude(whole).limits["patterns.variantPaths"] != nil)
    let narrow = world(50).partial
    #expect(narrow.variants.sorted.map { $0.value.paths.count } == [51])
    #expect(PatternAnalysis.conclude(narrow).limits["patterns.variantPaths"] == nil)
  }

  private func letters(_ number: Int) -> String {
    var text = ""
    var rest = number
    for _ in 0..<4 {
      text.append(Character(Unicode.Scalar(UInt8(ascii: "g") + UInt8(rest % 16))))
      rest /= 16
    }
    return text
  }

  @Test("a night as history keeps it names no request") func withoutExemplars() {
    let partial = world(60).partial.withoutExemplars
    #expect(partial.variants.sorted.allSatisfy { $0.value.exemplar == nil && $0.value.slowest.isEmpty })
    let text = String(decoding: PatternBaseline.encode(partial), as: UTF8.self)
    #expect(!text.contains("night.jsonl"))
  }

  @Test("a damaged partial is refused, never a crash") func damage() {
    let bytes = encoded(world(20).partial)
    for cut in stride(from: 0, to: bytes.count, by: 97) {
      var reader = ByteReader(Array(bytes[..<cut]))
      #expect(throws: DecodeFailure.self) { try PatternPartial(from: &reader) }
    }
    var random = SplitMix64(seed: 5)
    for _ in 0..<200 {
      var damaged = bytes
      damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(truncatingIfNeeded: random.next() | 1)
      var reader = ByteReader(damaged)
      guard let partial = try? PatternPartial(from: &reader) else { continue }
      _ = PatternAnalysis.conclude(partial)
    }
  }
}
