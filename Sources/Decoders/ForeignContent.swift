// What a member that no decoder reads looks like, and what could be done about it.

internal import Model
internal import Support

/// Tells files that are met among archives but are no input, by their first bytes.
enum ForeignContent {
  /// Signatures at the beginning of a file, what it is, and what its owner can do to have it read.
  private static let signatures: [(bytes: [UInt8], name: String, advice: String)] = [
    (Array("PAR1".utf8), "a Parquet table", "export its rows as CSV or JSON lines"),
    ([0x4F, 0x62, 0x6A, 0x01], "an Avro file", "export its records as JSON lines"),
    (Array("ORC".utf8), "an ORC table", "export its rows as CSV or JSON lines"),
    (Array("SQLite format 3".utf8), "a SQLite database", "export the table as CSV with a header"),
    (Array("LPKSHHRH".utf8), "a systemd journal", "write it with journalctl -o json --merge"),
    (Array("ElfFile\0".utf8), "a Windows event log", "export it as XML, CSV or JSON (Get-WinEvent)"),
    ([0x0A, 0x0D, 0x0D, 0x0A], "a capture of network packets", "none of its records are read"),
    ([0xD4, 0xC3, 0xB2, 0xA1], "a capture of network packets", "none of its records are read"),
    ([0x04, 0x22, 0x4D, 0x18], "a file compressed with LZ4", "compress it with zstd or gzip"),
    (
      [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], "a file compressed with Snappy",
      "compress it with zstd or gzip"
    ),
    ([0x7F, 0x45, 0x4C, 0x46], "a program", "leave it out"),
    ([0x89, 0x50, 0x4E, 0x47], "a picture", "leave it out"),
    ([0xFF, 0xD8, 0xFF], "a picture", "leave it out"),
    (Array("GIF8".utf8), "a picture", "leave it out"),
    (Array("%PDF".utf8), "a PDF document", "leave it out"),
    (Array("JAVA PROFILE".utf8), "a heap dump", "leave it out"),
  ]

  /// A member of bytes.
  static func describe(binary head: Span<UInt8>) -> MessageText {
    for (bytes, name, advice) in signatures where starts(head, bytes) {
      return "looks like \(own: name): \(own: advice)"
    }
    return "bytes of no format that is known here"
  }

  /// A member of text without a record.
  static func describe(text head: Span<UInt8>) -> MessageText {
    for (bytes, name, advice) in signatures where starts(head, bytes) {
      return "looks like \(own: name): \(own: advice)"
    }
    var start = 0
    while start < head.count, Sniffer.isSpace(head[start]) { start += 1 }
    let first = head.extracting(start..<min(head.count, start + 4096))
    let line = first.extracting(0..<ByteScan.lineEnd(first, 0))
    for delimiter: UInt8 in [0x2C, 0x09, 0x3B, 0x7C] {
      let columns = (0..<line.count).count { line[$0] == delimiter }
      guard columns >= 2, first.count > line.count else { continue }
      let rest = first.extracting(line.count + 1..<first.count)
      let second = rest.extracting(0..<ByteScan.lineEnd(rest, 0))
      if (0..<second.count).count(where: { second[$0] == delimiter }) == columns {
        return
          "looks like a table whose columns no name tells: map them in the pipeline file, formats: [{ match, records, table }]"
      }
    }
    for mark: StaticString in ["---", "apiVersion:", "version:"] where JSONScanner.matches(first, 0, mark) {
      return "looks like a YAML file: no records in it"
    }
    return "text without a time, a level or any other header of a log line"
  }

  private static func starts(_ head: Span<UInt8>, _ bytes: [UInt8]) -> Bool {
    guard head.count >= bytes.count else { return false }
    for i in bytes.indices where head[i] != bytes[i] { return false }
    return true
  }
}
