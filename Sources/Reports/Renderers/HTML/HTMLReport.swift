internal import Model
internal import Support

/// `index.html`: the night in one file that asks for nothing, works without scripts, prints, and reads in light and dark.
struct HTMLReport {
  let report: NightReport
  let rules: TextRules
  /// Incidents told as whole cards, with pictures of requests for the first of them.
  private static let (cards, pictured) = (50, 20)

  private var html: HTMLText { HTMLText(rules: rules) }
  private var renderer: HTMLRenderer { HTMLRenderer(rules: rules) }

  func text() -> String {
    let page = NightPage(report, rules: rules)
    let strips = ComponentStrips(report: report, html: html).section()
    let map = ServiceMap(report: report, html: html).section()
    let title = renderer.inline(page.title, plain: true)
    let policy =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-\(SHA256.base64(Array(HTMLStyle.script.utf8)))'; "
      + "base-uri 'none'; form-action 'none'"
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">
      <title>\(title)</title>
      <link rel="icon" href="data:,"><style>\(HTMLStyle.css)</style></head><body>
      <header><h1>\(renderer.inline(page.title))</h1>
      \(firstScreen())</header>
      <nav aria-label="Parts of this report"><ul>\(contents(hasStrips: !strips.isEmpty, hasMap: !map.isEmpty))</ul>
      <div class="find" id="find" hidden><label>Search <input type="search" autocomplete="off"></label> <output></output></div></nav>
      <main>
      \(body(page, [strips, map, policies()]))</main>
      <script>\(HTMLStyle.script)</script></body></html>

      """
  }

  private func firstScreen() -> String {
    var page = Page(title: "")
    FirstScreen(report: report).add(to: &page)
    return page.blocks.enumerated().map { i, block in
      if i == 0, case .paragraph(let verdict) = block {
        return "<p class=\"verdict\">" + renderer.inline(verdict) + "</p>\n"
      }
      return renderer.block(block, [:])
    }.joined()
  }

  private func contents(hasStrips: Bool, hasMap: Bool) -> String {
    var parts: [(id: String, title: String)] = []
    if !report.incidents.isEmpty { parts.append(("incidents", "Incidents")) }
    if hasStrips { parts.append(("timeline", "Timeline")) }
    if hasMap { parts.append(("map", "Service map")) }
    if report.policies != nil { parts.append(("policies", "Policies")) }
    parts.append(("details", "All tables"))
    return parts.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }.joined()
  }

  private func body(_ page: NightPage, _ sections: [String]) -> String {
    var out = incidents()
    for section in sections where !section.isEmpty { out += "<section>" + section + "</section>\n" }
    out += "<section id=\"details\">\n"
    for block in page.details().blocks { out += renderer.block(block, [:]) }
    return out + "</section>\n"
  }

  private func incidents() -> String {
    let ranked = Ranking.bySeverity(report.incidents)
    guard !ranked.isEmpty else { return "" }
    var out = "<section><h2 id=\"incidents\">Incidents</h2>\n"
    for (i, incident) in ranked.prefix(Self.cards).enumerated() { out += card(incident, isPictured: i < Self.pictured) }
    if ranked.count > Self.cards {
      out += "<p>\(NumberFormat.count(ranked.count - Self.cards)) more in <code>report.json</code>.</p>\n"
    }
    return out + "</section>\n"
  }

  private func card(_ incident: Incident, isPictured: Bool) -> String {
    let card = IncidentCard(incident: incident, report: report)
    let anchor = IncidentPage.fileName(incident.id.text)
    var out = "<article class=\"card \(incident.severity.rawValue)\" id=\"i-\(anchor)\">\n"
    var page = Page(title: "")
    card.add(to: &page, heading: 3, hasLink: false)
    for block in page.blocks { out += renderer.block(block, [:]) }
    if isPictured, !incident.exemplars.isEmpty {
      let waterfall = Waterfall(html: html, links: report.links)
      out += "<div class=\"pair\">" + incident.exemplars.map { waterfall.table($0, of: incident) }.joined() + "</div>\n"
    }
    var rest = Page(title: "")
    IncidentPage.details(incident, rules: rules, &rest)
    out += "<details><summary>Timeline, reasoning and evidence</summary>\n"
    for block in rest.blocks { out += renderer.block(block.demoted, [:]) }
    return out + "</details></article>\n"
  }

  private func policies() -> String {
    guard let policies = report.policies else { return "" }
    var page = Page(title: "")
    PolicySection(report: report, pictures: ["policies.svg"]).add(to: &page)
    let picture = PolicyChart.svg(policies, rules: rules).map { "<div class=\"policies\">" + $0 + "</div>" }
    var out = ""
    for (i, block) in page.blocks.enumerated() {
      if i == 0, case .heading(_, let text) = block {
        out += "<h2 id=\"policies\">" + renderer.inline(text) + "</h2>\n"
      } else {
        out += renderer.block(block, ["policies.svg": picture ?? ""])
      }
    }
    return out
  }
}

extension Page.Block {
  /// A heading one level further down.
  var demoted: Page.Block {
    if case .heading(let level, let text) = self { .heading(level + 2, text) } else { self }
  }
}
