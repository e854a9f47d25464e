// The logger that stands at the end of a line.

internal import Model
internal import Support

/// `MESSAGE (kafka.server.KafkaServer)`, with the place of the call in it, and a thread behind it: Kafka's servers and what belongs to them
/// write so (config/log4j.properties, `[%d] %p %m (%c)%n`; connect-log4j.properties, `(%c:%L)`; Strimzi's, `(%c) [%t]`).
enum EndingLogger {
  /// What the lines of a sample tell of it.
  struct Evidence {
    private var lines = 0
    private var found = 0
    private var ofKafka = 0
    /// Lines of the layout that Kafka comes with, a time in brackets and a level in capitals behind it.
    private var usual = 0

    /// Takes a line with its header.
    mutating func add(_ line: Span<UInt8>, _ header: borrowing LogHeader) {
      lines += 1
      guard let name = EndingLogger.find(in: line, from: header.messageStart) else { return }
      found += 1
      if EndingLogger.isOfKafka(line.extracting(name)) { ofKafka += 1 }
      if EndingLogger.hasUsualLayout(line) { usual += 1 }
    }

    /// Whether most lines end so. Exceptions, hosts, files and modules may stand in parentheses at the end of what anybody wrote: some of the
    /// names are of what is known to write so. Records over several lines have their logger on the last one. Of one line or two, all must
    /// be as Kafka's own.
    var isUsual: Bool {
      if found > 0, found < 3 { return found == lines && ofKafka == found && usual == found }
      return found >= 3 && found * 100 >= lines * 60 && ofKafka * 4 >= found
    }
  }

  /// Where the logger's name stands in a line.
  static func find(in line: Span<UInt8>, from start: Int) -> Range<Int>? {
    var end = line.count
    if end > start, line[end &- 1] == 0x5D {
      while end > start, line[end &- 1] != 0x5B { end &-= 1 }
      guard end &- 2 > start, line[end &- 2] == 0x20 else { return nil }
      end &-= 2
    }
    guard end > start, line[end &- 1] == 0x29 else { return nil }
    end &-= 1
    var i = end
    while i > start, line[i &- 1] &- 0x30 <= 9 { i &-= 1 }
    if i < end, i > start, line[i &- 1] == 0x3A { end = i &- 1 }
    i = end
    var dots = 0
    while i > start, isPart(line[i &- 1]) {
      i &-= 1
      if line[i] == 0x2E { dots &+= 1 }
    }
    guard dots > 0, i > start &+ 1, line[i &- 1] == 0x28, line[i &- 2] == 0x20, (line[i] | 0x20) &- 0x61 < 26,
      line[end &- 1] != 0x2E, !JSONLogs.endsAsException(line.extracting(i..<end))
    else { return nil }
    return i..<end
  }

  /// `state.change.logger` is all that Kafka's state-change.log has.
  private static let packages: [StaticString] = [
    "kafka.", "org.apache.", "io.strimzi.", "io.confluent.", "state.change.logger",
  ]

  private static func isOfKafka(_ name: Span<UInt8>) -> Bool {
    packages.contains { JSONScanner.matches(name, 0, $0) }
  }

  /// `[2026-11-25 02:00:00,777] INFO …`
  private static func hasUsualLayout(_ line: Span<UInt8>) -> Bool {
    guard line[0] == 0x5B, line.count > 32 else { return false }
    let close = ByteScan.find(0x5D, in: line.extracting(first: 32), from: 0)
    guard JSONScanner.matches(line, close, "] ") else { return false }
    var end = close &+ 2
    while end < line.count, line[end] &- 0x41 < 26 { end &+= 1 }
    return end &- close > 5 && !Model.severity(of: line.extracting(close &+ 2..<end)).isUnknown
  }

  private static func isPart(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x24, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }
}
