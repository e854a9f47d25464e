// What is needed to read the text lines of one member.

internal import Model
internal import Support

/// The learned and remembered state behind the text lines of one member: wrappers, header layouts, streams.
struct LogIntake {
  /// What the member's path tells, once it is asked.
  var origin: LineEnvelope?
  /// The section of a dump that the lines at hand stand in.
  var section: ContainerSection?
  var unwrapper: LineUnwrapper
  var layouts: LogLayouts
  var streams = LogStreams()
  var access: AccessLines
  /// The order of the records that carry lines.
  var order = RecordOrder()
  let finder = RequestFinder()
  var found = RequestFinder.Found()
  /// Whether the sample has lines of a known form that begin with a digit: plain files rarely do, and their lines are read faster
  /// without looking for one.
  var knowsDigits = false
  /// Whether the line at hand stands between JSON values with a date in front: it is read by itself.
  var isBetweenValues = false
  /// Whether whole lines of Docker's files end with a line feed, as Docker writes them.
  var keepsLineFeeds = false
  /// How many streams have an error whose reason stands below: nearly always none.
  var uncaught = 0
  /// How many streams print a record of .NET at the moment: nearly always none.
  var printing = 0
  /// Whether times stand on lines of their own, and the record below the last one.
  var isStamped = false
  var stamped: StampedText?
  /// Ends that systemd has told of, and will tell of again.
  var toldEnds = ToldEnds()
  /// Whether it was said that printed metrics are not read.
  var saidPassedOver = false
  /// The last program asked for, and whether it supervises others.
  private var lastWriter = (name: Symbol.none, writer: SupervisorLines.Writer.other)

  init(context: borrowing MemberContext) {
    let settings = context.settings
    let clock = LogClock(zoneSeconds: settings.assumedZoneSeconds, lastDay: settings.lastDay)
    unwrapper = LineUnwrapper(clock: clock)
    layouts = LogLayouts(clock: clock)
    access = AccessLines(context: copy context)
  }

  /// Whether a program tells of the ends and starts of others.
  mutating func writer(_ name: Symbol, _ symbols: borrowing SymbolTable) -> SupervisorLines.Writer {
    if name != lastWriter.name {
      lastWriter = (name, SupervisorLines.Writer(symbols.bytes.span.extracting(symbols.range(name))))
    }
    return lastWriter.writer
  }

  /// The number of the stream that a line belongs to.
  mutating func stream(_ around: LineEnvelope) -> Int {
    let isOwn = around.stream == 0 && around.component == origin?.component ?? .none
    streams.last = isOwn ? 0 : streams.index(of: around.component, around.stream)
    return streams.last
  }

  /// The kind of the outermost layer, for the format's name.
  var wrapperName: String? {
    switch unwrapper.kinds.first {
    case .kubectl, .stern: "kubectl"
    case .compose: "docker compose"
    case .syslog, .syslog5424: "syslog"
    case .fluentd: "fluentd"
    case .foundry: "Cloud Foundry"
    case .cloudBuild: "Cloud Build"
    case .stamped, .timed, .framed, nil: nil
    }
  }
}

/// Takes the escape sequences of terminals out of lines.
enum TerminalColours {
  /// The line without `ESC [ … m` and its like (ECMA-48 control sequences); nil where it has none.
  static func removed(_ line: Span<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    out.reserveCapacity(line.count)
    var i = 0
    var isChanged = false
    while i < line.count {
      if line[i] == 0x1B, i + 1 < line.count, line[i + 1] == 0x5B {
        var end = i + 2
        while end < line.count, line[end] < 0x40 { end += 1 }
        i = min(end + 1, line.count)
        isChanged = true
      } else {
        out.append(line[i])
        i += 1
      }
    }
    return isChanged ? out : nil
  }
}
