import Support
import Testing

@Suite("Binary and JSON forms")
struct CodingTests {
  @Test("integers of every size survive")
  func integers() throws {
    let values: [Int64] = [0, 1, -1, 63, 64, -64, -65, .max, .min]
    var writer = ByteWriter()
    for value in values { writer.signed(value) }
    writer.unsigned(.max)
    var reader = ByteReader(writer.bytes)
    for value in values { #expect(try reader.signed() == value) }
    #expect(try reader.unsigned() == .max)
    #expect(reader.remaining == 0)
  }

  @Test("a count that promises more than is there is refused before anything is reserved")
  func count() {
    var writer = ByteWriter()
    writer.unsigned(1 << 60)
    #expect(throws: DecodeFailure.self) {
      var reader = ByteReader(writer.bytes)
      _ = try reader.blob()
    }
  }

  @Test("keys are sorted, non-finite numbers are null, controls and bidirectional marks are escaped")
  func json() {
    let value = JSONValue.object([
      "b": .double(.infinity), "a": .string("x\u{1B}\u{202E}\n\""), "c": .array([.int(1), .double(0.5), .double(3)]),
    ])
    #expect(value.canonical == #"{"a":"x\u001b\u202e\n\"","b":null,"c":[1,0.5,3]}"#)
  }

  @Test("the stable hash of pieces is that of the whole, wherever it is cut")
  func hashOfPieces() {
    let bytes = (0..<43).map { UInt8(truncatingIfNeeded: $0 * 37 + 5) }
    for count in 0...bytes.count {
      for first in 0...count {
        for second in first...count {
          var hash = StableHash.Running(count: count)
          for piece in [0..<first, first..<second, second..<count] { hash.add(bytes.span.extracting(piece)) }
          #expect(hash.finish() == StableHash.hash(bytes.span.extracting(0..<count)))
        }
      }
    }
  }

  @Test("a record's fields are those of a writer without records")
  func record() throws {
    let (unsigned, signed): ([UInt64], [Int64]) = ([0, 127, 128, .max], [0, -1, .min, .max])
    var (plain, records) = (ByteWriter(), ByteWriter())
    for _ in 0..<100 {
      unsigned.forEach { plain.unsigned($0) }
      signed.forEach { plain.signed($0) }
      unsigned.forEach { plain.fixed64($0) }
      records.record(upTo: 120) { out in
        unsigned.forEach { out.unsigned($0) }
        signed.forEach { out.signed($0) }
        unsigned.forEach { out.fixed64($0) }
      }
    }
    #expect(records.bytes == plain.bytes)
  }

  @Test("SHA-256 of the empty text and of abc")
  func sha256() {
    #expect(SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
