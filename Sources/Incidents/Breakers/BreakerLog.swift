internal import Model

/// Circuit breakers as log lines tell of them: the states of the breaker in front of each component, in time order.
///
/// A line speaks of the breaker in front of the component that it names; where it names none, of the one in front of
/// the callee that failed most under the component that wrote the line, else of the writer's own.
struct BreakerLog {
  struct Line {
    /// Microseconds since the epoch.
    var time: Int64
    var state: Incident.Circuit
    /// The component that wrote it.
    var writer: Int
    var sighting: EvidenceSample
  }

  /// By the component behind the breaker, in time order.
  private(set) var lines: [Int: [Line]] = [:]
  /// The kind under which the digest keeps such lines.
  static let kind = "breakerLine"
  /// Shorter names occur in other words.
  private static let leastName = 3

  init(_ grid: ComponentTimeline) {
    let kind = grid.partial.names.find(Self.kind)
    var targets: [Int32: Int?] = [:]
    for (cell, reading) in grid.partial.signals.cells where cell.b == kind {
      guard let writer = grid.component(cell.a) else { continue }
      let message = grid.partial.names[cell.c]
      guard let state = BreakerWords.state(in: message) else { continue }
      let named: Int?
      if let known = targets[cell.c] {
        named = known
      } else {
        named = Self.named(in: message, grid)
        targets[cell.c] = .some(named)
      }
      let target =
        named.flatMap { $0 == writer ? nil : $0 } ?? Self.worstCallee(of: writer, at: cell.slot, grid) ?? writer
      lines[target, default: []].append(
        Line(time: reading.source.time, state: state, writer: writer, sighting: reading.source))
    }
    for key in lines.keys {
      lines[key]?.sort { a, b in a.sighting != b.sighting ? a.sighting < b.sighting : a.writer < b.writer }
    }
  }

  /// The changes of state told within a time: of lines that say the same again only the first.
  func changes(_ component: Int, from: Int64, to: Int64) -> [Line] {
    var changes: [Line] = []
    var states: [Int: Incident.Circuit] = [:]
    for line in lines[component] ?? [] where line.time >= from && line.time <= to {
      if states.updateValue(line.state, forKey: line.writer) != line.state { changes.append(line) }
    }
    return changes
  }

  /// The state told last within a time; nil where nothing was told.
  func state(_ component: Int, from: Int64, to: Int64) -> Incident.Circuit? {
    lines[component]?.last { $0.time >= from && $0.time <= to }?.state
  }

  /// Components whose breaker was last said to be open.
  var open: [Int] { lines.filter { $0.value.last?.state == .open }.keys.sorted() }

  /// The longest name of a component that stands in a message as words of its own.
  private static func named(in message: String, _ grid: ComponentTimeline) -> Int? {
    let text = message.lowercased()
    var best: Int?
    for (index, name) in grid.components.enumerated() where name.utf8.count >= leastName {
      if let known = best, grid.components[known].utf8.count >= name.utf8.count { continue }
      if stands(name.lowercased(), in: text) { best = index }
    }
    return best
  }

  private static func stands(_ name: String, in text: String) -> Bool {
    func isName(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte >= 0x80
    }
    let text = Array(text.utf8)
    let name = Array(name.utf8)
    guard text.count >= name.count else { return false }
    for start in 0...(text.count - name.count) where text[start] == name[0] {
      let end = start + name.count
      guard text[start..<end].elementsEqual(name) else { continue }
      if start > 0, isName(text[start - 1]) { continue }
      if end < text.count, isName(text[end]) { continue }
      return true
    }
    return false
  }

  /// The callee whose calls failed most in the minute of a fine slot.
  private static func worstCallee(of writer: Int, at slot: Int32, _ grid: ComponentTimeline) -> Int? {
    let minute = IncidentPartial.slot(IncidentPartial.start(slot, IncidentPartial.fine), IncidentPartial.coarse)
    guard let name = grid.partial.names.find(grid.components[writer]) else { return nil }
    var worst: (callee: Int, failures: Int)?
    for callee in grid.callees[writer] {
      guard let other = grid.partial.names.find(grid.components[callee]),
        let edge = grid.partial.edges.cells[CubeKey(a: name, b: other, slot: minute)]
      else { continue }
      if edge.failures > worst?.failures ?? 0 { worst = (callee, edge.failures) }
    }
    return worst?.callee
  }
}
