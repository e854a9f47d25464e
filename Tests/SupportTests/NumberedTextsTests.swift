import Support
import Testing

@Suite("Texts known but for their numbers")
struct NumberedTextsTests {
  private func keep(_ text: String, _ numbers: [Range<Int>], _ value: UInt32, in texts: inout NumberedTexts) {
    texts.keep(Array(text.utf8).span, numbers: numbers, value: value, marked: numbers.last?.lowerBound)
  }

  private func find(_ text: String, in texts: NumberedTexts) -> (value: UInt32, marked: Int?)? {
    texts.find(Array(text.utf8).span).map { ($0.value, $0.marked) }
  }

  @Test("the same text with other digits is found, and where its marked number stands")
  func found() throws {
    var texts = NumberedTexts(longest: 64)
    #expect(find("GET /orders/1", in: texts) == nil)
    keep("GET /orders/1", [12..<13], 7, in: &texts)
    keep("took 5 of 10 s", [5..<6, 10..<12], 8, in: &texts)
    #expect(try #require(find("GET /orders/4711", in: texts)) == (7, 12))
    #expect(try #require(find("took 17 of 3 s", in: texts)) == (8, 11))
  }

  @Test(
    "any other text is not",
    arguments: [
      "GET /orders/", "GET /orders/x", "GET /orders/1x", "GET /orders/1/2", "GET /order/1", "took 5 of 10",
      "took 5 of 10 s ", "",
      "took  of 10 s", "GET /orders/12345678901234567890123456789012345678901234567890123456789",
    ])
  func unknown(text: String) {
    var texts = NumberedTexts(longest: 64)
    keep("GET /orders/1", [12..<13], 7, in: &texts)
    keep("took 5 of 10 s", [5..<6, 10..<12], 8, in: &texts)
    #expect(find(text, in: texts) == nil)
  }

  @Test("two hashes over the same bytes are what each is alone, wherever their words end", arguments: 0..<17)
  func bothHashes(offset: Int) {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let lead = Array(bytes.prefix(offset))
    var (a, b) = (StableHash.Running(count: bytes.count), StableHash.Running(count: lead.count + bytes.count))
    b.add(lead.span)
    StableHash.Running.add(bytes.span, to: &a, and: &b)
    #expect(a.finish() == StableHash.hash(bytes.span))
    #expect(b.finish() == StableHash.hash((lead + bytes).span))
  }
}
