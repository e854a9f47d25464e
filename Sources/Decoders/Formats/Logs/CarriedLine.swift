// Whether the text of a record is the line of another program.

internal import Model
internal import Support

/// What tells of a record's text, the body of OTLP's or a table's message, that a program printed it and a collector only wrapped it.
enum CarriedLine {
  /// Whether a text has a form that is read without a learned header: a header of syslog or of a container runtime, a logger's own form, or
  /// what a runtime prints of a crash.
  static func isKnown(_ text: Span<UInt8>, _ unwrapper: LineUnwrapper, _ table: LogKeyTable) -> Bool {
    guard text.count > 4 else { return false }
    if text[0] == 0x3C || SyslogLine.beginsWithMonth(text), unwrapper.relayed(text) != nil { return true }
    return TraceFollower.crash(text) != nil || LineUnwrapper.runtimeLayer(text, unwrapper.times) != nil
      || KnownLines.read(text, unwrapper.times, table) != nil
  }

  /// Whether a text may go on with the record before it: it has neither a time nor a level of its own in front.
  static func isBare(_ text: Span<UInt8>) -> Bool {
    let content = LogText.content(text)
    return content.severity.isUnknown && (content.start == 0 || text[0] == 0x20 || text[0] == 0x09)
  }
}
