import Support
import Testing

@Suite("Sketches")
struct SketchTests {
  private func encoded(_ sketch: Sketch) -> [UInt8] {
    var writer = ByteWriter()
    sketch.encode(to: &writer)
    return writer.bytes
  }

  @Test("quantiles are within one per cent of the exact ones")
  func accuracy() throws {
    var random = SplitMix64(seed: 3)
    let values = (0..<20_000).map { _ in Int64(random.unit() * random.unit() * 5e6) + 1 }
    var sketch = Sketch()
    for value in values { sketch.add(value) }
    let sorted = values.sorted()
    for q in [0.01, 0.5, 0.9, 0.99, 0.999] {
      let exact = sorted[Int(q * Double(values.count - 1))]
      let estimate = try #require(sketch.quantile(q))
      #expect(abs(Double(estimate - exact)) <= max(1, 0.0101 * Double(exact)))
    }
  }

  @Test("merging in any order and grouping gives the same bytes")
  func merging() {
    var random = SplitMix64(seed: 5)
    var parts = (0..<8).map { _ in
      var part = Sketch()
      for _ in 0..<100 { part.add(Int64(random.next() % 1_000_000)) }
      return part
    }
    var forward = Sketch()
    for part in parts { forward.merge(part) }
    parts.shuffle(using: &random)
    var pairs = Sketch()
    for i in stride(from: 0, to: parts.count, by: 2) {
      var pair = parts[i]
      pair.merge(parts[i + 1])
      pairs.merge(pair)
    }
    #expect(encoded(forward) == encoded(pairs))
  }

  @Test("zeros, negatives and the largest values are counted, not trapped on")
  func extremes() throws {
    var sketch = Sketch()
    for value in [0, -5, .max, .min, 1] as [Int64] { sketch.add(value) }
    #expect(sketch.count == 5)
    #expect(sketch.quantile(1) == .max)
    var reader = ByteReader(encoded(sketch))
    #expect(try Sketch(from: &reader) == sketch)
  }

  @Test("every border belongs to its own bucket")
  func borders() {
    for value in [1, 2, 3, 99, 100, 101, 12_345, 1 << 40, .max] as [Int64] {
      let index = SketchBuckets.index(of: value)
      let middle = SketchBuckets.value(of: index)
      #expect(abs(Double(middle - value)) <= max(1, 0.0101 * Double(value)))
    }
  }
  @Test("buckets follow one another without a gap, and the middle of each lies in it")
  func order() {
    var last = SketchBuckets.index(of: 1)
    for value in 2...200_000 as ClosedRange<Int64> {
      let bucket = SketchBuckets.index(of: value)
      #expect(bucket == last || bucket == last + 1)
      last = bucket
    }
    let end = SketchBuckets.index(of: .max)
    for bucket in 0...end { #expect(SketchBuckets.index(of: SketchBuckets.value(of: bucket)) == bucket) }
  }
}
