internal import Model
internal import Support

/// The attempts of one edge field by field: most of a night's partials is attempts, and their fields are alike.
extension CallPartial {
  private enum Column {
    static let flags = 0
    static let failure = 1
    static let counted = 2
    static let start = 3
    static let duration = 4
    static let answered = 5
    static let answerFailure = 6
    static let lead = 7
    static let target = 8
    static let asked = 9
    static let count = 10
  }

  static func encode(_ attempts: [LoggedAttempt], to writer: inout ByteWriter) {
    writer.unsigned(UInt64(attempts.count))
    var columns = ByteColumns(count: Column.count)
    var clock: Int64 = 0
    for attempt in attempts {
      let isAnswered = attempt.answered >= 0
      columns[Column.flags].byte(
        (attempt.isFirst ? 1 : 0) | (attempt.isRoot ? 2 : 0) | (isAnswered ? 4 : 0) | (attempt.target != 0 ? 8 : 0)
          | attempt.marks.rawValue << 4)
      columns[Column.failure].byte(attempt.failure)
      columns[Column.counted].byte(attempt.counted)
      columns[Column.start].signed(attempt.start &- clock)
      columns[Column.duration].signed(attempt.duration)
      if isAnswered {
        // As a rule a little less than the attempt.
        columns[Column.answered].signed(attempt.duration &- Int64(attempt.answered))
        columns[Column.answerFailure].byte(attempt.answerFailure)
        columns[Column.lead].unsigned(UInt64(attempt.lead))
      }
      if attempt.target != 0 { columns[Column.target].unsigned(UInt64(attempt.target)) }
      if attempt.failure != 0 { columns[Column.asked].unsigned(UInt64(attempt.asked.code)) }
      clock = attempt.start
    }
    columns.encode(to: &writer)
  }

  static func attempts(from reader: inout ByteReader) throws(DecodeFailure) -> [LoggedAttempt] {
    let count = try reader.count(minimumBytes: 5)
    var columns = try ByteColumnReaders(from: &reader, count: Column.count)
    var attempts: [LoggedAttempt] = []
    attempts.reserveCapacity(min(count, 1 << 16))
    var clock: Int64 = 0
    for _ in 0..<count {
      let flags = try columns[Column.flags].byte()
      clock = clock &+ (try columns[Column.start].signed())
      let duration = try columns[Column.duration].signed()
      guard flags & 1 != 0 || !attempts.isEmpty, duration >= 0 else { throw reader.failure("episode out of shape") }
      var attempt = LoggedAttempt(
        start: clock, duration: duration, failure: try columns[Column.failure].byte(),
        counted: try columns[Column.counted].byte(), isFirst: flags & 1 != 0, isRoot: flags & 2 != 0)
      attempt.marks = LoggedAttempt.Marks(rawValue: flags >> 4)
      if flags & 4 != 0 {
        guard let answered = Int32(exactly: duration &- (try columns[Column.answered].signed())), answered >= 0,
          let lead = UInt16(exactly: try columns[Column.lead].unsigned())
        else { throw reader.failure("answer out of range") }
        (attempt.answered, attempt.lead) = (answered, lead)
        attempt.answerFailure = try columns[Column.answerFailure].byte()
      }
      if flags & 8 != 0 {
        guard let target = UInt32(exactly: try columns[Column.target].unsigned()) else {
          throw reader.failure("target out of range")
        }
        attempt.target = target
      }
      if attempt.failure != 0 {
        guard let code = UInt16(exactly: try columns[Column.asked].unsigned()), code < 1 << 15 else {
          throw reader.failure("a server's wait out of range")
        }
        attempt.asked = AskedWait(code: code)
      }
      attempts.append(attempt)
    }
    try columns.close()
    return attempts
  }
}
