internal import Model

/// Pictures beside the page, as SVG: deterministic, without fonts or colours of their own that only one background bears.
enum Pictures {
  /// When each component was in trouble: a row per component, a band per incident.
  static func heatStrip(_ report: NightReport, rules: TextRules) -> String? {
    guard let window = report.window, window.end > window.start, !report.incidents.isEmpty else { return nil }
    var bands: [String: [(start: Int64, end: Int64, rate: Double, isCause: Bool)]] = [:]
    for incident in report.incidents {
      let causes = Set(incident.rootCauses.prefix(1).map(\.component))
      for state in incident.components {
        let start = max(state.onset, window.start)
        bands[state.id.text, default: []].append(
          (start, min(max(incident.end, start), window.end), state.errorRate, causes.contains(state.id)))
      }
    }
    guard !bands.isEmpty else { return nil }
    let rows = bands.sorted { a, b in
      let first = (a.value.map(\.start).min() ?? 0, a.key)
      return first < (b.value.map(\.start).min() ?? 0, b.key)
    }.prefix(40)
    let left = 190.0
    let width = 720.0
    let height = 34 + 20 * Double(rows.count)
    let span = Double(window.end - window.start)
    func x(_ time: Int64) -> Double { left + width * Double(time - window.start) / span }
    var svg = open(width: left + width + 20, height: height + 24, title: "When each component was in trouble")
    for (i, row) in rows.enumerated() {
      let y = 24 + 20 * Double(i)
      svg +=
        "<text x=\"\(number(left - 8))\" y=\"\(number(y + 13))\" text-anchor=\"end\">\(text(row.key, 26, rules))</text>\n"
      svg +=
        "<rect x=\"\(number(left))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"16\" class=\"quiet\"/>\n"
      for band in row.value.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
        let shade = 0.35 + 0.6 * min(max(band.rate, 0), 1)
        svg +=
          "<rect x=\"\(number(x(band.start)))\" y=\"\(number(y))\" width=\"\(number(max(x(band.end) - x(band.start), 2)))\" "
        svg += "height=\"16\" class=\"\(band.isCause ? "cause" : "hit")\" fill-opacity=\"\(number(shade))\"/>\n"
      }
    }
    for tick in 0...4 {
      let time = window.start + (window.end - window.start) / 4 * Int64(tick)
      let anchor = tick == 0 ? "start" : tick == 4 ? "end" : "middle"
      svg +=
        "<text x=\"\(number(x(time)))\" y=\"\(number(height + 14))\" text-anchor=\"\(anchor)\">\(NumberFormat.clock(time).prefix(8))</text>\n"
    }
    svg += "<text x=\"\(number(left))\" y=\"15\">red: what it began with; orange: what failed because of it</text>\n"
    return svg + "</svg>\n"
  }

  /// Every policy by its success and its load, with intervals; the logged one as a ring.
  static func policies(_ findings: PolicyFindings, rules: TextRules) -> String? {
    typealias Point = (name: String, load: Estimate, success: Estimate, isFrontier: Bool)
    var points: [Point] = [
      ("logged", findings.baseline.attemptsPerRequest, findings.baseline.successRate, false)
    ]
    for candidate in findings.candidates.prefix(30) {
      let outcome = candidate.outcome
      points.append((candidate.name.text, outcome.attemptsPerRequest, outcome.successRate, candidate.onFrontier))
    }
    func middle(_ estimate: Estimate) -> Double { estimate.value ?? (estimate.low + estimate.high) / 2 }
    points = points.filter { [$0.load, $0.success].allSatisfy { $0.low.isFinite && $0.high.isFinite } }
    guard points.count > 1 else { return nil }
    func range(_ values: [Double]) -> (Double, Double) {
      let low = values.min() ?? 0
      let high = values.max() ?? 1
      let pad = max((high - low) * 0.1, 1e-4)
      return (low - pad, high + pad)
    }
    let (loadLow, loadHigh) = range(points.flatMap { [$0.load.low, $0.load.high] })
    let (successLow, successHigh) = range(points.flatMap { [$0.success.low, $0.success.high] })
    func x(_ value: Double) -> Double { 70 + 560 * (value - loadLow) / (loadHigh - loadLow) }
    func y(_ value: Double) -> Double { 330 - 300 * (value - successLow) / (successHigh - successLow) }
    var svg = open(width: 760, height: 390, title: "Success against load, per policy")
    svg += "<path d=\"M70 20V330H640\" class=\"axis\"/>\n"
    for tick in 0...4 {
      let load = loadLow + (loadHigh - loadLow) * Double(tick) / 4
      let success = successLow + (successHigh - successLow) * Double(tick) / 4
      svg += "<text x=\"\(number(x(load)))\" y=\"348\" text-anchor=\"middle\">\(NumberFormat.fixed(load, 2))</text>\n"
      svg +=
        "<text x=\"64\" y=\"\(number(y(success) + 4))\" text-anchor=\"end\">\(NumberFormat.percent(success))</text>\n"
    }
    svg += "<text x=\"355\" y=\"372\" text-anchor=\"middle\">attempts per request</text>\n"
    svg += "<text x=\"70\" y=\"14\">success per request</text>\n"
    for (i, point) in points.enumerated() {
      let cx = number(x(middle(point.load)))
      let cy = number(y(middle(point.success)))
      let kind = i == 0 ? "logged" : point.isFrontier ? "front" : "other"
      svg +=
        "<path d=\"M\(number(x(point.load.low))) \(cy)H\(number(x(point.load.high)))M\(cx) \(number(y(point.success.low)))V\(number(y(point.success.high)))\" class=\"bar\"/>\n"
      svg += "<circle cx=\"\(cx)\" cy=\"\(cy)\" r=\"5\" class=\"\(kind)\"/>\n"
      svg +=
        "<text x=\"\(number(x(middle(point.load)) + 8))\" y=\"\(number(y(middle(point.success)) - 6))\">\(text(point.name, 24, rules))</text>\n"
    }
    return svg + "</svg>\n"
  }

  private static func open(width: Double, height: Double, title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" width="\(number(width))" role="img">
    <title>\(title)</title>
    <style>
    text{font:12px sans-serif;fill:#555}.quiet{fill:#888;fill-opacity:.15}.cause{fill:#d1242f}.hit{fill:#d97706}
    .axis{stroke:#888;fill:none}.bar{stroke:#888;stroke-opacity:.6}.front{fill:#1a7f37}.other{fill:#888}
    .logged{fill:none;stroke:#0969da;stroke-width:2}
    @media(prefers-color-scheme:dark){text{fill:#bbb}}
    </style>

    """
  }

  /// A coordinate with one digit behind the point.
  private static func number(_ value: Double) -> String { NumberFormat.fixed(value, 1) }

  private static func text(_ name: String, _ limit: Int, _ rules: TextRules) -> String {
    let shown = VisibleText.show(rules.bounded(name))
    return HTMLRenderer.escape(shown.count > limit ? shown.prefix(limit - 1) + "…" : shown)
  }
}
