internal import Model

/// Who calls whom, in columns from the entry points to the right; what an incident began with and what it reached are
/// marked by words and colour.
struct ServiceMap {
  let report: NightReport
  let html: HTMLText
  private static let limit = 28
  private static let box = (width: 168.0, height: 40.0, gapX: 72.0, gapY: 16.0)

  private struct Edge: Hashable {
    var from: Int
    var to: Int
  }

  func section() -> String {
    let names = chosen()
    guard names.count > 1 else { return "" }
    let index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var edges: [Edge: (calls: Int, failures: Int)] = [:]
    for component in report.components {
      guard let from = index[component.id] else { continue }
      for call in component.calls {
        guard let to = index[call.to], to != from else { continue }
        edges[Edge(from: from, to: to), default: (0, 0)].calls += call.count
        edges[Edge(from: from, to: to), default: (0, 0)].failures += call.failures
      }
    }
    let columns = Self.columns(names.count, edges.keys.sorted { ($0.from, $0.to) < ($1.from, $1.to) })
    let tallest = columns.map(\.count).max() ?? 1
    let width = Double(columns.count) * (Self.box.width + Self.box.gapX) - Self.box.gapX + 4
    let height = Double(tallest) * (Self.box.height + Self.box.gapY) - Self.box.gapY + 4
    var place = [(x: Double, y: Double)](repeating: (0, 0), count: names.count)
    for (column, members) in columns.enumerated() {
      let used = Double(members.count) * (Self.box.height + Self.box.gapY) - Self.box.gapY
      for (row, member) in members.enumerated() {
        place[member] = (
          2 + Double(column) * (Self.box.width + Self.box.gapX),
          2 + (height - 4 - used) / 2 + Double(row) * (Self.box.height + Self.box.gapY)
        )
      }
    }
    var svg = ""
    for (edge, count) in edges.sorted(by: { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) }) {
      svg += line(place[edge.from], place[edge.to], count, from: names[edge.from], to: names[edge.to])
    }
    for (i, name) in names.enumerated() { svg += node(name, place[i]) }
    var out =
      "<h2 id=\"map\">Service map</h2>\n<p>Calls go from left to right. Thick lines: calls that failed; the figures "
    out +=
      "stand in the table of components.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Service map\">"
    out +=
      "<svg class=\"map\" role=\"img\" aria-label=\"Which components call which\" viewBox=\"0 0 \(number(width)) \(number(height))\""
    out += " width=\"\(number(width))\" height=\"\(number(height))\">\n\(svg)</svg></div>\n"
    let all = report.components.count
    return names.count < all ? out + "<p>\(names.count) of \(all) components are shown.</p>\n" : out
  }

  /// Components of incidents first, then what calls them and what they call, then the busiest.
  private func chosen() -> [ForeignName] {
    var order: [ForeignName] = []
    var seen: Set<ForeignName> = []
    func add(_ name: ForeignName) { if order.count < Self.limit, seen.insert(name).inserted { order.append(name) } }
    let known = Set(report.components.map(\.id)).union(report.components.flatMap { $0.calls.map(\.to) })
    for incident in Ranking.bySeverity(report.incidents) {
      for name in incident.rootCauses.prefix(1).map(\.component) + incident.components.map(\.id)
      where known.contains(name) {
        add(name)
      }
    }
    let busy = report.components.sorted { ($1.requests, $0.id) < ($0.requests, $1.id) }
    for component in busy where component.calls.contains(where: { seen.contains($0.to) }) { add(component.id) }
    for component in busy {
      add(component.id)
      for call in component.calls.sorted(by: { ($1.count, $0.to) < ($0.count, $1.to) }) { add(call.to) }
    }
    return order.sorted()
  }

  /// Nodes by their distance from the entry points; a node that only a cycle reaches begins a column of its own.
  private static func columns(_ count: Int, _ edges: [Edge]) -> [[Int]] {
    var incoming = [Int](repeating: 0, count: count)
    var next = [[Int]](repeating: [], count: count)
    for edge in edges {
      incoming[edge.to] += 1
      next[edge.from].append(edge.to)
    }
    var depth = [Int](repeating: -1, count: count)
    var frontier = (0..<count).filter { incoming[$0] == 0 }
    if frontier.isEmpty { frontier = [0] }
    for node in frontier { depth[node] = 0 }
    var level = 0
    while depth.contains(-1) {
      var reached: [Int] = []
      for node in frontier {
        for to in next[node] where depth[to] < 0 {
          depth[to] = level + 1
          reached.append(to)
        }
      }
      if reached.isEmpty, let rest = depth.firstIndex(of: -1) {
        depth[rest] = 0
        reached = [rest]
        level = -1
      }
      level += 1
      frontier = reached
    }
    let last = depth.max() ?? 0
    return (0...last).map { column in (0..<count).filter { depth[$0] == column } }.filter { !$0.isEmpty }
  }

  private func line(
    _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ count: (calls: Int, failures: Int),
    from caller: ForeignName, to callee: ForeignName
  ) -> String {
    let isForward = to.x > from.x
    let (x1, y1) = (isForward ? from.x + Self.box.width : from.x, from.y + Self.box.height / 2)
    let (x2, y2) = (isForward ? to.x : to.x + Self.box.width, to.y + Self.box.height / 2)
    let middle = (x1 + x2) / 2
    let title =
      "\(show(caller, 60)) to \(show(callee, 60)): \(NumberFormat.count(count.calls)) calls, \(NumberFormat.count(count.failures)) failed"
    return
      "<path class=\"\(count.failures > 0 ? "bad" : "call")\" d=\"M\(number(x1)) \(number(y1))C\(number(middle)) \(number(y1)) "
      + "\(number(middle)) \(number(y2)) \(number(x2)) \(number(y2))\"><title>\(title)</title></path>\n"
  }

  private func node(_ name: ForeignName, _ at: (x: Double, y: Double)) -> String {
    let isCause = report.incidents.contains { $0.rootCauses.first?.component == name }
    let isHit = report.incidents.contains { $0.components.contains { $0.id == name } }
    let kind = isCause ? "cause" : isHit ? "hit" : "calm"
    let component = report.components.first { $0.id == name }
    let rate = component.map { NumberFormat.percent($0.errorRate) + " failed" } ?? "no spans of its own"
    let word = isCause ? "cause · " : isHit ? "affected · " : ""
    return
      "<g><title>\(show(name, 120))</title><rect class=\"\(kind)\" x=\"\(number(at.x))\" y=\"\(number(at.y))\" width=\"168\" "
      + "height=\"40\" rx=\"5\"/><text x=\"\(number(at.x + 8))\" y=\"\(number(at.y + 16))\">\(show(name, 23))</text>"
      + "<text class=\"small\" x=\"\(number(at.x + 8))\" y=\"\(number(at.y + 32))\">\(word)\(rate)</text></g>\n"
  }

  private func show(_ name: ForeignName, _ limit: Int) -> String { Pictures.text(name.text, limit, html.rules) }

  private func number(_ value: Double) -> String { NumberFormat.fixed(value, 1) }
}
