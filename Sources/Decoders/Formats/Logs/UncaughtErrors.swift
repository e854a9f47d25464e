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

  init(_ awaiting: LogStreams.Awaiting) { self.awaiting = awaiting }

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
    let isMarked = line.indices.allSatisfy { line[$0] <= 0x20 || line[$0] == 0x5E || line[$0] == 0x7E }
    if lines == 1 || isMarked { return isMarked ? .waits : .ends }
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
    switch error.take(line) {
    case .waits:
      intake.streams[stream].uncaught = error
      return
    case .told: error.awaiting.text = Array(copying: line.extracting(0..<min(line.count, context.settings.limits.text)))
    case .ends: break
    }
    endUncaught(stream, error, into: &batch)
  }

  /// Writes the record of an error, and of the place alone where nothing stands below it.
  mutating func endUncaught(_ stream: Int, _ error: UncaughtError, into batch: inout RecordBatch) {
    intake.streams[stream].uncaught = nil
    intake.uncaught -= 1
    append(error.awaiting, into: &batch)
  }
}
