// Tracebacks in a box.

internal import Model
internal import Support

extension TraceFollower {
  /// Judges a line of the box that Rich draws around the traceback of an exception (rich.traceback.Traceback; structlog's
  /// `ConsoleRenderer`, Typer): its head, sides and foot, below which the exception stands. Nil for any other line.
  mutating func boxed(_ line: Span<UInt8>) -> Verdict? {
    // Corners round (U+256D, U+2570) or square (U+250C, U+2514), sides U+2502.
    let isHead = Self.begins(line, "\u{256D}") || Self.begins(line, "\u{250C}")
    if isHead, Self.holds(line, "Traceback (most recent call last)") {
      let joins = mayBeTraced
      phase = .pythonBox
      return joins ? .continues : .record(.error)
    }
    guard phase == .pythonBox else { return nil }
    if Self.begins(line, "\u{2570}") || Self.begins(line, "\u{2514}") { phase = .pythonFrames }
    return .continues
  }

  /// Whether the traceback that begins may be that of the record before it.
  private var mayBeTraced: Bool { phase == .fresh && !isCalm || phase == .announced || phase == .pythonFrames }
}
