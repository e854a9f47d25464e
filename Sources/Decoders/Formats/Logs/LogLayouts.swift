// The learned headers of the lines of one member, by the program that wrote them.

internal import Model
internal import Support

/// Learns the header layout of each program from a sample of its lines.
///
/// A file of one program has one layout; where a collector mixed many, each has its own, and lines of a program that the sample
/// lacks are read by the one that all lines share.
struct LogLayouts: Sendable {
  private var all: HeaderLayout
  private var byName: [UInt32: HeaderLayout] = [:]
  /// The sample while it is gathered.
  private var bytes: [UInt8] = []
  private var lines: [(name: UInt32, range: Range<Int>)] = []
  private let clock: LogClock
  /// To which columns the program pads its levels.
  var padding = PaddedLevels()

  /// Programs whose lines were learned from, alone or among others.
  private var learned: Set<UInt32> = []

  /// Programs that get a layout of their own.
  private static let most = 64
  private static let sampledLines = 1000

  init(clock: LogClock) {
    self.clock = clock
    all = HeaderLayout(clock: clock)
  }

  /// Whether no line has a header.
  var isEmpty: Bool { all.isEmpty && byName.values.allSatisfy { $0.isEmpty } }

  var isFull: Bool { lines.count >= Self.sampledLines }

  /// Adds a line to the sample: without its wrappers, with the name of its program.
  mutating func add(_ line: Span<UInt8>, of name: Symbol) {
    guard !isFull, !line.isEmpty,
      !TraceFollower.isPart(line) || isIndented(line) || HeaderMargin.mayBePadded(line),
      TraceFollower.crash(line) == nil
    else { return }
    padding.add(line)
    let start = bytes.count
    // A header is at the beginning.
    bytes.append(copying: line.extracting(0..<min(line.count, 1024)))
    lines.append((name.index, start..<bytes.count))
  }

  /// Whether a line begins with blanks and a date behind them: the whole log is indented (Consul's and Serf's of before hclog).
  private func isIndented(_ line: Span<UInt8>) -> Bool {
    var first = 0
    while first < line.count, first < 8, line[first] == 0x20 { first += 1 }
    return first > 0 && HeaderMargin.isDated(line, at: first, LogTimeParser(clock: clock))
  }

  /// Whether a sampled line is one only for the blanks that pad its level, and nothing else is padded so.
  private func isUnpadded(_ line: Span<UInt8>) -> Bool {
    line[0] == 0x20 && !padding.accepts(line) && TraceFollower.isPart(line) && !isIndented(line)
  }

  /// Learns from the sample and forgets it. What was learned of a program that is not in it stays.
  mutating func learn() {
    let padded = self
    lines.removeAll { padded.isUnpadded(padded.bytes.span.extracting($0.range)) }
    let sample = bytes
    let order = DateOrder.learned(from: sample.span, lines.map(\.range), clock: clock)
    var clock = clock
    if let order { clock.order = order }
    var groups: [UInt32: [Range<Int>]] = [:]
    for (name, range) in lines { groups[name, default: []].append(range) }
    learned.formUnion(groups.keys)
    all = HeaderLayout(clock: clock)
    all.learn(sample.span, lines.map(\.range))
    if groups.count > 1 {
      for (name, ranges) in groups.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }).prefix(Self.most)
      {
        var layout = HeaderLayout(clock: clock)
        layout.learn(sample.span, ranges)
        byName[name] = layout
      }
    }
    bytes = []
    lines = []
  }

  /// Whether lines of a program were learned from, or no more programs are.
  func knows(_ name: Symbol) -> Bool { learned.count >= Self.most || learned.contains(name.index) }

  /// Learns the layout of one more program out of a sample of its lines.
  mutating func learn(_ name: Symbol, from other: LogLayouts) {
    guard learned.count < Self.most else { return }
    learned.insert(name.index)
    padding.add(other.padding)
    let lines = other.lines.filter { $0.name == name.index && !other.isUnpadded(other.bytes.span.extracting($0.range)) }
      .map(\.range)
    guard !lines.isEmpty else { return }
    var clock = clock
    if let order = DateOrder.learned(from: other.bytes.span, lines, clock: clock) { clock.order = order }
    var layout = HeaderLayout(clock: clock)
    layout.learn(other.bytes.span, lines)
    byName[name.index] = layout
  }

  /// The header of a line, and whether nearly all lines of its program have one.
  func header(of line: Span<UInt8>, name: Symbol) -> (header: LogHeader, isUsual: Bool) {
    if !byName.isEmpty, let layout = byName[name.index] { return (layout.header(of: line), layout.headedPercent >= 90) }
    return (all.header(of: line), all.headedPercent >= 90)
  }
}
