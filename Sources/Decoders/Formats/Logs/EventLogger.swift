// The logger that stands between an event and its pairs.

internal import Model
internal import Support

/// `2026-11-25T02:00:00Z [info     ] mail queued                    [shop.mail] id=1`: structlog's console pads the level to nine columns and
/// the event to thirty, and writes the logger's name behind it (structlog, `dev.ConsoleRenderer`).
enum EventLogger {
  /// What the lines of a sample tell of it.
  struct Evidence {
    private var lines = 0
    private var found = 0
    private var dotted = 0

    /// Takes a line with its header; only one with a level as structlog pads it says anything.
    mutating func add(_ line: Span<UInt8>, _ header: borrowing LogHeader) {
      guard EventLogger.isBehindLevel(line, header.messageStart) else { return }
      lines += 1
      guard let name = EventLogger.find(in: line, from: header.messageStart) else { return }
      found += 1
      if name.contains(where: { line[$0] == 0x2E }) { dotted += 1 }
    }

    /// Whether most events have one; a word in brackets that stands there once may be the event's own.
    var isUsual: Bool { found * 100 >= lines * 60 && (dotted > 0 || found >= 3) }
  }

  /// The columns of an event, by default.
  private static let width = 30

  /// Where the logger's name stands in a line: in a bracket behind the event's padding, or behind a longer event, with pairs behind it or
  /// nothing.
  static func find(in line: Span<UInt8>, from start: Int) -> Range<Int>? {
    guard isBehindLevel(line, start) else { return nil }
    var open = ByteScan.find(0x5B, in: line, from: start)
    while open < line.count {
      if open > start &+ 1, line[open &- 1] == 0x20, open &- start > width || line[open &- 2] == 0x20,
        let end = nameEnd(line, open &+ 1), beginsPairs(line, end &+ 1)
      {
        return open &+ 1..<end
      }
      open = ByteScan.find(0x5B, in: line, from: open &+ 1)
    }
    return nil
  }

  /// Whether a level in small letters and a bracket of nine columns stands in front of a place.
  private static func isBehindLevel(_ line: Span<UInt8>, _ start: Int) -> Bool {
    let open = start &- 12
    guard open >= 0, start <= line.count, line[open] == 0x5B, line[start &- 1] == 0x20, line[start &- 2] == 0x5D else {
      return false
    }
    var end = open &+ 1
    while line[end] &- 0x61 < 26 { end &+= 1 }
    for i in end..<start &- 2 where line[i] != 0x20 { return false }
    return !Model.severity(of: line.extracting(open &+ 1..<end)).isUnknown
  }

  private static func nameEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    while i < line.count, line[i] != 0x5D {
      switch line[i] {
      case 0x41...0x5A, 0x61...0x7A, 0x5F: break
      case 0x30...0x39, 0x2D, 0x2E, 0x2F, 0x3A: if i == start { return nil }
      default: return nil
      }
      i &+= 1
    }
    return i > start && i < line.count ? i : nil
  }

  /// Whether a pair, or nothing, stands behind the bracket that ends in front of a place.
  private static func beginsPairs(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    while i < line.count, line[i] == 0x20 { i &+= 1 }
    guard i < line.count else { return true }
    guard i > start else { return false }
    let key = i
    while i < line.count, line[i] > 0x20, line[i] != 0x3D { i &+= 1 }
    return i > key && i < line.count && line[i] == 0x3D
  }
}
