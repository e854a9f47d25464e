// What the layers around a line said of it, handed to whichever decoder understands the line.

internal import Model
internal import Support

/// What a container runtime, a collector or a syslog header told of the content it carries.
struct LineEnvelope {
  /// Microseconds since the epoch; `Int64.min` where no layer has a time.
  var time: Int64 = .min
  /// Whether the time named its zone, so that it is worth more than one inside that does not.
  var hasZone = false
  /// Seconds east of UTC of the host's clock, where its header names its zone: what the content leaves out.
  var zoneSeconds: Int32?
  var severity = Severity.unknown
  /// The container, unit, application or file; none where nothing tells.
  var component = Symbol.none
  /// How well the component's name names it.
  var rank = NameRank.none
  var request = RequestID.none
  var requestText = Symbol.none
  var span: UInt64 = 0
  /// 1 for `stdout`, 2 for `stderr`, 0 where it is not known.
  var stream: UInt8 = 0
  /// The number of the process that wrote the line; 0 where it is not known.
  var process: UInt32 = 0
  /// Whether the line is a record of its own whatever it looks like.
  var isWhole = false
  /// Whether the platform wrote it about the program that the component is (Heroku's `heroku[web.1]`).
  var isPlatform = false
  /// The record's place.
  var source = SourceRef(bits: 0)

  init(source: SourceRef = SourceRef(bits: 0)) { self.source = source }

  /// The same for a record at a place, without a name that is only the file's, where better ones are known.
  func withoutFileName(at source: SourceRef) -> LineEnvelope {
    var other = self
    other.source = source
    if rank <= .file { (other.component, other.rank) = (.none, .none) }
    return other
  }

  /// Whether a time inside of the layers counts before theirs: one that names its zone does, or where theirs names none.
  func givesWay(to time: Int64, hasZone inner: Bool) -> Bool {
    time != .min && (inner || !hasZone || self.time == .min)
  }

  /// Takes a name where it is stronger than the one that is known.
  mutating func name(_ name: Symbol, _ rank: NameRank) {
    guard !name.isNone, rank > self.rank else { return }
    component = name
    self.rank = rank
  }
}

extension LineEnvelope {
  /// Zones are whole quarters of an hour apart, and no two are further apart than this, microseconds.
  private static let quarter: Int64 = 900_000_000
  private static let furthest: Int64 = 26 * 3_600_000_000
  /// How far two clocks may be apart that tell of one line, microseconds.
  private static let slack: Int64 = 120_000_000

  /// Whether two times may be of one moment, one of them in an unknown zone.
  static func maySame(_ a: Int64, _ b: Int64) -> Bool {
    let apart = a.subtractingSaturated(b).magnitude
    guard apart <= UInt64(furthest + slack) else { return false }
    let rest = Int64(apart) % quarter
    return min(rest, quarter - rest) <= slack
  }
}
