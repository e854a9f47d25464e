// One result record in short, and its binary form: a few tens of bytes where a test passed.

package import Model
internal import Support

/// One result record in short.
package struct CompactResult: Hashable, Sendable {
  package var attempt = 0
  package var outcome = TestOutcome.passed
  package var marks: TestRecord.Marks = []
  /// Microseconds, -1 where unknown.
  package var duration: Int64 = -1
  /// Microseconds since the epoch, `Int64.min` where unknown.
  package var time: Int64 = .min
  package var line = 0
  package var failure: FailureNote?
  /// Whether the record is a bare `passed`: what pytest-rerunfailures leaves of an attempt.
  package var isBare = false
  package var inner: [Inner] = []
  /// The key of its suite, 0 where there is none.
  package var suite: UInt32 = 0
  /// The test's name before what varies from run to run was masked, in UTF-8; empty where nothing was.
  package var raw: [UInt8] = []

  /// An attempt told of inside the record.
  package struct Inner: Hashable, Sendable {
    package var outcome: TestOutcome
    package var duration: Int64
    package var failure: FailureNote
  }

  package init() {}

  package var isFailure: Bool { outcome.isFailure }

  /// Whether all there is to say is how the one attempt ended.
  var isPlain: Bool {
    failure == nil && inner.isEmpty && attempt == 0 && marks.isDisjoint(with: Self.telling) && !isFailure
  }

  /// Marks that tell of other attempts.
  private static let telling: TestRecord.Marks = [.flaky, .rerun, .earlierAttempt, .rerunPlaceholder]
}

extension CompactResult {
  private static let isBareFlag: UInt8 = 8
  private static let timeFlag: UInt8 = 16
  private static let moreFlag: UInt8 = 32
  private static let detailFlag: UInt8 = 64
  private static let suiteFlag: UInt8 = 128

  /// Writes the note; whoever calls writes the name of its test in front of it.
  func encode(to writer: inout ByteWriter) {
    let hasMore = attempt != 0 || !marks.isEmpty || !raw.isEmpty
    let hasDetail = failure != nil || !inner.isEmpty
    writer.byte(
      outcome.rawValue | (isBare ? Self.isBareFlag : 0) | (time != .min ? Self.timeFlag : 0)
        | (hasMore ? Self.moreFlag : 0) | (hasDetail ? Self.detailFlag : 0) | (suite != 0 ? Self.suiteFlag : 0))
    writer.signed(duration)
    writer.int(line)
    if time != .min { writer.signed(time) }
    if suite != 0 { writer.fixed32(suite) }
    if hasMore {
      writer.int(attempt)
      writer.unsigned(UInt64(marks.rawValue))
      writer.blob(raw)
    }
    guard hasDetail else { return }
    var detail = ByteWriter()
    detail.bool(failure != nil)
    failure?.encode(to: &detail)
    detail.array(inner) { writer, inner in
      writer.byte(inner.outcome.rawValue)
      writer.signed(inner.duration)
      inner.failure.encode(to: &writer)
    }
    writer.blob(detail.bytes)
  }

  /// Reads a note without what failed; that is read from `detail` where it is asked for.
  ///
  /// - Parameter reader: stands at the note's beginning, and behind it at the end.
  /// - Returns: where the detail lies in the reader's bytes.
  /// - Throws: `DecodeFailure` where the bytes are no note.
  @discardableResult mutating func decode(from reader: inout ByteReader) throws(DecodeFailure) -> Range<Int>? {
    let head = try reader.byte()
    guard let known = TestOutcome(rawValue: head & 7) else { throw reader.failure("unknown test outcome") }
    outcome = known
    isBare = head & Self.isBareFlag != 0
    duration = try reader.signed()
    line = try reader.int()
    time = head & Self.timeFlag != 0 ? try reader.signed() : .min
    suite = head & Self.suiteFlag != 0 ? try reader.fixed32() : 0
    attempt = 0
    marks = []
    if !raw.isEmpty { raw = [] }
    failure = nil
    if !inner.isEmpty { inner = [] }
    if head & Self.moreFlag != 0 {
      attempt = try reader.int()
      marks = TestRecord.Marks(rawValue: UInt16(truncatingIfNeeded: try reader.unsigned()))
      raw = try reader.blob()
    }
    return head & Self.detailFlag != 0 ? try reader.range() : nil
  }

  /// Reads the name of a test, whole, and the note behind it.
  ///
  /// - Parameter reader: stands at the name's beginning, and behind the note at the end.
  /// - Returns: where the name and the detail lie in the reader's bytes.
  /// - Throws: `DecodeFailure` where the bytes are none.
  @discardableResult mutating func decodeNamed(
    from reader: inout ByteReader
  ) throws(DecodeFailure) -> (test: Range<Int>, detail: Range<Int>?) {
    (try reader.range(), try decode(from: &reader))
  }

  /// Reads what failed.
  mutating func decodeDetail(from reader: inout ByteReader) throws(DecodeFailure) {
    failure = try reader.bool() ? FailureNote(from: &reader) : nil
    inner = try reader.array { reader throws(DecodeFailure) in
      guard let outcome = TestOutcome(rawValue: try reader.byte()) else { throw reader.failure("unknown test outcome") }
      return Inner(outcome: outcome, duration: try reader.signed(), failure: try FailureNote(from: &reader))
    }
  }
}
