// Records of several lines whose header or marks tell where they end.

internal import Model
internal import Support

/// What ends a record whose header told that it goes on below.
enum OpenRecord: UInt8, Sendable {
  case none
  /// The `>` that closes WebLogic's last field, at the end of some line.
  case bracket
  /// The corner of Julia's box: the lines before it begin with a bar.
  case box
  /// The quote behind what nginx cites of a program's output, in front of ` while reading …`.
  case quote
  /// The mark behind a backtrace that was printed between two.
  case backtrace
  /// The next line with a header, or that is a record without one: the message stands below its own.
  case message
}

extension KnownLines {
  /// `┌ Error: MESSAGE`, the first line of a box, and `[ Info: MESSAGE`, a record of one line (Julia, Logging.ConsoleLogger).
  static func julia(_ line: Span<UInt8>) -> TextRecord? {
    let isBox = JSONScanner.matches(line, 0, "\u{250C} ")
    guard isBox || JSONScanner.matches(line, 0, "[ ") else { return nil }
    let word = isBox ? 4 : 2
    let colon = ByteScan.find(0x3A, in: line.extracting(first: word + 16), from: word)
    guard colon > word, colon + 1 < min(line.count, word + 16), line[colon + 1] == 0x20, line[word] &- 0x41 < 26 else {
      return nil
    }
    let severity = Model.severity(of: line.extracting(word..<colon))
    guard !severity.isUnknown else { return nil }
    return TextRecord(severity: severity, message: colon + 2..<line.count, unclosed: isBox ? .box : .none)
  }
}

extension KnownLines {
  /// `----- BEGIN BACKTRACE -----` and `-----  END BACKTRACE  -----`: between the two MongoDB's servers before version 4.4 print what they
  /// died at, as an object and as lines (src/mongo/util/stacktrace_posix.cpp, `printStackTrace`).
  static func isBacktraceMark(_ line: Span<UInt8>, _ word: StaticString) -> Bool {
    guard JSONScanner.matches(line, 0, "----- "), JSONScanner.matches(line, line.count - 6, " -----") else {
      return false
    }
    let start = line[6] == 0x20 ? 7 : 6
    return JSONScanner.matches(line, start, word)
      && JSONScanner.matches(line, start + word.utf8CodeUnitCount, " BACKTRACE ")
  }
}

extension JSONRecords {
  /// Lines of an open record.
  private static let longestOpen = 1000
  /// Lines below a header without a message: what frameworks report so fills a screen.
  private static let longestHeaded = 20

  /// Whether a line without a header of its own is the rest of a record that is still open; the one that closes it is, too.
  mutating func goesOnOpen(_ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int) -> Bool {
    switch intake.streams[stream].unclosed {
    case .none: return false
    case .bracket, .quote:
      // Its end may have been cut off: a line with a time of its own is another's, and no message is longer than this.
      intake.streams[stream].taken += 1
      let isOther = intake.unwrapper.times.parse(line, 0) != nil || intake.unwrapper.times.parse(line, 1) != nil
      if isOther || intake.streams[stream].taken > Self.longestOpen {
        intake.streams[stream].unclosed = .none
        return false
      }
      let isQuote = intake.streams[stream].unclosed == .quote
      if isQuote ? Self.endsQuote(line, from: 0) : line[line.count - 1] == 0x3E {
        intake.streams[stream].unclosed = .none
      }
      return true
    case .message:
      intake.streams[stream].taken += 1
      guard intake.streams[stream].taken <= Self.longestHeaded else {
        intake.streams[stream].unclosed = .none
        return false
      }
      return true
    case .backtrace:
      intake.streams[stream].taken += 1
      // A crash may cut it off.
      let isOther =
        intake.unwrapper.times.parse(line, line[0] == 0x5B ? 1 : 0)?.isPlaced == true || Self.isLevelled(line)
      if isOther || intake.streams[stream].taken > Self.longestOpen || KnownLines.isBacktraceMark(line, "END") {
        intake.streams[stream].unclosed = .none
      }
      return !isOther
    case .box:
      let isCorner = JSONScanner.matches(line, 0, "\u{2514}")
      if !isCorner, JSONScanner.matches(line, 0, "\u{2502}") { return true }
      intake.streams[stream].unclosed = .none
      return isCorner
    }
  }

  /// Whether a line is the rest of a record that takes whatever it looks like; a message below its header ends where a record begins.
  mutating func goesOnWhatever(_ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int) -> Bool {
    switch intake.streams[stream].unclosed {
    case .backtrace: return goesOnOpen(line, around, stream)
    case .message: closeHeaded(line, around, stream)
    case .none, .bracket, .quote, .box: break
    }
    return false
  }

  /// Whether a line below a header without a message is no part of it: a record by its header or its form, a request, or text that
  /// begins with a level in capitals and a colon.
  func beginsRecord(_ line: Span<UInt8>, _ around: LineEnvelope) -> Bool {
    hasHeader(line, around) || AccessLines.looksLike(line) || Self.isLevelled(line)
  }

  /// Whether a line is what a program dies of: no message of its logger's, but the report of Spring Boot's analyzer is one.
  func endsHeaded(_ line: Span<UInt8>) -> Bool { line[0] != 0x41 && TraceFollower.crash(line) != nil }

  /// Ends what stands below a header without a message, whatever then takes the line.
  mutating func closeHeaded(_ line: Span<UInt8>, _ around: LineEnvelope, _ stream: Int) {
    if beginsRecord(line, around) || endsHeaded(line) { intake.streams[stream].unclosed = .none }
  }

  private static func isLevelled(_ line: Span<UInt8>) -> Bool {
    var end = 0
    while end < line.count, end <= 8, line[end] &- 0x41 < 26 { end += 1 }
    guard end >= 3, end < line.count, line[end] == 0x3A else { return false }
    return !Model.severity(of: line.extracting(0..<end)).isUnknown
  }

  /// Notes that a record of nginx cites what a program wrote over several lines, `FastCGI sent in stderr: "PHP message: …`
  /// (src/http/modules/ngx_http_fastcgi_module.c), which ends on a line below.
  mutating func noteQuote(_ line: Span<UInt8>, _ message: Span<UInt8>, _ stream: Int) {
    guard line[4] == 0x2F else { return }
    let quote = ByteScan.find(0x22, in: message.extracting(first: 80), from: 0)
    guard quote >= 24, JSONScanner.matches(message, quote - 24, "FastCGI sent in stderr: \""),
      !Self.endsQuote(message, from: quote + 1)
    else { return }
    intake.streams[stream].unclosed = .quote
    intake.streams[stream].taken = 0
  }

  private static func endsQuote(_ line: Span<UInt8>, from start: Int) -> Bool {
    var i = ByteScan.find(0x22, in: line, from: start)
    while i < line.count {
      if JSONScanner.matches(line, i, "\" while ") { return true }
      i = ByteScan.find(0x22, in: line, from: i + 1)
    }
    return false
  }
}
