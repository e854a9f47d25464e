internal import Model
internal import Support

/// The components over the night, a row each: the share of failed requests as bars that hang from nothing and end at 100 %,
/// the time in its own code as a line, and the incidents as bands behind both.
struct ComponentStrips {
  let report: NightReport
  let html: HTMLText
  /// Rows shown: those in incidents first, then the busiest.
  private static let rows = 30
  private static let width = 720.0
  private static let height = 48.0

  func section() -> String {
    guard let window = report.window, window.end > window.start, !report.curves.isEmpty else { return "" }
    let shown = ranked()
    var out =
      "<h2 id=\"timeline\">Components over the night</h2>\n<p>Bars: share of requests that failed, full height is "
    out += "100 %. Line: time in its own code per request. Shaded: while an incident lasted; "
    out += "<span class=\"key cause\">darker</span> where it began.</p>\n"
    out += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Components over the night\">"
    out += "<table class=\"strips\"><thead><tr><th scope=\"col\">component</th><th scope=\"col\">"
    out +=
      axis(window) + "</th><th scope=\"col\">failed</th><th scope=\"col\">own time, highest</th></tr></thead><tbody>\n"
    for curve in shown { out += row(curve, window) }
    out += "</tbody></table></div>\n"
    if report.curves.count > shown.count {
      out +=
        "<p>\(NumberFormat.count(report.curves.count - shown.count)) more components are in <code>report.json</code>.</p>\n"
    }
    return out
  }

  private func ranked() -> [ComponentCurve] {
    var weight: [ForeignName: Int] = [:]
    for incident in report.incidents {
      for state in incident.components { weight[state.id] = 1 }
      for cause in incident.rootCauses.prefix(1) { weight[cause.component] = 2 }
    }
    let counted = report.curves.map { curve in
      (curve, weight[curve.component] ?? 0, curve.points.reduce(0) { $0 + $1.requests })
    }
    return counted.sorted { a, b in
      a.1 != b.1 ? a.1 > b.1 : (b.2, a.0.component) < (a.2, b.0.component)
    }.prefix(Self.rows).map(\.0)
  }

  private func axis(_ window: (start: Int64, end: Int64)) -> String {
    let step = (window.end - window.start) / 4
    let marks = (0...4).map { "<span>\(report.times.time(window.start + step * Int64($0)))</span>" }
    return "<div class=\"axis\">" + marks.joined() + "</div>"
  }

  private func row(_ curve: ComponentCurve, _ window: (start: Int64, end: Int64)) -> String {
    let span = Double(window.end - window.start)
    func x(_ time: Int64) -> Double {
      min(max(Double(time.subtractingSaturated(window.start)) / span, 0), 1) * Self.width
    }
    var svg = ""
    for incident in report.incidents where incident.components.contains(where: { $0.id == curve.component }) {
      let kind = incident.rootCauses.first?.component == curve.component ? "cause" : "hit"
      let (from, to) = (x(incident.start), x(incident.end))
      svg +=
        "<rect x=\"\(number(from))\" y=\"0\" width=\"\(number(max(to - from, 2)))\" height=\"48\" class=\"\(kind)\"/>"
    }
    let gaps = zip(curve.points, curve.points.dropFirst()).map { $1.at - $0.at }
    let length = gaps.min() ?? 60_000_000
    let highest = curve.points.compactMap(\.ownTime).max() ?? 0
    var line = ""
    for point in curve.points {
      let (from, to) = (x(point.at), x(point.at + length))
      let rate = min(1, Double(point.failures) / Double(max(point.requests, 1)))
      if rate > 0 {
        svg +=
          "<rect x=\"\(number(from))\" y=\"\(number(Self.height * (1 - rate)))\" width=\"\(number(max(to - from, 1)))\""
        svg += " height=\"\(number(Self.height * rate))\" class=\"rate\"/>"
      }
      if let own = point.ownTime, highest > 0 {
        let y = Self.height - 3 - (Self.height - 6) * Double(own) / Double(highest)
        line += (line.isEmpty ? "M" : "L") + number((from + to) / 2) + " " + number(y)
      }
    }
    if !line.isEmpty { svg += "<path d=\"\(line)\" class=\"own\"/>" }
    let requests = curve.points.reduce(0) { $0 + $1.requests }
    let failures = curve.points.reduce(0) { $0 + $1.failures }
    let said = "\(NumberFormat.count(failures)) of \(NumberFormat.count(requests))"
    return "<tr><th scope=\"row\">\(html.foreign(curve.component.text))</th><td><svg viewBox=\"0 0 720 48\" "
      + "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"\(said) requests failed\">\(svg)</svg></td>"
      + "<td>\(said)</td><td>\(highest > 0 ? NumberFormat.duration(highest) : "–")</td></tr>\n"
  }

  private func number(_ value: Double) -> String { NumberFormat.fixed(value, 1) }
}
