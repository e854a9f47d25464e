// What is remembered of each stream between its lines.

internal import Model
internal import Support

/// The streams of one member: the output of one program on one descriptor each.
struct LogStreams {
  struct Stream {
    var follower = TraceFollower()
    /// The beginning of a record that its runtime cut into parts.
    var partial: [UInt8] = []
    var partialAround = LineEnvelope()
    var partialPlace = RecordPlace(source: SourceRef(bits: 0), position: .whole)
    /// A JSON value that is printed over lines.
    var spread = SpreadValue()
    /// A header whose message stands on the next line.
    var awaiting: Awaiting?
    /// A program's death whose reason stands below.
    var uncaught: UncaughtError?
    /// Whether what is no header belongs to the report before it.
    var inReport = false
    /// What the last record of oslo.log has in common with the lines of its trace; 0 where there is none.
    var oslo: UInt64 = 0
    var rich = RichColumn()
    /// The head of the file that the stream is.
    var head = LogFileHead()
    /// Lines of a trace whose record stands behind them.
    var waiting: [WaitingLine] = []
    /// Records that a collector prints.
    var dump = CollectorDump()
    /// Records that a .NET program prints.
    var printed = DotnetConsole()
    /// When the layers around the last line say that it was written, `Int64.min` where they do not, by what process and how grave.
    private var written = Int64.min
    private var process: UInt32 = 0
    private var level = Severity.unknown
    /// How many more lines without a header came by themselves than with the line before, up to a few.
    private var loners = 0
    /// What ends the record before, where its header told that it goes on below.
    var unclosed = OpenRecord.none
    /// Lines that an open record took so far, and the time of the last record of a known form.
    var taken = 0
    var told = Int64.min

    /// Takes what the layers around a line say of its writing. The lines of one record are written at once; a header in whole seconds tells
    /// no less than that they differ.
    mutating func moveOn(to around: LineEnvelope) -> Arrival {
      let time = around.time
      defer { (written, process, level) = (time, around.process, around.severity) }
      var arrival = Arrival()
      arrival.isOther =
        process != around.process && process != 0 && around.process != 0
        || level != around.severity && !level.isUnknown && !around.severity.isUnknown
      guard time != .min, written != .min else { return arrival }
      let isWhole = time % 1_000_000 == 0 && written % 1_000_000 == 0
      arrival.isApart = time.subtractingSaturated(written).magnitude > (isWhole ? 0 : LogStreams.atOnce)
      if arrival.isApart { arrival.isOther = true }
      return arrival
    }

    /// Whether a line without a header may belong to the record before it, whatever it looks like, in a stream whose lines nearly all have
    /// one: not if it, or others before it, came by themselves.
    func adopts(isApart: Bool) -> Bool { !isApart && loners < LogStreams.fewLoners }

    /// Counts a line without a header: those that come by themselves against those that come with the line before.
    mutating func sawHeaderless(isApart: Bool) {
      loners = isApart ? min(loners + 1, LogStreams.fewLoners) : max(loners - 1, 0)
    }

    /// Whether a line without a header may belong to what came before it.
    var isOpen: Bool { follower.isOpen || awaiting != nil || unclosed != .none }
  }

  /// How a line came after the one before it in its stream.
  struct Arrival {
    /// Whether at another time.
    var isApart = false
    /// Whether so, or of another process, or at another level.
    var isOther = false
  }

  /// Microseconds between the lines of one record: they are handed over in one write, or one after another.
  private static let atOnce: UInt64 = 10_000
  /// So many lines by themselves, and they are how the program writes.
  private static let fewLoners = 3

  struct Awaiting {
    var log: LogLine
    /// What stands for the message if none comes.
    var text: [UInt8]
    var place: RecordPlace
    /// Whether the next line is the message whatever it looks like.
    var isReport = false
    /// Where the lines up to the next header are fields of it.
    var fields: Db2Record?
    /// Whether more than the file's name names what wrote it.
    var isNamed = false
    /// Whether the lines up to the next header are the message, and the next header may follow at once.
    var isHeaded = false
  }

  private var states: [Stream] = [Stream()]
  private var numbers: [UInt64: Int] = [:]
  /// The stream that was looked up last: most lines come from the one that the line before came from.
  private var latest: (key: UInt64, number: Int) = (0, 0)
  /// Bytes of records whose end is missing.
  private(set) var partialBytes = 0

  /// Streams that are told apart; more share one.
  private static let most = 4096

  /// The stream that was asked for last.
  var last = 0

  subscript(index: Int) -> Stream {
    // Not `_read`: without optimisation Swift 6.3 destroys a part that was copied out of a lent value at the place where it was lent, which
    // is gone by then.
    @inline(__always) get { states[index] }
    _modify { yield &states[index] }
  }

  var indices: Range<Int> { states.indices }

  /// The number of a program's stream.
  mutating func index(of name: Symbol, _ stream: UInt8) -> Int {
    let key = UInt64(name.index) << 8 | UInt64(stream)
    if key == latest.key { return latest.number }
    if let known = numbers[key] {
      latest = (key, known)
      return known
    }
    guard states.count < Self.most else { return 0 }
    states.append(Stream())
    numbers[key] = states.count - 1
    return states.count - 1
  }

  /// Keeps a part of a record.
  mutating func hold(_ part: Span<UInt8>, _ around: LineEnvelope, _ place: RecordPlace, in index: Int) {
    if states[index].partial.isEmpty {
      states[index].partialAround = around
      states[index].partialPlace = place
    }
    states[index].partial.append(copying: part)
    partialBytes += part.count
  }

  /// Hands out the parts of a record that are held.
  mutating func takePartial(_ index: Int) -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &states[index].partial)
    partialBytes -= taken.count
    return taken
  }
}
