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
      case .table(let header, let rows): out += table(header, rows)
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

  /// Columns as wide as their widest cell, the widest made narrower first where all together are too wide: what we say ourselves
  /// (times, numbers) goes on below, and no bound of it is lost; what is foreign is cut.
  private func table(_ header: [InlineText], _ rows: [[InlineText]]) -> String {
    let texts = ([header] + rows).map { $0.map(inline) }
    let isOurs = header.indices.map { column in rows.allSatisfy { column >= $0.count || $0[column].isOwn } }
    var widths = header.indices.map { column in Self.most(texts, column) { $0.count } }
    let least = header.indices.map { column in
      isOurs[column] ? Self.most(texts, column) { Self.words($0).map(\.count).max() ?? 0 } : 8
    }
    while widths.reduce(0, +) + 2 * widths.count > width,
      let widest = widths.indices.filter({ widths[$0] > least[$0] }).max(by: { (widths[$0], $1) < (widths[$1], $0) })
    {
      widths[widest] -= 1
    }
    func line(_ cells: [String], isOurs: (Int) -> Bool) -> String {
      let parts = cells.prefix(widths.count).enumerated().map { column, cell in
        isOurs(column) ? Self.folded(cell, widths[column]) : [Self.cut(cell, widths[column])]
      }
      var out = ""
      for row in 0..<(parts.map(\.count).max() ?? 0) {
        var line = ""
        for (column, part) in parts.enumerated() {
          let shown = row < part.count ? part[row] : ""
          line += shown + String(repeating: " ", count: max(0, widths[column] - shown.count)) + "  "
        }
        while line.last == " " { line.removeLast() }
        out += line + "\n"
      }
      return out
    }
    let title = line(texts[0]) { _ in true }.split(separator: "\n").map { style(String($0), "1") + "\n" }
    return title.joined() + texts.dropFirst().map { line($0) { isOurs[$0] } }.joined()
  }

  private static func most(_ texts: [[String]], _ column: Int, _ size: (String) -> Int) -> Int {
    texts.reduce(0) { column < $1.count ? max($0, size($1[column])) : $0 }
  }

  private static func words(_ text: String) -> [Substring] { text.split(separator: " ") }

  private static func cut(_ text: String, _ width: Int) -> String {
    text.count > width ? text.prefix(max(width - 1, 1)) + "…" : text
  }

  /// A text in lines of a width; a longer word is cut.
  private static func folded(_ text: String, _ width: Int) -> [String] {
    guard text.count > width else { return [text] }
    var lines: [String] = []
    for word in words(text) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(cut(String(word), width))
      }
    }
    return lines
  }
}
