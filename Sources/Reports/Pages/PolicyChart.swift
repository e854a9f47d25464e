internal import Model

/// Every policy's success with its interval, a row each: nothing overlaps, and the axis ends at 100 %.
enum PolicyChart {
  private static let rows = 30
  private static let (left, width, right) = (210.0, 400.0, 180.0)

  static func svg(_ findings: PolicyFindings, rules: TextRules) -> String? {
    typealias Row = (name: String, success: Estimate, load: Estimate, kind: String)
    // Tasks' time and calls have no axis in common: calls come first.
    let hasCalls = findings.calls > 0 || findings.tasks == nil
    let own = hasCalls ? findings.baseline : findings.tasks?.outcome ?? findings.baseline
    var rows: [Row] = [("as logged", own.successRate, own.attemptsPerRequest, "logged")]
    for candidate in findings.candidates.filter({ $0.isAboutTasks != hasCalls }).prefix(Self.rows) {
      let kind = candidate.name == findings.recommended ? "front" : "other"
      rows.append((candidate.name.text, candidate.outcome.successRate, candidate.outcome.attemptsPerRequest, kind))
    }
    rows = rows.filter { $0.success.low.isFinite && $0.success.high.isFinite }
    guard rows.count > 1 else { return nil }
    let low = max(rows.map(\.success.low).min() ?? 0, 0)
    let high = min(rows.map(\.success.high).max() ?? 1, 1)
    let pad = max((high - low) * 0.05, 1e-5)
    let (first, last) = (max(low - pad, 0), min(high + pad, 1))
    func x(_ value: Double) -> Double {
      left + width * min(max((value - first) / max(last - first, 1e-9), 0), 1)
    }
    let height = 30 + 22 * Double(rows.count)
    var svg = Pictures.open(
      width: left + width + right, height: height + 26,
      title: hasCalls ? "Success per request and its interval, per policy" : "Tasks' time up, per policy")
    svg +=
      "<text x=\"\(number(left))\" y=\"14\">\(hasCalls ? "success per request" : "share of the tasks' time up")</text>"
    svg +=
      "<text x=\"\(number(left + width + 12))\" y=\"14\">\(hasCalls ? "attempts per request" : "starts per trouble")</text>\n"
    for (i, row) in rows.enumerated() {
      let y = 36 + 22 * Double(i)
      svg +=
        "<text x=\"\(number(left - 10))\" y=\"\(number(y + 4))\" text-anchor=\"end\">\(Pictures.text(row.name, 28, rules))</text>"
      svg +=
        "<path d=\"M\(number(x(row.success.low))) \(number(y))H\(number(max(x(row.success.high), x(row.success.low) + 1)))\" class=\"bar\"/>"
      if let value = row.success.value {
        svg += "<circle cx=\"\(number(x(value)))\" cy=\"\(number(y))\" r=\"5\" class=\"\(row.kind)\"/>"
      }
      let load = NumberFormat.estimate(row.load) { NumberFormat.number($0) }
      svg += "<text x=\"\(number(left + width + 12))\" y=\"\(number(y + 4))\">\(load)</text>\n"
    }
    for tick in 0...3 {
      let value = first + (last - first) * Double(tick) / 3
      let anchor = tick == 0 ? "start" : tick == 3 ? "end" : "middle"
      let digits = last - first < 0.002 ? 3 : last - first < 0.02 ? 2 : 1
      svg +=
        "<text x=\"\(number(x(value)))\" y=\"\(number(height + 18))\" text-anchor=\"\(anchor)\">\(NumberFormat.fixed(value * 100, digits)) %</text>\n"
    }
    return svg + "</svg>\n"
  }

  private static func number(_ value: Double) -> String { NumberFormat.fixed(value, 1) }
}
