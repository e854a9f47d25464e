/// The blocks of a page as HTML.
struct HTMLRenderer: Sendable {
  let rules: TextRules

  func block(_ block: Page.Block, _ pictures: [String: String]) -> String {
    switch block {
    case .heading(let level, let text):
      let level = min(max(level, 1), 6)
      return "<h\(level)>" + inline(text) + "</h\(level)>\n"
    case .paragraph(let text): return "<p>" + inline(text) + "</p>\n"
    case .bullets(let items): return "<ul>" + items.map { "<li>" + inline($0) + "</li>" }.joined() + "</ul>\n"
    case .numbered(let items): return "<ol>" + items.map { "<li>" + inline($0) + "</li>" }.joined() + "</ol>\n"
    case .table(let header, let rows):
      let head = header.map { "<th scope=\"col\">" + inline($0) + "</th>" }.joined()
      let body = rows.map { "<tr>" + $0.map { "<td>" + inline($0) + "</td>" }.joined() + "</tr>\n" }.joined()
      let label = Self.escape(header.prefix(3).map(\.plain).joined(separator: ", "))
      return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table: \(label)\">"
        + "<table class=\"sortable\"><thead><tr>" + head + "</tr></thead><tbody>\n" + body + "</tbody></table></div>\n"
    case .command(let text):
      return "<pre tabindex=\"0\">" + Self.escape(VisibleText.show("$ " + rules.boundedPath(text))) + "</pre>\n"
    // The page has pictures of its own.
    case .mermaid: return ""
    case .code(let text):
      let lines = rules.boundedPath(text).split(separator: "\n", omittingEmptySubsequences: false)
      return "<pre tabindex=\"0\">" + lines.map { Self.escape(VisibleText.show(String($0))) }.joined(separator: "\n")
        + "</pre>\n"
    case .image(let alt, let path): return pictures[path] ?? "<p>" + Self.escape(alt) + "</p>\n"
    }
  }

  func inline(_ prose: InlineText, plain: Bool = false) -> String {
    prose.runs.map { run in
      switch run {
      case .own(let text): return Self.escape(text)
      case .strong(let text): return plain ? Self.escape(text) : "<strong>" + Self.escape(text) + "</strong>"
      case .code(let text): return plain ? Self.escape(text) : "<kbd>" + Self.escape(text) + "</kbd>"
      case .foreign(let text):
        let shown = Self.escape(VisibleText.show(rules.bounded(text)))
        return plain ? shown : "<code>" + shown + "</code>"
      case .link(let text, let path):
        return plain ? Self.escape(text) : "<a href=\"\(Self.escape(Self.target(path)))\">" + Self.escape(text) + "</a>"
      case .address(let text, let address):
        let shown = Self.escape(VisibleText.show(rules.bounded(text)))
        return plain ? shown : "<a href=\"\(Self.escape(address))\"><code>\(shown)</code></a>"
      case .lineBreak: return plain ? " " : "<br>"
      }
    }.joined()
  }

  /// Incidents stand on this page, not on pages of their own.
  private static func target(_ path: String) -> String {
    guard path.hasPrefix("incidents/"), path.hasSuffix(".md") else { return path }
    return "#i-" + path.dropFirst(10).dropLast(3)
  }

  /// The five characters that HTML and XML read, as references.
  static func escape(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
