import Model
import Archives
import Testing

@Suite("Filters")
struct FilterTests {
  static let real: [(String, [UInt8])] = [
    ("gzip", TestArchives.gzipHello), ("bzip2", TestArchives.bzip2Hello), ("xz", TestArchives.xzHello),
    ("lzma", TestArchives.lzmaHello), ("zstd", TestArchives.zstdHello),
  ]

  @Test("a filtered file is one member with an empty path", arguments: real)
  func plain(_ name: String, _ bytes: [UInt8]) throws {
    let walked = walk(bytes)
    #expect(walked.members == [.init(path: "", text: "hello, night\n", complete: true)])
    #expect(walked.codes == [])
    #expect(walked.summary.bytes == bytes.count)
  }

  @Test("streams one after another are one, zeros behind them are padding", arguments: real.filter { $0.0 != "lzma" })
  func concatenated(_ name: String, _ bytes: [UInt8]) throws {
    let walked = walk(bytes + bytes + [UInt8](repeating: 0, count: 512))
    #expect(walked.members.map { $0.text } == ["hello, night\nhello, night\n"])
    #expect(walked.codes == [])
  }

  @Test("zstd frames behind their lengths are one stream, and a cut one is told")
  func countedFrames() throws {
    let frame = [0, 0, 0, UInt8(TestArchives.zstdHello.count)] + TestArchives.zstdHello
    let walked = walk(frame + frame)
    #expect(walked.members.map { $0.text } == ["hello, night\nhello, night\n"])
    #expect(walked.codes == [])
    let cut = walk(frame + frame.dropLast(5))
    #expect(cut.members.first?.complete == false)
    #expect(cut.codes.contains("truncated"))
    #expect(walk(frame + [0, 0]).codes == ["truncated"])
  }

  @Test("other bytes behind the stream are noted", arguments: real.filter { $0.0 != "xz" })
  func trailing(_ name: String, _ bytes: [UInt8]) throws {
    let walked = walk(bytes + Array("GARBAGE".utf8))
    #expect(walked.members.map { $0.text } == ["hello, night\n"])
    #expect(walked.codes == ["trailingBytes"])
    #expect(walked.diagnostics.first?.message.plain.contains("7 bytes") == true)
    #expect(walked.problems == [])
  }

  /// Found by fuzzing: damaged Huffman codes, whose data came from memory that nobody had written to.
  private static let unwrittenCodes = TestArchives.hex(
    "504b03041400000000000000000005896867730000007300000005000000612e6c6f67323031352d31302d31382031383a30"
      + "313a34372c393738205741524e205b6d61696e5d206f72672e6578616d706c652e4d61737465723a204f6c643a2061204e65"
      + "773a20620a202020206174206f72672e6578616d706c652e4d61737465722e72756e284d61737465722e6a6176613a37290a"
      + "504b03041400000000000000000053ede02e34010000340100000c000000696e6e65722e7461722e677a1f8b080000000000"
      + "00ffed944f4bc34010c5f7dc4fb1cc492149a6f9d3eecd8be0c1164410b422d37609299ba464d32a88df5d56bc2882175b02"
      + "200a202020206174206f72672e284d61737465722e6a6176613a37290a504b03041400000000000000000053ede02e340100"
      + "00340100000c000061737465722e6a6176613a37290a504b03041400000000000000000053ede02e34010000340100000c00"
      + "0000696e6e65722e7461722e677a1f8b08000000000000ffed944f4bc34010c5f7dc4fb1cc492149dfa6f9d3eecd8be0c116"
      + "4410b422d37609299ba464d32a88df5d56bc2882175b02204e65773a20620a202020206174206f72672e6578616d706c652e"
      + "4d61737465722e72756e284d61737465722e6a6176613a4e614e290a504b03041400000000000000000053ed492e34010000"
      + "340100000c000000696e6e65722e7461722e677a1f8b0800004e65773a20620a202020206174206f72676a6176613a313834"
      + "343637")

  @Test("damaged codes give the same data every time")
  func damagedCodes() { #expect(ArchiveProbe.brokenPromise(Self.unwrittenCodes) == nil) }

  @Test("a stream cut anywhere is reported", arguments: real)
  func cut(_ name: String, _ bytes: [UInt8]) throws {
    for length in 14..<bytes.count {
      let walked = walk(Array(bytes.prefix(length)))
      #expect(!walked.problems.isEmpty, "\(name) cut to \(length) bytes")
      #expect(walked.members.allSatisfy { !$0.complete })
    }
  }

  @Test("a flipped bit in the data or its checksum is reported", arguments: real.filter { $0.0 != "lzma" })
  func flipped(_ name: String, _ bytes: [UInt8]) throws {
    // The bytes that end the stream: of gzip its CRC and length. The last bits of bzip2 are padding.
    for index in bytes.count - 8..<bytes.count - (name == "bzip2" ? 1 : 0) {
      var damaged = bytes
      damaged[index] ^= 4
      let walked = walk(damaged)
      #expect(!walked.problems.isEmpty, "\(name) flipped at \(index)")
    }
  }

  @Test("data before a gzip checksum that is wrong is handed over, as incomplete")
  func gzipChecksum() throws {
    var crc = TestArchives.gzip(TestArchives.hello)
    crc[crc.count - 8] ^= 1
    var length = TestArchives.gzip(TestArchives.hello)
    length[length.count - 1] ^= 1
    for bytes in [crc, length] {
      let walked = walk(bytes)
      #expect(walked.members == [.init(path: "", text: "hello, night\n", complete: false)])
      #expect(walked.problems == ["checksumMismatch"])
      #expect(walked.diagnostics.first?.location.position == .offset(13))
    }
  }

  @Test("more than a buffer of data comes through whole")
  func large() throws {
    let line = Array("0123456789abcdef 0123456789abcdef\n".utf8)
    let data = (0..<100_000).flatMap { _ in line }
    #expect(walk(TestArchives.gzip(data)).total == data.count)
    #expect(walk(TestArchives.gzip(TestArchives.tar([("a", data), ("b", line)]))).total == data.count + line.count)
  }

  @Test("skippable zstd frames are skipped, and do not make another format zstd")
  func skippable() throws {
    let frame: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]
    #expect(walk(frame + TestArchives.zstdHello).members.map { $0.text } == ["hello, night\n"])
    let other = walk(frame + Array("something else".utf8))
    #expect(other.total == frame.count + 14)
    #expect(other.problems == [])
  }

  @Test("what only looks like a compression is handed on as it is")
  func lookalikes() throws {
    for text in ["BZh9 is how bzip2 begins\n", "]\u{0}\u{0} not lzma", "(µ/ý", "PK\u{3}"] {
      let walked = walk(Array(text.utf8))
      #expect(walked.members.map { $0.text } == [text])
      #expect(walked.codes == [])
    }
  }

  @Test("gzip members behind a damaged one are read")
  func resumed() {
    let member = TestArchives.gzipHello
    var broken = member
    broken[10] = 7
    let walked = walk(member + broken + member)
    #expect(walked.members == [.init(path: "", text: "hello, night\nhello, night\n", complete: false)])
    #expect(walked.codes == ["damagedStream", "skippedBytes"])
    var sum = member
    sum[sum.count - 5] ^= 1
    let checked = walk(sum + member)
    #expect(checked.members.map { $0.text } == ["hello, night\nhello, night\n"])
    #expect(checked.codes == ["checksumMismatch"])
    // In an archive a gap would move bytes from one member to another: reading ends there.
    let tar = TestArchives.tar([("a", TestArchives.hello)])
    var damagedTar = TestArchives.gzip(Array(tar.prefix(700)))
    damagedTar[10] = 7
    #expect(walk(damagedTar + TestArchives.gzip(Array(tar.dropFirst(700)))).members.allSatisfy { !$0.complete })
  }
}
