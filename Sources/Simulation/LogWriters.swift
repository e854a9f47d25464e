internal import Support

/// Log lines, metrics and event lines of a generated night.
struct LogWriter {
  let graph: ServiceGraph
  /// Whether memory is among the metrics.
  private let hasMemory: Bool

  init(_ graph: ServiceGraph, _ spec: WorldSpec? = nil) {
    self.graph = graph
    hasMemory = spec?.hasMemory ?? false
  }

  func line(_ log: WorldLog, into out: inout TextBuffer) {
    let service = graph.services[log.service]
    let time = Timestamp(log.time).rfc3339
    if service.logsJSON {
      out.text(#"{"timestamp":""#)
      out.text(time)
      out.text(#"","level":""#)
      out.text(log.level)
      out.text(#"","service":"#)
      out.quoted(service.name)
      out.text(#","trace_id":""#)
      out.hex(log.traceHigh)
      out.hex(log.traceLow)
      out.text(#"","span_id":""#)
      out.hex(log.span)
      out.text(#"","message":"#)
      out.quoted(log.text)
      out.text("}\n")
    } else {
      out.text(time)
      out.text(log.level.utf8.count == 5 ? " \(log.level) [" : " \(log.level)  [")
      out.text(service.name)
      out.byte(0x2C)
      out.hex(log.traceHigh)
      out.hex(log.traceLow)
      out.byte(0x2C)
      out.hex(log.span)
      out.text("] ")
      out.text(log.text)
      out.byte(0x0A)
    }
  }

  /// One reading of every service, as one line of OTLP metrics; returns how many readings that is.
  func metrics(at time: Int64, faults: [Fault], _ random: inout WorldRandom, into out: inout TextBuffer) -> Int {
    var points = 0
    out.text(#"{"resourceMetrics":["#)
    for (i, service) in graph.services.enumerated() where !service.isVirtual {
      var cpu = random.uniform(0.08, 0.22)
      var queue = random.uniform(0, 4)
      let active = faults.first { $0.service == i && $0.start <= time && time < $0.end }
      switch active?.kind {
      case .crash: continue
      case .slowdown: cpu = random.uniform(0.9, 0.99)
      case .callerTimeouts: queue = random.uniform(80, 160)
      case .retryStorm, .metastable:
        cpu = random.uniform(0.8, 0.95)
        queue = random.uniform(150, 400)
      default: break
      }
      out.text(points > 0 ? "," : "")
      out.text(#"{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"#)
      out.quoted(service.name)
      out.text(#"}}]},"scopeMetrics":[{"metrics":["#)
      gauge("process.cpu.utilization", Int64(cpu * 1000), time, into: &out)
      out.byte(0x2C)
      gauge("queue.depth", Int64(queue) * 1000, time, into: &out)
      points += 2
      if hasMemory {
        let leak = faults.first { $0.service == i && $0.kind == .memoryGrowth }
        let factor = leak.map { MemoryLeak.factor(at: time, fault: $0) } ?? 1
        let megabytes = (180 + 20 * Double(i % 7)) * factor * random.uniform(0.95, 1.05)
        out.byte(0x2C)
        gauge("process.memory.usage", Int64(megabytes * 1e9), time, into: &out)
        points += 1
      }
      out.text("]}]}")
    }
    out.text("]}\n")
    return points
  }

  private func gauge(_ name: String, _ thousandths: Int64, _ time: Int64, into out: inout TextBuffer) {
    out.text(#"{"name":""#)
    out.text(name)
    out.text(#"","gauge":{"dataPoints":[{"timeUnixNano":""#)
    out.int(time)
    out.text(#"000","asDouble":"#)
    out.thousandths(thousandths)
    out.text("}]}}")
  }

  /// The crashes and restarts of a restart storm, as event lines; returns how many lines that is.
  func restarts(_ faults: [Fault], into out: inout TextBuffer) -> Int {
    var lines: [(Int64, String)] = []
    for fault in faults where fault.kind == .restartStorm {
      for crash in RestartCycle.crashes(fault) {
        let head = { (time: Int64) in
          "{\"time\":\"\(Timestamp(time).rfc3339)\",\"component\":\"\(fault.component)\",\"kind\":"
        }
        lines.append((crash, head(crash) + "\"childCrashed\"}\n"))
        lines.append((crash + 1000, head(crash + 1000) + "\"childExited\",\"reason\":\"error\"}\n"))
        let up = crash + RestartCycle.down
        if up < fault.end { lines.append((up, head(up) + "\"heartbeat\"}\n")) }
      }
    }
    for fault in faults where fault.kind == .memoryGrowth {
      let head = { (time: Int64) in
        "{\"time\":\"\(Timestamp(time).rfc3339)\",\"component\":\"\(fault.component)\",\"kind\":"
      }
      lines.append((fault.start, head(fault.start) + "\"childExited\",\"reason\":\"killed\"}\n"))
      let up = fault.start + MemoryLeak.down
      lines.append((up, head(up) + "\"heartbeat\"}\n"))
    }
    lines.sort { $0 < $1 }
    for (_, line) in lines { out.text(line) }
    return lines.count
  }
}
