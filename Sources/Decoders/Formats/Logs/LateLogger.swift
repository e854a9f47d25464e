// Where the lines of a file name their logger, if not in front of the message.

internal import Model

/// Layouts that write the logger behind what it says. Names may stand there in anybody's text, so the file's lines tell of it together.
enum LateLogger: Sendable {
  case none
  /// At the end of the line (`EndingLogger`).
  case atEnd
  /// Between the event and its pairs (`EventLogger`).
  case behindEvent

  /// What the lines of a sample tell of it.
  struct Evidence {
    private var ending = EndingLogger.Evidence()
    private var event = EventLogger.Evidence()

    /// Takes a line with its header; one that names its component says nothing.
    mutating func add(_ line: Span<UInt8>, _ header: borrowing LogHeader) {
      guard header.time != .min, header.messageStart > 0, header.component.isEmpty else { return }
      ending.add(line, header)
      event.add(line, header)
    }

    var place: LateLogger { ending.isUsual ? .atEnd : event.isUsual ? .behindEvent : .none }
  }

  /// Where the logger's name stands in a line whose message begins at a place.
  func find(in line: Span<UInt8>, from start: Int) -> Range<Int>? {
    switch self {
    case .none: nil
    case .atEnd: EndingLogger.find(in: line, from: start)
    case .behindEvent: EventLogger.find(in: line, from: start)
    }
  }
}
