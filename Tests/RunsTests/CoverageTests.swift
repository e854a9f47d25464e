import Segments
import Support
import Testing

@Suite("What pieces cover")
struct CoverageTests {
  private let first = Coverage(pipeline: "p", partitions: 2, inputs: ["a": [0]])

  @Test("pieces join until nothing is missing")
  func joining() throws {
    var coverage = first
    #expect(coverage.missing == ["a: 1 of 2 partitions"])
    try coverage.join(Coverage(pipeline: "p", partitions: 2, inputs: ["a": [1]]))
    #expect(coverage.missing.isEmpty)
  }

  @Test("overlapping, foreign and differently spread pieces are refused")
  func refused() {
    for other in [
      Coverage(pipeline: "p", partitions: 2, inputs: ["a": [0]]),
      Coverage(pipeline: "q", partitions: 2, inputs: ["a": [1]]),
      Coverage(pipeline: "p", partitions: 3, inputs: ["a": [1]]),
    ] {
      #expect(throws: CoverageFailure.self) {
        var coverage = first
        try coverage.join(other)
      }
    }
  }

  @Test("a frame is read back whole, and refused when cut, changed or of another kind")
  func frames() throws {
    let bytes = Frame(kind: .segments, coverage: first, sections: [[1, 2, 3], []]).encoded()
    let again = try Frame(encoded: bytes, expecting: .segments)
    #expect(again.coverage == first)
    #expect(again.sections == [[1, 2, 3], []])
    #expect(throws: DecodeFailure.self) { _ = try Frame(encoded: bytes, expecting: .partial) }
    for i in bytes.indices {
      #expect(throws: DecodeFailure.self) { _ = try Frame(encoded: Array(bytes[0..<i]), expecting: .segments) }
      var changed = bytes
      changed[i] ^= 1
      #expect(throws: DecodeFailure.self) { _ = try Frame(encoded: changed, expecting: .segments) }
    }
  }
}
