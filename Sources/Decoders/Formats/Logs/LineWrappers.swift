// What runtimes and collectors put in front of a line: the layers around a text line.

internal import Model
internal import Support

/// One layer that was taken off a line.
struct LineLayer {
  /// Microseconds since the epoch; `Int64.min` where the layer has no time.
  var time: Int64 = .min
  var hasZone = false
  /// Seconds east of UTC of the clock that wrote the layer and its content; nil where the writers are two.
  var zoneSeconds: Int32?
  var yearAssumed = false
  var severity = Severity.unknown
  /// Where the name lies in the line.
  var name = 0..<0
  var rank = NameRank.none
  /// 1 for `stdout`, 2 for `stderr`.
  var stream: UInt8 = 0
  /// Whether the platform wrote the content about the program that the name is of.
  var isPlatform = false
  /// Whether the content goes on in the stream's next line.
  var isPartial = false
  /// Where the content begins.
  var start = 0
  /// The number of the process that wrote the content; 0 where it is not known.
  var process: UInt32 = 0
}

/// A kind of layer that a file's lines have in common.
enum LineWrapper: UInt8, CaseIterable, Sendable {
  /// `kubectl logs --prefix`: `[pod/NAME/CONTAINER] `.
  case kubectl
  /// stern's default template: `POD CONTAINER `, with `-A` a namespace before.
  case stern
  /// `docker compose logs`: `SERVICE-1  | `, podman-compose's `[SERVICE]  | `.
  case compose
  /// RFC 3164, with or without the priority, with its own or an ISO 8601 time.
  case syslog
  /// RFC 5424.
  case syslog5424
  /// fluentd's `out_file` and `stdout`: time, tag and JSON.
  case fluentd
  /// `cf logs` of Cloud Foundry: `TIME [APP/PROC/WEB/0] OUT `.
  case foundry
  /// Google Cloud Build: `Step #0 - "NAME": `.
  case cloudBuild
  /// A time to the nanosecond in front of every line: `docker logs -t`, `kubectl logs --timestamps`.
  case stamped
  /// A full time and then a line that stands for itself: `kubectl logs --timestamps`, CloudWatch.
  case timed
  /// A full time in front of every line, also of those that only go on with the one before: text that CloudWatch exported.
  case framed
}

/// Takes layers off lines.
struct LineUnwrapper: Sendable {
  var times: LogTimeParser
  /// The kinds that a sample of the file has; empty until `learn`.
  private(set) var kinds: [LineWrapper] = []
  /// Lines of the sample that have a time and behind it a frame of a stack trace.
  private var frames = 0
  /// Lines of the sample that tell what stern reads.
  private var notices = 0
  /// Lines of the sample by kind.
  private var votes = [Int](repeating: 0, count: LineWrapper.allCases.count)

  init(clock: LogClock) { times = LogTimeParser(clock: clock) }

  /// Whether the lines are messages of syslog, each with a header of its own.
  var isSyslog: Bool { kinds.contains(.syslog) || kinds.contains(.syslog5424) }

  /// One with the same clock that knows nothing yet.
  init(like other: LineUnwrapper) { times = other.times }

  /// Takes kinds in addition; false where all of them were known.
  mutating func add(_ more: [LineWrapper]) -> Bool {
    let unknown = more.filter { !kinds.contains($0) }
    kinds += unknown
    return !unknown.isEmpty
  }

  /// The share of a sample's lines, in percent, that must have a layer for it to be the file's.
  private static let share = 60

  /// Counts the layers of one sampled line.
  mutating func vote(_ line: Span<UInt8>) {
    if Self.isSternNotice(line) { notices += 1 }
    for kind in LineWrapper.allCases where layer(kind, line) != nil { votes[Int(kind.rawValue)] += 1 }
    if let layer = framed(line), TraceFollower.isFrame(line, from: layer.start) { frames += 1 }
  }

  /// Decides on the kinds, of so many sampled lines; of few of them all must have a layer.
  mutating func decide(among lines: Int, areFew: Bool = false) {
    kinds = LineWrapper.allCases.filter { kind in
      let share = areFew ? 100 : kind == .timed ? 20 : kind == .stamped || kind == .framed ? 95 : Self.share
      // No program writes its own time in front of a frame.
      if kind == .framed, frames == 0 { return false }
      // stern tells of each container before the first line of any.
      let records = kind == .stern ? lines - notices : lines
      return records > 0 && votes[Int(kind.rawValue)] * 100 >= share * records
    }
  }

  /// The outermost layer of a line: the container runtime's, or one of the file's kinds.
  func peel(_ line: Span<UInt8>) -> LineLayer? {
    if let layer = Self.runtimeLayer(line, times) { return layer }
    for kind in kinds { if let layer = layer(kind, line) { return layer } }
    return nil
  }

  /// The header of syslog, priority and all, of a line that a record carries: inputs of collectors that listen for syslog may hand it on as
  /// it came (Logstash's `tcp` and `udp`, Filebeat's, Fluent Bit's without a parser). `<6>` without a time is the kernel's, and no header.
  /// Without the priority it is as a daemon wrote it into a file that a collector read.
  func relayed(_ line: Span<UInt8>) -> LineLayer? {
    guard line.count > 16 else { return nil }
    guard line[0] == 0x3C else {
      return SyslogLine.beginsWithMonth(line) ? SyslogLine.layer3164(line, times) : nil
    }
    guard line[1] &- 0x30 <= 9 else { return nil }
    return SyslogLine.layer3164(line, times) ?? SyslogLine.layer5424(line, times)
  }

  private func layer(_ kind: LineWrapper, _ line: Span<UInt8>) -> LineLayer? {
    switch kind {
    case .kubectl: return kubectl(line)
    case .stern: return stern(line)
    case .compose: return compose(line)
    case .syslog: return SyslogLine.layer3164(line, times)
    case .syslog5424: return SyslogLine.layer5424(line, times)
    case .fluentd: return fluentd(line)
    case .foundry: return foundry(line)
    case .cloudBuild: return cloudBuild(line)
    case .stamped: return stamped(line)
    case .timed: return timed(line)
    case .framed: return framed(line)
    }
  }

  // MARK: CRI

  /// The container runtime interface's log lines: `TIME stdout|stderr P|F[:…] CONTENT`
  /// (kubernetes/design-proposals-archive, node/kubelet-cri-logging).
  static func runtimeLayer(_ line: Span<UInt8>, _ times: LogTimeParser) -> LineLayer? {
    guard line.count > 29, line[0] &- 0x30 <= 9, line[4] == 0x2D, line[10] == 0x54 else { return nil }
    let space = ByteScan.find(0x20, in: line.extracting(first: 40), from: 19)
    guard space &+ 8 < line.count, line[space &+ 1] == 0x73, line[space &+ 2] == 0x74 else { return nil }
    let isOut = JSONScanner.matches(line, space, " stdout ")
    guard isOut || JSONScanner.matches(line, space, " stderr ") else { return nil }
    let tag = space &+ 8
    guard tag < line.count, line[tag] == 0x46 || line[tag] == 0x50 else { return nil }
    var end = tag &+ 1
    if end < line.count, line[end] == 0x3A { while end < line.count, line[end] != 0x20 { end &+= 1 } }
    guard end == line.count || line[end] == 0x20 else { return nil }
    guard let time = times.parse(line, 0), time.end == space, time.form >= .full else { return nil }
    return LineLayer(
      time: time.time, hasZone: time.hasZone, stream: isOut ? 1 : 2, isPartial: line[tag] == 0x50,
      start: min(end &+ 1, line.count))
  }

  // MARK: prefixes

  /// `Step #0 - "test": LINE`, and `Step #0: LINE` of a step without an id (Cloud Build, "View build results").
  private func cloudBuild(_ line: Span<UInt8>) -> LineLayer? {
    guard JSONScanner.matches(line, 0, "Step #") else { return nil }
    var i = 6
    while i < line.count, line[i] &- 0x30 <= 9 { i += 1 }
    guard i > 6 else { return nil }
    if JSONScanner.matches(line, i, ": ") { return LineLayer(start: i + 2) }
    guard JSONScanner.matches(line, i, " - \"") else { return nil }
    let end = ByteScan.find(0x22, in: line.extracting(first: i + 132), from: i + 4)
    guard JSONScanner.matches(line, end, "\": ") else { return nil }
    return LineLayer(name: i + 4..<end, rank: .container, start: end + 3)
  }

  static func isLabel(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x2D
  }

  private func fluentd(_ line: Span<UInt8>) -> LineLayer? {
    guard line.count > 24, line[0] &- 0x30 <= 9, let time = times.parse(line, 0), time.isPlaced, time.end < line.count
    else { return nil }
    if line[time.end] == 0x20 {
      // `stdout` of fluentd: time, tag, colon, JSON.
      var end = time.end + 1
      while end < line.count, line[end] > 0x20 { end += 1 }
      guard end + 1 < line.count, end > time.end + 2, line[end - 1] == 0x3A, line[end + 1] == 0x7B else { return nil }
      return LineLayer(
        time: time.time, hasZone: time.hasZone, name: time.end + 1..<end - 1, rank: .logger, start: end + 1)
    }
    guard line[time.end] == 0x09 else { return nil }
    let tab = ByteScan.find(0x09, in: line, from: time.end + 1)
    guard tab + 1 < line.count, line[tab + 1] == 0x7B else { return nil }
    return LineLayer(
      time: time.time, hasZone: time.hasZone, name: time.end + 1..<tab, rank: .logger, start: tab + 1)
  }

  /// `TIME [SOURCE/INSTANCE] OUT ` or `ERR `, perhaps indented, in front of each line of an application or a part of the platform
  /// (cloudfoundry/cli, util/ui/log_message.go). The application itself is not named: the file is its.
  private func foundry(_ line: Span<UInt8>) -> LineLayer? {
    var i = 0
    while i < line.count, i < 8, line[i] == 0x20 { i += 1 }
    guard i + 36 < line.count, line[i] &- 0x30 <= 9, line[i + 10] == 0x54, let time = times.parse(line, i),
      time.form >= .full, time.hasZone, time.end + 8 < line.count, line[time.end] == 0x20, line[time.end + 1] == 0x5B
    else { return nil }
    let source = time.end + 2
    let end = ByteScan.find(0x5D, in: line.extracting(first: min(line.count, source + 64)), from: source)
    guard end + 5 < line.count, line[end] == 0x5D, line[source] &- 0x41 < 26 else { return nil }
    let slash = ByteScan.find(0x2F, in: line.extracting(0..<end), from: source)
    guard slash < end, line[end - 1] &- 0x30 <= 9 else { return nil }
    i = end + 1
    while i < line.count, line[i] == 0x20 { i += 1 }
    let isOut = JSONScanner.matches(line, i, "OUT")
    guard isOut || JSONScanner.matches(line, i, "ERR"), i + 3 == line.count || line[i + 3] == 0x20 else { return nil }
    let isApplication = slash - source == 3 && JSONScanner.matches(line, source, "APP")
    return LineLayer(
      time: time.time, hasZone: true, name: isApplication ? 0..<0 : source..<slash,
      rank: isApplication ? .none : .logger, stream: isOut ? 1 : 2, start: min(i + 4, line.count))
  }

  private func stamped(_ line: Span<UInt8>) -> LineLayer? {
    guard line.count >= 30, line[0] &- 0x30 <= 9, line[10] == 0x54, line[19] == 0x2E, let time = times.parse(line, 0),
      time.form == .fullWithFraction, time.hasZone, time.end >= 30
    else { return nil }
    for i in 20..<29 where line[i] &- 0x30 > 9 { return nil }
    guard time.end == line.count || line[time.end] == 0x20 else { return nil }
    return LineLayer(time: time.time, hasZone: true, start: min(time.end + 1, line.count))
  }

  private func framed(_ line: Span<UInt8>) -> LineLayer? {
    guard line.count >= 20, line[0] &- 0x30 <= 9, line[10] == 0x54, let time = times.parse(line, 0), time.form >= .full,
      time.hasZone, time.end == line.count || line[time.end] == 0x20 || line[time.end] == 0x09
    else { return nil }
    return LineLayer(time: time.time, hasZone: true, start: min(time.end + 1, line.count))
  }

  /// `{app="cart", pod="cart-1"} LINE` behind the time: logcli's default output.
  private func labels(_ rest: Span<UInt8>, _ time: LogTime, at start: Int) -> LineLayer? {
    // What all streams of an answer have in common is not repeated.
    if rest.count > 3, rest[0] == 0x7B, rest[1] == 0x7D, rest[2] == 0x20 {
      return LineLayer(time: time.time, hasZone: time.hasZone, start: start + 3)
    }
    guard rest.count > 6, rest[0] == 0x7B, (rest[1] | 0x20) &- 0x61 < 26 else { return nil }
    var layer = LineLayer(time: time.time, hasZone: time.hasZone)
    var best = Self.labelNames.count
    var i = 1
    while i < rest.count {
      let key = i
      while i < rest.count, Self.isLabel(rest[i]) || rest[i] == 0x5F { i += 1 }
      let keyEnd = i
      guard keyEnd > key, i + 1 < rest.count, rest[i] == 0x3D, rest[i + 1] == 0x22 else { return nil }
      i += 2
      let value = i
      while i < rest.count, rest[i] != 0x22 { i += rest[i] == 0x5C ? 2 : 1 }
      guard i < rest.count else { return nil }
      for (rank, name) in Self.labelNames.enumerated()
      where rank < best && keyEnd - key == name.utf8CodeUnitCount && JSONScanner.matches(rest, key, name) {
        (best, layer.name, layer.rank) = (rank, start + value..<start + i, .container)
      }
      if layer.severity.isUnknown,
        Self.levelNames.contains(where: {
          keyEnd - key == $0.utf8CodeUnitCount && JSONScanner.matches(rest, key, $0)
        })
      {
        layer.severity = Model.severity(ofField: rest.extracting(value..<i))
      }
      i += 1
      if i < rest.count, rest[i] == 0x2C { i += 1 }
      if i < rest.count, rest[i] == 0x20 { i += 1 }
      if i < rest.count, rest[i] == 0x7D { break }
    }
    guard i + 1 < rest.count, rest[i] == 0x7D else { return nil }
    i += 1
    while i < rest.count, rest[i] == 0x20 { i += 1 }
    layer.start = start + i
    return layer
  }

  /// `00E TEXT` behind the time: the number and the kind of a stream in GitLab's job logs, `+` in place of the blank where the line goes
  /// on with the one before.
  private func jobLog(_ rest: Span<UInt8>, _ time: LogTime, at start: Int) -> LineLayer? {
    func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 || byte &- 0x61 < 6 }
    guard rest.count > 4, isDigit(rest[0]), isDigit(rest[1]), rest[2] == 0x4F || rest[2] == 0x45,
      rest[3] == 0x20 || rest[3] == 0x2B
    else { return nil }
    return LineLayer(
      time: time.time, hasZone: time.hasZone, stream: rest[2] == 0x4F ? 1 : 2, start: start + 4)
  }

  /// Labels that name a program, in Loki's own order for `service_name`.
  private static let labelNames: [StaticString] = [
    "service_name", "service", "app", "application", "app_name", "name", "app_kubernetes_io_name", "container",
    "container_name", "k8s_container_name", "component", "workload", "job", "unit", "pod",
  ]

  /// Labels that tell the level of their lines: Loki's own, and what collectors make of the lines.
  private static let levelNames: [StaticString] = ["level", "detected_level", "severity", "lvl"]

  /// Whether a line is the tool's own, about what it reads: `+ POD › CONTAINER` of stern, `Attaching to …` of compose.
  func isNotice(_ line: Span<UInt8>) -> Bool {
    if kinds.contains(.stern), Self.isSternNotice(line) { return true }
    // `-- Boot … --`, `-- Logs begin at … --` of journalctl.
    if kinds.contains(.syslog), JSONScanner.matches(line, 0, "-- ") { return true }
    return kinds.contains(.compose)
      && (JSONScanner.matches(line, 0, "Attaching to ")
        || line.count >= 6 && JSONScanner.matches(line, line.count - 6, "code 0"))
  }

  private func timed(_ line: Span<UInt8>) -> LineLayer? {
    guard line.count > 24, line[0] &- 0x30 <= 9, line[10] == 0x54, let time = times.parse(line, 0), time.form >= .full,
      time.hasZone, time.end + 1 < line.count, line[time.end] == 0x20 || line[time.end] == 0x09
    else { return nil }
    let rest = line.extracting((time.end + 1)..<line.count)
    if let layer = labels(rest, time, at: time.end + 1) { return layer }
    if let layer = logStream(rest, time, at: time.end + 1) { return layer }
    if let layer = jobLog(rest, time, at: time.end + 1) { return layer }
    guard KnownLines.standsAlone(rest) || AccessLines.looksLike(rest) else { return nil }
    return LineLayer(time: time.time, hasZone: true, start: time.end + 1)
  }

  /// `ecs/orders/0f1e2d3c LINE` behind the time: `aws logs tail`. Streams of the awslogs driver are prefix, container and task.
  private func logStream(_ rest: Span<UInt8>, _ time: LogTime, at start: Int) -> LineLayer? {
    let end = ByteScan.find(0x20, in: rest.extracting(first: 256), from: 0)
    guard end + 2 < rest.count, end > 2, rest[0] != 0x2F, rest[0] != 0x22 else { return nil }
    var slashes: [Int] = []
    for i in 0..<end {
      if rest[i] == 0x2F { slashes.append(i) }
      if rest[i] == 0x3D || rest[i] == 0x22 || rest[i] == 0x3A { return nil }
    }
    let line = rest.extracting((end + 1)..<rest.count)
    guard slashes.count >= 2, slashes.count <= 4, KnownLines.standsAlone(line) || AccessLines.looksLike(line) else {
      return nil
    }
    var layer = LineLayer(time: time.time, hasZone: true, start: start + end + 1)
    if slashes.count == 2, slashes[1] > slashes[0] + 1, rest[slashes[0] + 1] &- 0x30 > 9 {
      layer.name = start + slashes[0] + 1..<start + slashes[1]
      layer.rank = .container
    }
    return layer
  }
}
