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
        "<text x=\"\(number(x(time)))\" y=\"\(number(height + 14))\" text-anchor=\"\(anchor)\">\(report.times.time(time))</text>\n"
    }
    svg += "<rect x=\"\(number(left))\" y=\"5\" width=\"12\" height=\"12\" class=\"cause\"/>"
    svg += "<text x=\"\(number(left + 18))\" y=\"15\">where it began</text>"
    svg += "<rect x=\"\(number(left + 130))\" y=\"5\" width=\"12\" height=\"12\" class=\"hit\"/>"
    svg += "<text x=\"\(number(left + 148))\" y=\"15\">what failed or slowed because of it</text>\n"
    return svg + "</svg>\n"
  }

  static func open(width: Double, height: Double, title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" width="\(number(width))" role="img">
    <title>\(title)</title>
    <style>
    text{font:12px sans-serif;fill:#444}.quiet{fill:#888;fill-opacity:.15}.cause{fill:#d55e00}.hit{fill:#56b4e9}
    .axis{stroke:#888;fill:none}.bar{stroke:#888;stroke-width:2}.front{fill:#009e73}.other{fill:#888}
    .logged{fill:none;stroke:#0072b2;stroke-width:2}
    @media(prefers-color-scheme:dark){text{fill:#bbb}}
    </style>

    """
  }

  /// A coordinate with one digit behind the point.
  private static func number(_ value: Double) -> String { NumberFormat.fixed(value, 1) }

  static func text(_ name: String, _ limit: Int, _ rules: TextRules) -> String {
    let shown = VisibleText.show(rules.bounded(name))
    return HTMLRenderer.escape(shown.count > limit ? shown.prefix(limit - 1) + "…" : shown)
  }
}
