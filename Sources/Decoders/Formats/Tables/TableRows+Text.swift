// The text of a table's log record.

internal import Model
internal import Support

extension TableRows {
  /// Keeps the text of a record: of a JSON object what it says, within the limit.
  func keep(
    _ text: Span<UInt8>, _ log: inout LogLine, _ context: borrowing MemberContext, into batch: inout RecordBatch
  ) {
    log.textStart = batch.text.count
    var unwrapped: [UInt8] = []
    if text.count > 0, text[0] == 0x7B,
      LogText.unwrap(text, depthLimit: context.settings.limits.jsonDepth, severity: &log.severity, into: &unwrapped)
    {
      append(unwrapped.span, &log, limit: context.settings.limits.text, into: &batch)
    } else if ByteScan.find(0x1B, in: text, from: 0) < text.count, let plain = TerminalColours.removed(text) {
      append(plain.span, &log, limit: context.settings.limits.text, into: &batch)
    } else {
      append(text, &log, limit: context.settings.limits.text, into: &batch)
    }
  }

  /// Adds the line that a row holds to a sample.
  func addLine(_ b: Span<UInt8>, _ row: DelimitedRow, to layouts: inout LogLayouts) {
    guard mapping.kind == .logs, mapping.message >= 0 else { return }
    let text = b.extracting(field(b, row, mapping.message))
    guard text.count > 8, text[0] != 0x7B else { return }
    if ByteScan.find(0x1B, in: text, from: 0) < text.count, let plain = TerminalColours.removed(text) {
      layouts.add(plain.span, of: .none)
    } else if text[0] == 0x3C || SyslogLine.beginsWithMonth(text), let layer = unwrapper.relayed(text) {
      // The header of syslog is taken off; the program's own is what its lines have in common.
      layouts.add(text.extracting(layer.start..<text.count), of: .none)
    } else {
      layouts.add(text, of: .none)
    }
  }

  private func append(_ text: Span<UInt8>, _ log: inout LogLine, limit: Int, into batch: inout RecordBatch) {
    var content = LogText.content(text)
    // The level of the line's own header counts before that of a column, which may be the collector's.
    let header = layouts?.header(of: text, name: .none).header
    if let header, header.messageStart > 0, !header.severity.isUnknown, header.time != .min || log.severity.isUnknown {
      (content.start, log.severity) = (min(header.messageStart, content.end), header.severity)
    }
    if log.severity == .unknown { log.severity = content.severity }
    if log.severity.isUnknown {
      // A device's code stands behind its own time; `error: …` is how many programs begin.
      let start = max(content.start, header?.messageStart ?? 0)
      let message = text.extracting(min(start, content.end)..<content.end)
      log.severity = MessageCode.network(message)?.severity ?? JSONRecords.leadingLevel(message).severity
    }
    var end = content.end
    if end - content.start > limit {
      end = content.start + limit
      batch.recordCounts.repair("textCut")
    }
    batch.text.append(copying: text.extracting(content.start..<end))
    log.textCount = end - content.start
  }
}
