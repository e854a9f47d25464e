/// A page as one HTML file that loads nothing and runs nothing.
package struct HTMLRenderer: Sendable {
  let rules: TextRules

  package init(rules: TextRules = TextRules()) { self.rules = rules }

  /// The whole file. `pictures` holds the SVG files that the page shows, by path; they are set into it.
  package func render(_ page: Page, pictures: [String: String] = [:]) -> String {
    var body = "<h1>" + inline(page.title) + "</h1>\n"
    for block in page.blocks { body += self.block(block, pictures) }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width"><title>\(inline(page.title, plain: true))</title>
      <style>\(Self.style)</style></head><body>
      \(body)</body></html>

      """
  }

  private static let style = """
    :root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
    table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #8888;padding:.2rem .5rem;text-align:left;vertical-align:top}
    code,pre{font:13px ui-monospace,monospace;background:#8882;overflow-wrap:anywhere}pre{padding:.5rem;overflow:auto}
    """

  private func block(_ block: Page.Block, _ pictures: [String: String]) -> String {
    switch block {
    case .heading(let level, let text):
      let level = min(max(level, 1), 6)
      return "<h\(level)>" + inline(text) + "</h\(level)>\n"
    case .paragraph(let text): return "<p>" + inline(text) + "</p>\n"
    case .bullets(let items): return "<ul>" + items.map { "<li>" + inline($0) + "</li>" }.joined() + "</ul>\n"
    case .numbered(let items): return "<ol>" + items.map { "<li>" + inline($0) + "</li>" }.joined() + "</ol>\n"
    case .table(let header, let rows):
      let head = header.map { "<th>" + inline($0) + "</th>" }.joined()
      let body = rows.map { "<tr>" + $0.map { "<td>" + inline($0) + "</td>" }.joined() + "</tr>\n" }.joined()
      return "<table><thead><tr>" + head + "</tr></thead><tbody>\n" + body + "</tbody></table>\n"
    case .command(let text):
      return "<pre>" + Self.escape(VisibleText.show("$ " + rules.boundedPath(text))) + "</pre>\n"
    case .code(let text), .mermaid(let text):
      let lines = rules.boundedPath(text).split(separator: "\n", omittingEmptySubsequences: false)
      return "<pre>" + lines.map { Self.escape(VisibleText.show(String($0))) }.joined(separator: "\n") + "</pre>\n"
    case .image(let alt, let path): return pictures[path] ?? "<p>" + Self.escape(alt) + "</p>\n"
    }
  }

  private func inline(_ prose: InlineText, plain: Bool = false) -> String {
    prose.runs.map { run in
      switch run {
      case .own(let text): return Self.escape(text)
      case .strong(let text): return plain ? Self.escape(text) : "<strong>" + Self.escape(text) + "</strong>"
      case .foreign(let text):
        let shown = Self.escape(VisibleText.show(rules.bounded(text)))
        return plain ? shown : "<code>" + shown + "</code>"
      case .link(let text, let path):
        return plain ? Self.escape(text) : "<a href=\"\(Self.escape(path))\">" + Self.escape(text) + "</a>"
      case .lineBreak: return plain ? " " : "<br>"
      }
    }.joined()
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
