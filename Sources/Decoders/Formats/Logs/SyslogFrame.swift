// Messages of syslog that stand behind their lengths and have line breaks in them.

internal import Model
internal import Support

/// A message behind its octet count (RFC 6587 §3.4.1) that goes on behind its line: the count says how far.
///
/// Where the bytes behind it are neither a line's end nor the next message's count, or the next count comes too early, the count was
/// wrong: its line and the others are read as they stand.
struct SyslogFrame {
  private(set) var bytes: [UInt8] = []
  /// Bytes that are still to come, the line break among them.
  private var left = 0
  private(set) var place = RecordPlace(source: SourceRef(bits: 0), position: .whole)

  var isOpen: Bool { left > 0 }

  enum Step {
    case goesOn
    /// The message is whole and ends so far into the line.
    case ends(Int)
    /// The line is none of the message's.
    case isNone
  }

  /// Opens a frame whose count goes beyond its line; false where it does not.
  mutating func open(_ line: Span<UInt8>, from start: Int, limit: Int, at place: RecordPlace) -> Bool {
    guard start < line.count, line[start] &- 0x31 <= 8, let end = SyslogLine.countedEnd(line, from: start),
      end > line.count + 1, end - start <= limit,
      let priority = line.indices.first(where: { $0 >= start && line[$0] == 0x3C }),
      SyslogLine.priority(line, at: priority) != nil
    else { return false }
    bytes.removeAll(keepingCapacity: true)
    bytes.append(copying: line.extracting(start..<line.count))
    left = end - line.count
    self.place = place
    return true
  }

  /// Takes a line.
  mutating func add(_ line: Span<UInt8>) -> Step {
    let end = left - 1
    if end > 0, SyslogLine.countedEnd(line, from: 0) != nil || SyslogLine.priority(line, at: 0) != nil {
      return .isNone
    }
    if end > line.count {
      append(line)
      left -= 1 + line.count
      return left > 1 ? .goesOn : .ends(line.count)
    }
    guard end == line.count || SyslogLine.countedEnd(line, from: end) != nil else { return .isNone }
    append(line.extracting(0..<end))
    return .ends(end)
  }

  /// Hands out what there is of the message.
  mutating func take() -> [UInt8] {
    left = 0
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
  }

  private mutating func append(_ line: Span<UInt8>) {
    bytes.append(0x0A)
    bytes.append(copying: line)
  }
}

extension SyslogLine {
  /// One past the message at a place whose count goes beyond the end of its line, where the next message's count or nothing stands there.
  static func behindLines(_ b: Span<UInt8>, from start: Int, line end: Int) -> Int? {
    guard start < b.count, b[start] &- 0x31 <= 8, let behind = countedEnd(b, from: start), behind > end + 1,
      behind == b.count || behind < b.count && countedEnd(b, from: behind) != nil
    else { return nil }
    return behind
  }
}

extension JSONMemberDecoder {
  /// Takes a line where a message is open that goes on in it.
  ///
  /// - Returns: where the line's own begins; nil where all of it is the message's.
  mutating func continueFrame(_ text: Span<UInt8>, into batch: inout RecordBatch) -> Int? {
    let step = frame.add(text)
    switch step {
    case .goesOn:
      batch.recordCounts.repair("continuationLine")
      return nil
    case .ends(let end):
      batch.recordCounts.repair("continuationLine")
      endFrame(into: &batch)
      return end < text.count ? end : nil
    case .isNone:
      endFrame(into: &batch)
      return 0
    }
  }

  /// Takes the open message, as much of it as there is.
  mutating func endFrame(into batch: inout RecordBatch) {
    guard frame.isOpen else { return }
    let place = frame.place
    let bytes = frame.take()
    _ = records.takeText(bytes.span, records.origin(into: &batch), at: place, into: &batch)
  }
}
