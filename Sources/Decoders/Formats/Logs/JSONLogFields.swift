internal import Model
internal import Support

/// What one JSON log record says, before it is known whether its message is a line of another program.
struct JSONLogFields {
  var time: Int64 = .min
  var hasZone = false
  /// Whether the record tells when what it tells of was made, which is not taken for its time.
  var hasCreation = false
  var severity = Severity.unknown
  /// What `pri` says, which is a priority of syslog only beside the program or the host.
  var priority: JSONStringSlice?
  /// Whether `ident` names the program, as Fluent Bit's parsers of syslog have it.
  var hasIdent = false
  var name = Symbol.none
  var rank = NameRank.none
  var request = RequestID.none
  /// The same where it is its process's own count.
  var counted = RequestID.none
  var requestText = Symbol.none
  var span: UInt64 = 0
  var stream: UInt8 = 0
  /// The message, where it is a text.
  var message: JSONStringSlice?
  /// A message that is an object or array itself.
  var raw: Range<Int>?
  /// The object that an agent of Cloud Logging made of a program's own record.
  var payload: Range<Int>?
  /// The level among the record's tags.
  var tagged = Severity.unknown
  /// What `ProcessName` says, which names the program of a message of syslog only.
  var process: JSONStringSlice?
  /// What `source` says, which names the program of an event of Windows only.
  var source: JSONStringSlice?
  /// Whether the message is one of syslog, as Azure's table of that name holds it.
  var isSyslog = false
  /// Whether the message is the line of another program.
  var isWrapped = false
  /// Whether the record is one whatever its message looks like: only its text is searched for a level.
  var isWhole = false
  /// Whether that is so only where the message turns out to have a header of its own.
  var isShipped = false
  /// Whether the runtime says that the message goes on in the stream's next record.
  var isPartial = false
  /// Whether the message lacks the line feed that Docker leaves at the end of a whole one.
  var isUnended = false
  /// Docker's own three keys and no more.
  var isDocker = false
  /// Whether a status says `ok`, which is a level of Datadog's records only.
  var isOK = false
  /// The number of a level whose scale the key does not tell.
  var level: Int64?
  /// Whether the time is milliseconds under `ts`.
  var hasMilliseconds = false
  /// Whether the name is that of an exception's class.
  var isException = false
  var shape = LevelEvidence.Shape()
  /// One past the record.
  var end = 0

  var isCollector = false
  var hasLogKey = false
  var others = 0
  var seconds: Int64?
  var nanoseconds: Int64 = 0
  var ranks = Ranks()

  struct Ranks {
    var time = Int.max
    var severity = Int.max
    var level = Int.max
    var message = Int.max
    var name = Int.max
    var trace = Int.max
    var span = Int.max
  }

  /// Whether the record has anything that only a log record has.
  var isLog: Bool { message != nil || raw != nil && (hasOwnTime || !severity.isUnknown) }

  /// Whether the time is the one at which what the record tells of was made.
  var isOfCreation: Bool { ranks.time >= 2 * JSONLogs.late && ranks.time < .max }

  /// Whether the time stands under a name that only the time of a record has.
  var hasOwnTime: Bool { time != .min && (ranks.time < JSONLogs.late || ranks.time == .max) }
}
