// JSON test reports: one document, or lines of objects, walked into the reader of the dialect.

internal import Model
internal import Support

struct JSONReportDecoder: ChunkedDecoder {
  var format: String { dialect.rawValue }
  var carry = PendingBytes()
  private var context: MemberContext
  private let dialect: JSONReportDialect
  private var reader: any JSONReportReader
  private var sheet: ReportBuilder
  private var walker: JSONReportWalker
  private var values = 0
  /// The rest of a line that is not read.
  private var skipsLine = false
  /// A document that is no JSON any more: nothing behind it is read.
  private var hasStopped = false
  private var isDamaged = false

  init(context: MemberContext, dialect: JSONReportDialect) {
    self.context = context
    self.dialect = dialect
    reader = dialect.reader
    sheet = ReportBuilder(context: context)
    sheet.name(dialect: dialect.rawValue)
    let limits = context.settings.limits
    walker = JSONReportWalker(
      depthLimit: limits.jsonDepth, stringLimit: min(limits.line, max(limits.text * 6, 1 << 16)))
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    loop: while i < b.count {
      if hasStopped {
        i = b.count
        break
      }
      if skipsLine || walker.isBetweenValues {
        guard findValue(b, &i) else { break }
      }
      let (next, failure) = walker.walk(b, from: i, isFinal: isFinal, &reader, on: &sheet)
      i = next
      switch failure {
      case .none: values += 1
      case .incomplete where !isFinal && b.count - i <= context.settings.limits.line: break loop
      default: giveUp(failure, at: i, b)
      }
    }
    walker.rebase(i, b)
    sheet.drain(&context, into: &batch)
    return i
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    let isWhole = walker.isBetweenValues && !hasStopped
    if !walker.isBetweenValues {
      sheet.note(
        "incompleteReport", .warning, line: walker.line, "the report ends before its end: what is there was read")
    }
    if walker.sawBadUTF8 {
      sheet.note("repairedText", .warning, line: 1, "bytes that are no UTF-8 were replaced by U+FFFD")
    }
    if walker.cutStrings > 0 {
      sheet.note(
        "textCut", .note, line: 1, "\(walker.cutStrings) long texts were cut to their beginning", limit: "textBytes")
    }
    reader.finish(complete: isWhole && complete, on: &sheet)
    if sheet.recordCount == 0, !sheet.isNoResultReport {
      sheet.note("noResults", .note, line: 1, "the report holds no result")
    }
    sheet.close(complete: isWhole && !isDamaged && complete)
    sheet.drain(&context, into: &batch)
    context.close(into: &batch)
  }

  /// Goes to the next value, over white space and over lines of text that stand around the JSON.
  ///
  /// - Returns: false where the bytes at hand hold none.
  private mutating func findValue(_ b: Span<UInt8>, _ i: inout Int) -> Bool {
    while i < b.count {
      if skipsLine {
        i = ByteScan.lineEnd(b, i)
        if i < b.count { skipsLine = false }
        continue
      }
      let byte = b[i]
      if Sniffer.isSpace(byte) || byte == 0 {
        i += 1
      } else if byte == 0xEF, i + 2 < b.count, b[i + 1] == 0xBB, b[i + 2] == 0xBF {
        i += 3
      } else if byte == 0x7B || (byte == 0x5B && !dialect.isLines), dialect.isLines || values == 0 {
        return true
      } else {
        walker.moveLine(to: i, in: b)
        sheet.note("textOutsideJSON", .note, line: walker.line, "text around the JSON was skipped")
        skipsLine = true
      }
    }
    return false
  }

  private mutating func giveUp(_ failure: JSONScanner.Failure, at i: Int, _ b: Span<UInt8>) {
    walker.moveLine(to: i, in: b)
    isDamaged = true
    walker.abandon()
    sheet.markRecovered()
    switch failure {
    case .depth:
      let limit = context.settings.limits.jsonDepth
      sheet.note(
        "jsonTooDeep", .error, line: walker.line, "nested deeper than \(limit): what came behind was left out",
        limit: "jsonDepth")
    case .incomplete:
      sheet.note("cutOff", .error, line: walker.line, "the JSON ends in the middle of a value")
    case .syntax, .none:
      sheet.note("malformedJSON", .error, line: walker.line, "not valid JSON: what came behind was left out")
    }
    if dialect.isLines { skipsLine = true } else { hasStopped = true }
  }
}
