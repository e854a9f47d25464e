// What Node.js prints of an error that nobody caught.

internal import Model
internal import Support

/// The record of a program's death, which begins with the place in its source and says only below that what happened:
///
///     /app/pay.js:31
///         throw new Error('no card')
///         ^
///
///     Error: no card
///         at charge (/app/pay.js:31:11)
///
/// (node_errors.cc, `GetErrorSource` and `PrintException`; the place may be `node:internal/…`, the error any value that was thrown.)
struct UncaughtError {
  var awaiting: LogStreams.Awaiting
  /// Lines behind the place so far: the source, the carets.
  private var lines = 0

  /// Further lines than these belong to no place.
  private static let most = 12

  /// Whether the carets stood below the source.
  private var isMarked = false
  /// The level of the record where the place turns out to be none.
  private let otherwise: Severity

  init(_ awaiting: LogStreams.Awaiting, otherwise: Severity) { (self.awaiting, self.otherwise) = (awaiting, otherwise) }

  /// Where no carets stand below it, the place in a module is a line like any other.
  mutating func judge() {
    if !isMarked, TraceFollower.isModulePlace(awaiting.text.span) { awaiting.log.severity = otherwise }
  }

  enum Step {
    /// The line is between the place and the error.
    case waits
    /// It tells the error.
    case told
    /// It belongs to none.
    case ends
  }

  /// Judges a line below the place.
  mutating func take(_ line: Span<UInt8>) -> Step {
    defer { lines += 1 }
    if lines == 0 { return .waits }
    let isMarks = line.indices.allSatisfy { line[$0] <= 0x20 || line[$0] == 0x5E || line[$0] == 0x7E }
    if isMarks { isMarked = true }
    if lines == 1 || isMarks { return isMarks ? .waits : .ends }
    guard line[0] > 0x20 else { return lines < Self.most ? .waits : .ends }
    return .told
  }

  /// Whether a line is the place of such an error.
  static func isPlace(_ line: Span<UInt8>) -> Bool {
    guard line.count > 5, line[line.count &- 1] &- 0x30 <= 9 else { return false }
    return TraceFollower.isScriptPlace(line) || TraceFollower.isRuntimePlace(line)
  }
}

extension JSONRecords {
  /// Goes on with the error whose place was read.
  mutating func takeUncaught(
    _ line: Span<UInt8>, _ stream: Int, at place: RecordPlace, into batch: inout RecordBatch
  ) {
    guard var error = intake.streams[stream].uncaught else { return }
    // The next record's line tells nothing of this one.
    if beginsRecord(line) {
      endUncaught(stream, error, into: &batch)
      return
    }
    switch error.take(line) {
    case .waits:
      intake.streams[stream].uncaught = error
      return
    case .told: error.awaiting.text = Array(copying: line.extracting(0..<min(line.count, context.settings.limits.text)))
    case .ends: break
    }
    endUncaught(stream, error, into: &batch)
  }

  /// Whether a line has a time in front, as its own form, a learned header or a date, or is a record in JSON: neither a source nor what
  /// was thrown begins so.
  private func beginsRecord(_ line: Span<UInt8>) -> Bool {
    if line.count > 1, line[0] == 0x7B, line[1] == 0x22 { return true }
    let times = intake.unwrapper.times
    if let time = times.parse(line, line[0] == 0x5B ? 1 : 0), time.isPlaced { return true }
    if intake.layouts.header(of: line, name: .none).header.time != .min { return true }
    return KnownLines.read(line, times, classifier.logKeys).map { $0.time != .min } ?? false
  }

  /// Writes the record of an error, and of the place alone where nothing stands below it.
  mutating func endUncaught(_ stream: Int, _ error: UncaughtError, into batch: inout RecordBatch) {
    intake.streams[stream].uncaught = nil
    intake.uncaught -= 1
    var error = error
    error.judge()
    append(error.awaiting, into: &batch)
  }
}
