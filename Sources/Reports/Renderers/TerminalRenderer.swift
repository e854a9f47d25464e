/// A page as text for a terminal: no byte of foreign text reaches the terminal's control language.
package struct TerminalRenderer: Sendable {
  let rules: TextRules
  /// Whether headings and emphasis may be coloured; the caller decides by terminal and `NO_COLOR`.
  let isColored: Bool
  /// Columns that cells are cut to fit in.
  let width: Int

  package init(rules: TextRules = TextRules(), isColored: Bool = false, width: Int = 100) {
    self.rules = rules
    self.isColored = isColored
    self.width = max(width, 40)
  }

  package func render(_ page: Page) -> String {
    var out = style(inline(page.title), "1;4") + "\n"
    for block in page.blocks {
      switch block {
      case .heading(_, let text): out += "\n" + style(inline(text), "1") + "\n"
      case .paragraph(let text): out += wrapped(inline(text), indent: "") + "\n"
      case .bullets(let items): for item in items { out += wrapped("- " + inline(item), indent: "  ") + "\n" }
      case .numbered(let items):
        for (i, item) in items.enumerated() { out += wrapped("\(i + 1). " + inline(item), indent: "   ") + "\n" }
      case .table(let header, let rows): out += table(header.map(inline), rows.map { $0.map(inline) })
      case .command(let text): out += "    " + VisibleText.show(rules.boundedPath(text)) + "\n"
      case .code(let text):
        for line in rules.boundedPath(text).split(separator: "\n") {
          out += "    " + VisibleText.show(String(line)) + "\n"
        }
      case .mermaid, .image: break
      }
    }
    return out
  }

  private func style(_ text: String, _ code: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private func inline(_ prose: InlineText) -> String {
    prose.runs.map { run in
      switch run {
      case .own(let text): text
      case .strong(let text), .code(let text): text
      case .foreign(let text): VisibleText.show(rules.bounded(text))
      case .link(let text, let path): "\(text) (\(path))"
      case .address(let text, let address): VisibleText.show(rules.bounded(text)) + " (\(address))"
      case .lineBreak: "; "
      }
    }.joined()
  }

  private func wrapped(_ text: String, indent: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent + word
      } else {
        line += line.isEmpty ? String(word) : " " + word
      }
    }
    lines.append(line)
    return lines.joined(separator: "\n")
  }

  /// Columns as wide as their widest cell, the widest cut first where all together are too wide.
  private func table(_ header: [String], _ rows: [[String]]) -> String {
    var widths = header.map(\.count)
    for row in rows {
      for (i, cell) in row.enumerated() where i < widths.count { widths[i] = max(widths[i], cell.count) }
    }
    while widths.reduce(0, +) + 2 * widths.count > width, let widest = widths.max(), widest > 8 {
      guard let index = widths.firstIndex(of: widest) else { break }
      widths[index] = widest - 1
    }
    func line(_ cells: [String]) -> String {
      var out = ""
      for (i, cell) in cells.enumerated() where i < widths.count {
        let shown = cell.count > widths[i] ? cell.prefix(max(widths[i] - 1, 1)) + "…" : Substring(cell)
        out += shown + String(repeating: " ", count: max(0, widths[i] - shown.count)) + "  "
      }
      while out.last == " " { out.removeLast() }
      return out + "\n"
    }
    return style(line(header).replacing("\n", with: ""), "1") + "\n" + rows.map(line).joined()
  }
}
