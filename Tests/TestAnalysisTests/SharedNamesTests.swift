import Support
import Testing

@testable import TestAnalysis

@Suite struct SharedNamesTests {
  @Test func namesComeBack() throws {
    let names = [
      "a.B > one", "a.B > one", "a.B > once", "a.C > one", "", "é", "è", String(repeating: "x", count: 600), "x",
    ]
    var (written, writing) = (ByteWriter(), SharedNameWriter())
    for name in names { writing.write(Array(name.utf8), to: &written) }
    var (reader, reading) = (ByteReader(written.bytes), SharedNameReader())
    for name in names {
      try reading.read(from: &reader, of: written.bytes)
      #expect(reading.name == Array(name.utf8))
    }
    #expect(reader.remaining == 0)
  }

  /// Three bytes a case may not stand for a long name each.
  @Test(arguments: [(UInt64(1), 0), (0, 601), (UInt64.max, 1)]) func damagedNames(_ shared: UInt64, _ rest: Int) {
    var writer = ByteWriter()
    writer.unsigned(shared)
    writer.blob([UInt8](repeating: 0x61, count: rest))
    #expect(throws: DecodeFailure.self) {
      var (reader, reading) = (ByteReader(writer.bytes), SharedNameReader())
      try reading.read(from: &reader, of: writer.bytes)
    }
  }
}
