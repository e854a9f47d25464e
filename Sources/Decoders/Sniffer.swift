// Chooses a member's format by its first bytes, never by its name.

internal import Model

/// What the first bytes of a member look like.
enum SniffedFormat: Equatable {
  case empty
  case xml
  case json
  /// A test report in JSON.
  case reportJSON(JSONReportDialect)
  /// Test results of the Test Anything Protocol.
  case tap
  /// Delimited rows under a header whose column names are understood, or that a rule names.
  case table(delimiter: UInt8)
  case logLines
  case journalExport
  case journalVerbose
  case windowsEvents
  /// Windows events as wevtutil prints them for people.
  case windowsText
  /// Windows events in JSON, each behind a line with its number.
  case numberedJSON
  /// Events that a server sends: fields a line, of which `data` holds the records.
  case eventStream
  /// UTF-16 text that is no XML: to be transcoded and sniffed again.
  case utf16(bigEndian: Bool)
  case otlpProtobuf(OTLPWire)
  case binary
}

enum Sniffer {
  /// How many bytes are looked at; a shorter member is looked at whole.
  static let headSize = 64 << 10

  static func sniff(_ head: Span<UInt8>, rule: FormatRule?) -> SniffedFormat {
    if head.isEmpty { return .empty }
    if let wire = OTLPWire.sniff(head) { return .otlpProtobuf(wire) }
    if let wide = utf16(head) { return wide }
    var start = 0
    if head.count >= 3, head[0] == 0xEF, head[1] == 0xBB, head[2] == 0xBF { start = 3 }
    // A hole that a crash left in front of the first line says nothing about the format.
    while start < head.count, head[start] == 0 { start += 1 }
    var first = start
    while first < head.count, isBetweenValues(head[first]) { first += 1 }
    if first == head.count { return start == head.count && head[0] == 0 ? .binary : .logLines }
    if let rule, !rule.table.isEmpty || !rule.values.isEmpty {
      let line = head.extracting(start..<ByteScan.lineEnd(head, start))
      return .table(delimiter: DelimitedRow.delimiter(of: line, wanted: Array(rule.table.values) + rule.values))
    }
    if startsXML(head, first) {
      return WindowsEventDecoder.recognizes(head.extracting(first..<head.count)) ? .windowsEvents : .xml
    }
    if JournalExportDecoder.recognizes(head, from: start) { return .journalExport }
    if JournalVerbose.recognizes(head, from: start) { return .journalVerbose }
    if WindowsTextDecoder.recognizes(head, from: first) { return .windowsText }
    if NumberedRecords.recognizes(head, from: first) { return .numberedJSON }
    if rule?.keys.isEmpty != false, let dialect = JSONReportDialect.recognize(head.extracting(first..<head.count)) {
      return .reportJSON(dialect)
    }
    if startsJSON(head, first), !TablePreface.begins(head, at: start) { return .json }
    if isBinary(head, start) { return .binary }
    if EventStream.recognizes(head, from: start) { return .eventStream }
    if hasXMLLine(head, start) {
      // evtx_dump writes the record's number in front of each event.
      return JSONScanner.matches(head, first, "Record ")
        && WindowsEventDecoder.recognizes(head.extracting(first..<head.count))
        ? .windowsEvents : .xml
    }
    if TAPLine.recognize(head, from: start) { return .tap }
    if rule?.keys.isEmpty == false || mostLinesAreObjects(head, start) || hasPrintedSpan(head, start) { return .json }
    if TablePreface.begins(head, at: start) { start = min(ByteScan.lineEnd(head, start) + 1, head.count) }
    let line = head.extracting(start..<ByteScan.lineEnd(head, start))
    if let delimiter = TableMapping.inferredDelimiter(line) { return .table(delimiter: delimiter) }
    return .logLines
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// What may stand in front of a JSON text: white space, and the record separator of sequences (RFC 7464 §2.2).
  static func isBetweenValues(_ byte: UInt8) -> Bool { isSpace(byte) || byte == JSONSequence.separator }

  private static func utf16(_ head: Span<UInt8>) -> SniffedFormat? {
    guard head.count >= 4 else { return nil }
    let marked = (head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)
    // Without a mark: every other byte of the first characters is zero.
    let little = head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0
    let big = head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0
    guard marked || little || big else { return nil }
    let bigEndian = marked ? head[0] == 0xFE : big
    var i = marked ? 2 : 0
    while i + 1 < head.count {
      let unit = bigEndian ? (head[i], head[i + 1]) : (head[i + 1], head[i])
      if unit.0 == 0, isSpace(unit.1) {
        i += 2
        continue
      }
      return unit == (0, 0x3C) && !isWindowsEvents(head, bigEndian) ? .xml : .utf16(bigEndian: bigEndian)
    }
    return .utf16(bigEndian: bigEndian)
  }

  /// Whether UTF-16 text speaks of Windows events in its first bytes.
  private static func isWindowsEvents(_ head: Span<UInt8>, _ bigEndian: Bool) -> Bool {
    var text: [UInt8] = []
    var i = bigEndian ? 1 : 0
    while i < min(head.count, 4096) {
      text.append(head[i])
      i += 2
    }
    return WindowsEventDecoder.recognizes(text.span)
  }

  /// `<` and the start of a name, a declaration or an instruction; `<34>1 2026…` is a syslog line.
  private static func startsXML(_ head: Span<UInt8>, _ first: Int) -> Bool {
    guard head[first] == 0x3C else { return false }
    guard first + 1 < head.count else { return true }
    switch head[first + 1] {
    case 0x21, 0x3F, 0x2F, 0x3A, 0x5F, 0x41...0x5A, 0x61...0x7A, 0x80...:
      return !isBracketedLine(head, first)
    default: return false
    }
  }

  /// Whether a line in angle brackets is a log's: WebLogic's output begins with a date (`<Nov 25, 2026, 2:00:00,123 AM UTC> <Error> …`),
  /// NetworkManager's and others' with a level and text behind it on the same line (`<warn>  [1795572000.1234] …`, nm-logging.c).
  private static func isBracketedLine(_ head: Span<UInt8>, _ first: Int) -> Bool {
    let line = head.extracting(first..<ByteScan.lineEnd(head, first))
    guard line.count > 8, line[1] >= 0x41 else { return false }
    let close = ByteScan.find(0x3E, in: line.extracting(first: 64), from: 1)
    guard close + 2 < line.count, close < 64 else { return false }
    if ByteScan.find(0x20, in: line, from: 1) < close {
      let times = LogTimeParser(clock: LogClock(zoneSeconds: 0, lastDay: nil))
      return times.parse(line, 1).map { $0.end <= close } ?? false
    }
    guard line[close + 1] == 0x20, !Model.severity(of: line.extracting(1..<close)).isUnknown else { return false }
    // An element of that name ends on its line, or holds others.
    var i = close + 1
    while i < line.count, line[i] == 0x20 { i += 1 }
    guard i < line.count, line[i] != 0x0D else { return false }
    return !(i..<line.count).contains { JSONScanner.matches(line, $0, "</") }
  }

  /// Whether a line among the first ones begins a test report: a runner may talk before it writes.
  private static func hasXMLLine(_ head: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    for _ in 0..<64 where i < head.count {
      if XMLText.matches("<?xml ", head, i) || XMLText.matches("<testsuite", head, i) { return true }
      i = ByteScan.lineEnd(head, i) + 1
    }
    return false
  }

  /// Whether a JSON text starts here; `[main] INFO`, `[2026-01-01` and `[12] started` are log lines.
  private static func startsJSON(_ head: Span<UInt8>, _ first: Int) -> Bool {
    switch head[first] {
    case 0x7B: return !NodeConsole.begins(head, at: first)
    case 0x22: return lineIsOneString(head, first)
    case 0x5B: break
    default: return lineIsOneLiteral(head, first)
    }
    var i = first + 1
    while i < head.count, isSpace(head[i]) { i += 1 }
    guard i < head.count else { return true }
    switch head[i] {
    case 0x7B, 0x5B, 0x22: return true
    case 0x5D: return onlySpaceUntilLineEnd(head, i + 1)
    default: break
    }
    guard let end = literalEnd(head, i) else { return false }
    i = end
    while i < head.count, isSpace(head[i]) { i += 1 }
    guard i < head.count else { return true }
    if head[i] == 0x2C { return true }
    return head[i] == 0x5D && onlySpaceUntilLineEnd(head, i + 1)
  }

  private static func literalEnd(_ head: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    while i < head.count, head[i] > 0x20, head[i] != 0x2C, head[i] != 0x5D, head[i] != 0x7D, i - start < 4096 {
      i += 1
    }
    var reader = JSONScanner(at: start)
    return reader.skipValue(head.extracting(0..<i)) && reader.position == i ? i : nil
  }

  /// A number or word alone on the first line begins JSON lines only if the next line goes on like JSON.
  private static func lineIsOneLiteral(_ head: Span<UInt8>, _ first: Int) -> Bool {
    guard let end = literalEnd(head, first), onlySpaceUntilLineEnd(head, end) else { return false }
    var i = end
    while i < head.count, isSpace(head[i]) { i += 1 }
    return i == head.count || head[i] == 0x7B || head[i] == 0x5B
  }

  private static func lineIsOneString(_ head: Span<UInt8>, _ first: Int) -> Bool {
    var reader = JSONScanner(at: first)
    return reader.skipValue(head) && onlySpaceUntilLineEnd(head, reader.position)
  }

  private static func onlySpaceUntilLineEnd(_ head: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    while i < head.count, head[i] != 0x0A {
      if !isSpace(head[i]) { return false }
      i += 1
    }
    return true
  }

  /// A banner of plain text may come before JSON lines.
  private static func mostLinesAreObjects(_ head: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    var lines = 0
    var objects = 0
    while i < head.count, lines < 64 {
      let end = ByteScan.lineEnd(head, i)
      while i < end, isSpace(head[i]) { i += 1 }
      if i < end {
        lines += 1
        if head[i] == 0x7B, i + 1 < end, head[i + 1] == 0x22 { objects += 1 }
      }
      i = end + 1
    }
    return objects * 2 > lines
  }

  /// Whether a program prints its spans over lines between its other output: a bracket alone on a line, and in the value
  /// that it begins the context of a span.
  private static func hasPrintedSpan(_ head: Span<UInt8>, _ start: Int) -> Bool {
    var i = start
    for _ in 0..<256 where i < head.count {
      let end = ByteScan.lineEnd(head, i)
      if head[i] == 0x7B || head[i] == 0x5B, end <= i + 2 {
        var reader = JSONScanner(at: i)
        guard reader.skipValue(head) || reader.failure == .incomplete else {
          i = end + 1
          continue
        }
        for k in i..<max(i, min(reader.position, head.count) - 16)
        where head[k] == 0x22
          && (JSONScanner.matches(head, k, "\"trace_id\":") || JSONScanner.matches(head, k, "\"SpanContext\":"))
        {
          return true
        }
        return false
      }
      i = end + 1
    }
    return false
  }

  /// Zero bytes, many control characters, or mostly bytes that are no UTF-8.
  private static func isBinary(_ head: Span<UInt8>, _ start: Int) -> Bool {
    let end = min(head.count, start + 4096)
    var controls = 0
    var broken = 0
    var i = start
    while i < end {
      let byte = head[i]
      if byte == 0 {
        // However long, one hole.
        controls += 4
        while i + 1 < end, head[i + 1] == 0 { i += 1 }
      } else if byte < 0x20, !isSpace(byte), byte != 0x1B {
        controls += 1
      }
      if byte < 0x80 {
        i += 1
      } else {
        let length = UTF8Check.sequenceLength(head, i)
        if length == 0, i + 4 < head.count { broken += 1 }
        i += max(length, 1)
      }
    }
    let count = end - start
    return controls * 20 > count || broken * 10 > count * 3
  }
}
