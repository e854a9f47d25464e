import Model
import Segments
import Support
import Testing

@Suite("Packed sections and columns")
struct PackingTests {
  private static func frame(_ sections: [[UInt8]]) -> [UInt8] {
    Frame(kind: .partial, coverage: Coverage(pipeline: "p", partitions: 1, batches: [:]), sections: sections).encoded()
  }

  @Test("what is packed comes back: nothing, noise, and what repeats a million times")
  func roundTrip() throws {
    var random = SplitMix64(seed: 3)
    let noise = (0..<5_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let sections = [[], [7], noise, Array(repeating: 9, count: 1_000_000), Array("abcabcabc".utf8)]
    let bytes = Self.frame(sections)
    #expect(try Frame(encoded: bytes, expecting: .partial).sections == sections)
    #expect(bytes.count < 1_010_000)
    let text = Array(repeating: Array("component-".utf8), count: 1_000).flatMap { $0 }
    #expect(Self.frame([text + noise]).count < text.count / 10 + noise.count + 200)
  }

  @Test("cut and changed bytes are refused, whatever they are")
  func damage() {
    let bytes = Self.frame([Array("component-component-component-component-".utf8)])
    for length in 0..<bytes.count {
      #expect(throws: DecodeFailure.self) { _ = try Frame(encoded: Array(bytes[..<length]), expecting: .partial) }
    }
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x55
      // Sealed again, so that not the checksum refuses it.
      var reseal = ByteWriter()
      reseal.raw(Array(changed[..<(changed.count - 8)]).span)
      reseal.fixed64(StableHash.hash(reseal.bytes.span))
      _ = try? Frame(encoded: reseal.bytes, expecting: .partial)
    }
  }

  @Test("columns are read as they were written, and refused where one has too much or too little")
  func columns() throws {
    var columns = ByteColumns(count: 2)
    for number in 0..<100 { columns[0].int(number) }
    columns[1].text("x")
    var writer = ByteWriter()
    columns.encode(to: &writer)
    var reader = ByteReader(writer.bytes)
    var read = try ByteColumnReaders(from: &reader, count: 2)
    for number in 0..<100 { #expect(try read[0].int() == number) }
    #expect(throws: DecodeFailure.self) { try read.close() }
    #expect(try read[1].text() == "x")
    try read.close()
    #expect(throws: DecodeFailure.self) { _ = try read[0].int() }
    var cut = ByteReader(Array(writer.bytes.dropLast(3)))
    _ = try? ByteColumnReaders(from: &cut, count: 2)
  }
}
