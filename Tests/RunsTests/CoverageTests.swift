import Segments
import Support
import Testing

@Suite("What pieces cover")
struct CoverageTests {
  private static let batch = InputBatch([("a", "1")])
  private let first = Self.covering(0)

  private static func covering(
    _ partition: Int, pipeline: String = "p", date: Int? = nil, zone: Int = 0, of partitions: Int = 2
  ) -> Coverage {
    Coverage(
      pipeline: pipeline, date: date, zoneOffset: zone, partitions: partitions,
      batches: [batch: PartitionSet(partition)])
  }

  @Test("pieces join until nothing is missing")
  func joining() throws {
    var coverage = first
    #expect(coverage.missing.map(\.partitions) == [1])
    try coverage.join(Self.covering(1))
    #expect(coverage.missing.isEmpty)
  }

  @Test("overlapping, foreign and differently spread pieces, and those of two nights or zones, are refused")
  func refused() {
    for other in [
      Self.covering(0), Self.covering(1, pipeline: "q"), Self.covering(1, of: 3), Self.covering(1, date: 1),
      Self.covering(1, zone: 3600),
    ] {
      #expect(throws: CoverageFailure.self) {
        var coverage = first
        try coverage.join(other)
      }
    }
  }

  @Test("a thousand inputs of one call take 16 bytes in each partition's cover, a thousand calls 16 each")
  func size() throws {
    func size(_ coverage: Coverage) -> Int {
      var writer = ByteWriter()
      coverage.encode(to: &writer)
      return writer.bytes.count
    }
    let many = InputBatch((0..<1000).map { ("/archive/night/input-\($0).tar.gz", String(repeating: "f", count: 64)) })
    #expect(size(Coverage(pipeline: "p", partitions: 1024, batches: [many: PartitionSet(3)])) < 32)
    let calls = (0..<1000).map { (InputBatch([("\($0)", "x")]), PartitionSet(0..<1024)) }
    let whole = Coverage(pipeline: "p", partitions: 1024, batches: Dictionary(uniqueKeysWithValues: calls))
    #expect(size(whole) < 16_050)
    var writer = ByteWriter()
    whole.encode(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try Coverage(from: &reader) == whole)
  }

  @Test("any order of partitions joins to the same cover")
  func order() throws {
    for order in [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1], [3, 4, 1, 0, 2]] {
      var coverage = Self.covering(order[0], of: 5)
      for partition in order.dropFirst() { try coverage.join(Self.covering(partition, of: 5)) }
      #expect(coverage.missing.isEmpty)
      #expect(coverage.batches[Self.batch]?.ranges == [0..<5])
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
