internal import Model
internal import Support

/// One generated night as operators archive it who have no tracing: the same requests and log lines in the files of container
/// runtimes, the journal and proxies.
struct RenderedNight {
  let graph: ServiceGraph
  let rendering: WorldSpec.Rendering
  private let lines: LogWriter
  private let traces: TraceWriter
  /// What is not written yet, by the path without its number.
  private var buffers: [String: TextBuffer] = [:]
  private let faults: [Fault]
  /// Lines that come from a component of a fault or name it: all of them, and by fault those of its time.
  private var linesOf: [String: Int] = [:]
  private var linesIn: [Int]
  private var numbers: [String: Int] = [:]
  private var scratch = TextBuffer()

  init(graph: ServiceGraph, faults: [Fault], rendering: WorldSpec.Rendering) {
    self.graph = graph
    self.faults = faults
    for fault in faults { linesOf[fault.component] = 0 }
    linesIn = Array(repeating: 0, count: faults.count)
    self.rendering = rendering
    lines = LogWriter(graph)
    traces = TraceWriter(graph: graph)
  }

  // MARK: What can be told

  /// Lines of the time of a fault that must come from its component or name it, and as many as must usually for their absence to tell:
  /// that none comes of three is chance once in twenty times.
  private static let least = (there: 2, usual: 3.0)

  /// Whether the files hold what tells a fault's component: that is asked of the lines alone, not of what is made of them.
  func tells(_ fault: Int, night: Int64) -> Bool {
    let usual =
      Double(linesOf[faults[fault].component] ?? 0) * Double(faults[fault].end - faults[fault].start)
      / Double(max(night, 1))
    return linesIn[fault] >= Self.least.there || usual >= Self.least.usual
  }

  private mutating func note(_ name: String, at time: Int64) {
    guard linesOf[name] != nil else { return }
    linesOf[name, default: 0] += 1
    for (place, fault) in faults.enumerated()
    where fault.component == name && fault.start <= time && time < fault.end { linesIn[place] += 1 }
  }

  // MARK: Log lines

  /// Takes one log line, where the rendering has log lines; false where it has none.
  mutating func take(_ log: WorldLog) -> Bool {
    let name = graph.services[log.service].name
    if rendering != .envoy, rendering != .nginx {
      for word in Set(log.text.split(separator: " ").map(String.init)).union([name]) {
        note(word, at: log.time)
      }
    }
    switch rendering {
    case .cri: cri(log, name)
    case .docker: docker(log, name)
    case .journal: journal(log, name)
    case .envoy, .nginx: return false
    }
    return true
  }

  /// The line as the program printed it, without its line end.
  private mutating func printed(_ log: WorldLog) -> [UInt8] {
    lines.line(log, into: &scratch)
    var bytes = scratch.take()
    bytes.removeLast()
    return bytes
  }

  private mutating func cri(_ log: WorldLog, _ name: String) {
    let content = printed(log)
    with(Self.pod(name) + "/" + name + "/") { out in
      out.text(Timestamp(log.time).rfc3339)
      out.text(" stdout F ")
      out.bytes += content
      out.byte(0x0A)
    }
  }

  private mutating func docker(_ log: WorldLog, _ name: String) {
    let content = String(decoding: printed(log), as: UTF8.self)
    with("docker/" + Self.id(name) + "-json.log.") { out in
      out.text(#"{"log":"#)
      out.quoted(content)
      // Docker keeps the line feed.
      out.bytes.removeLast()
      out.text("\\n\"")
      out.text(#","stream":"stdout","attrs":{"com.docker.compose.service":"#)
      out.quoted(name)
      out.text(#"},"time":""#)
      out.text(Timestamp(log.time).rfc3339)
      out.text("\"}\n")
    }
  }

  private mutating func journal(_ log: WorldLog, _ name: String) {
    let content = String(decoding: printed(log), as: UTF8.self)
    with("journal/system-") { out in
      out.text(#"{"__REALTIME_TIMESTAMP":""#)
      out.int(log.time)
      out.text(#"","_HOSTNAME":"node1","PRIORITY":"6","SYSLOG_IDENTIFIER":"#)
      out.quoted(name)
      out.text(#","_SYSTEMD_UNIT":"#)
      out.quoted(name + ".service")
      out.text(#","MESSAGE":"#)
      out.quoted(content)
      out.text("}\n")
    }
  }

  // MARK: Access lines

  /// Takes the spans of one request, where the rendering has access lines.
  mutating func take(_ spans: [WorldSpan]) {
    for span in spans {
      switch rendering {
      case .envoy: envoy(span)
      case .nginx where span.kind == .server: nginx(span)
      default: break
      }
    }
  }

  /// A sidecar's line in its pod: of what the workload served, and of what it called over HTTP.
  private mutating func envoy(_ span: WorldSpan) {
    let name = graph.services[span.service].name
    let peer = span.peer >= 0 ? graph.services[span.peer] : nil
    guard span.kind == .server || peer.map({ $0.system.isEmpty }) == true else { return }
    note(peer?.name ?? name, at: span.start)
    let operation = traces.operation(span)
    let status = span.failure?.httpStatus ?? 200
    let flags =
      switch span.failure {
      case .refused where span.kind == .client: "UF"
      case .timeout where span.kind == .client: "UT"
      default: "-"
      }
    let cluster =
      span.kind == .server
      ? "inbound|8080||"
      : "outbound|80||" + (peer?.name ?? "") + (peer?.isVirtual == true ? "" : ".shop.svc.cluster.local")
    with(Self.pod(name) + "/istio-proxy/") { out in
      out.text(Timestamp(span.end).rfc3339)
      out.text(" stdout F [")
      out.text(String(Timestamp(span.start).rfc3339.prefix(23)))
      out.text("Z] \"" + operation + " HTTP/1.1\" ")
      out.int(status)
      out.text(" " + flags + " via_upstream - \"-\" 0 512 ")
      out.int((span.end - span.start) / 1000)
      out.byte(0x20)
      out.int((span.end - span.start) / 1000)
      out.text(" \"-\" \"okhttp/4.9\" \"")
      out.hex(span.traceHigh)
      out.hex(span.traceLow)
      out.text("\" \"" + (peer?.name ?? name) + ":80\" \"10.1.")
      out.int((peer == nil ? span.service : span.peer) & 255)
      out.text(".1:8080\" " + cluster + " 10.1.0.9:40000 10.1.0.8:80 10.1.0.7:50000 - default\n")
    }
  }

  /// The line of an nginx in front of each service, with its time to the second.
  private mutating func nginx(_ span: WorldSpan) {
    let operation = traces.operation(span)
    note(graph.services[span.service].name, at: span.start)
    with("nginx/" + graph.services[span.service].name + "/access.log.") { out in
      out.text("10.0.0.9 - - [" + Self.clock(span.end) + "] \"" + operation + " HTTP/1.1\" ")
      out.int(span.failure?.httpStatus ?? 200)
      out.text(" 512 \"-\" \"okhttp/4.9\" rt=")
      out.thousandths((span.end - span.start) / 1000)
      out.text(" id=")
      out.hex(span.traceHigh)
      out.hex(span.traceLow)
      out.byte(0x0A)
    }
  }

  /// `01/Jan/2026:02:00:00 +0000`.
  private static func clock(_ time: Int64) -> String {
    let text = Array(Timestamp(time).rfc3339.utf8)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let month = Int(text[5] - 0x30) * 10 + Int(text[6] - 0x30)
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    return part(8..<10) + "/" + months[month - 1] + "/" + part(0..<4) + ":" + part(11..<19) + " +0000"
  }

  // MARK: Files

  private static func pod(_ name: String) -> String { "pods/shop_\(name)-6d58f9c7b-x2x9k_\(id(name).prefix(32))" }

  /// 64 hexadecimal digits that a name always gets.
  private static func id(_ name: String) -> String {
    var buffer = TextBuffer()
    for i: UInt64 in 0..<4 { buffer.hex(StableHash.combine(StableHash.hash(Array(name.utf8).span), i)) }
    return String(decoding: buffer.take(), as: UTF8.self)
  }

  private mutating func with(_ path: String, _ body: (inout TextBuffer) -> Void) {
    body(&buffers[path, default: TextBuffer()])
  }

  /// Writes what has grown to a size.
  mutating func flush<Writer: MemberWriter & ~Copyable>(_ least: Int, to writer: inout Writer) throws(WorldFailure) {
    for (path, buffer) in buffers.sorted(by: { $0.key < $1.key }) where buffer.bytes.count >= least {
      let number = numbers[path, default: 0]
      numbers[path] = number + 1
      let suffix = rendering == .docker || rendering == .nginx ? "" : rendering == .journal ? ".json" : ".log"
      try writer.member("\(path)\(number)\(suffix)", buffer.bytes)
      buffers[path] = nil
    }
  }
}

extension ServiceNight {
  /// Writes the same requests and log lines in the files of operators.
  func write<Writer: MemberWriter & ~Copyable>(
    as rendering: WorldSpec.Rendering, to writer: inout Writer
  ) throws(WorldFailure) -> WorldTruth {
    var simulation = ServiceSimulation(
      graph: plan.graph, faults: plan.faults, seed: spec.seed, skewMicroseconds: spec.skewMicroseconds,
      compactIDs: spec.compactIDs, rollouts: rollouts())
    var arrivals = WorldRandom(seed: spec.seed, stream: "arrivals")
    var truth = WorldTruth()
    let end = spec.start + Int64(spec.minutes) * 60_000_000
    let shape = SpanShape(graph: plan.graph, spec: spec)
    var rendered = RenderedNight(graph: plan.graph, faults: plan.faults, rendering: rendering)
    var now = spec.start
    while now < end {
      var spans: [WorldSpan] = []
      for _ in 0..<Self.batch {
        now += Int64(arrivals.exponential(mean: 1e6 / rate(at: now))) + 1
        guard now < end else { break }
        let first = simulation.spans.count
        simulation.play(arrival: now)
        spans += shape.written(simulation.spans[first...])
        truth.requests += 1
      }
      truth.spans += spans.count
      rendered.take(spans.sorted { ($0.end, $0.id) < ($1.end, $1.id) })
      for log in simulation.logs.sorted(by: { ($0.time, $0.span) < ($1.time, $1.span) }) {
        truth.logLines += rendered.take(log) ? 1 : 0
      }
      try rendered.flush(Self.memberSize, to: &writer)
      simulation.removeRecords()
    }
    try rendered.flush(1, to: &writer)
    conclude(&truth, simulation.effects, end: end)
    let told = plan.faults.indices.filter { rendered.tells($0, night: end - spec.start) }.map { plan.faults[$0] }
    for place in truth.faults.indices { truth.faults[place].isTold = told.contains(truth.faults[place].fault) }
    return truth
  }
}
