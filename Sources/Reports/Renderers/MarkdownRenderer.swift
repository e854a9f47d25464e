/// A page as GitHub-flavoured Markdown. Foreign text is always a code span whose fence is one backtick longer than any
/// run of backticks in it: measured over the payloads of the tests, nothing breaks out of that form.
package struct MarkdownRenderer: Sendable {
  let rules: TextRules

  package init(rules: TextRules = TextRules()) { self.rules = rules }

  package func render(_ page: Page) -> String {
    var out = "# " + inline(page.title, inTable: false) + "\n"
    for block in page.blocks {
      out += "\n"
      out += self.block(block)
    }
    return out
  }

  private func block(_ block: Page.Block) -> String {
    switch block {
    case .heading(let level, let text):
      return String(repeating: "#", count: min(max(level, 1), 6)) + " " + inline(text, inTable: false) + "\n"
    case .paragraph(let text): return inline(text, inTable: false) + "\n"
    case .bullets(let items): return items.map { "- " + inline($0, inTable: false) + "\n" }.joined()
    case .numbered(let items):
      return items.enumerated().map { "\($0.offset + 1). " + inline($0.element, inTable: false) + "\n" }.joined()
    case .table(let header, let rows):
      let line = { (cells: [InlineText]) in
        "| " + cells.map { inline($0, inTable: true) }.joined(separator: " | ") + " |\n"
      }
      return line(header) + "|" + String(repeating: " --- |", count: header.count) + "\n" + rows.map(line).joined()
    case .command(let text): return fenced([VisibleText.show("$ " + rules.boundedPath(text))])
    case .code(let text):
      return fenced(
        rules.boundedPath(text).split(separator: "\n", omittingEmptySubsequences: false).map {
          VisibleText.show(String($0))
        })
    case .mermaid(let text): return "```mermaid\n" + text + "```\n"
    case .image(let alt, let path): return "![\(alt)](\(path))\n"
    }
  }

  /// A text that stands by itself.
  func inline(_ prose: InlineText) -> String { inline(prose, inTable: false) }

  private func inline(_ prose: InlineText, inTable: Bool) -> String {
    var out = ""
    for run in prose.runs {
      switch run {
      case .own(let text): out += text
      case .strong(let text): out += "**\(text)**"
      case .code(let text): out += "`\(text)`"
      case .foreign(let text): out += span(rules.bounded(text), inTable: inTable)
      case .link(let text, let path): out += "[\(text)](\(path))"
      case .address(let text, let address): out += "[" + span(rules.bounded(text), inTable: inTable) + "](\(address))"
      case .lineBreak: out += inTable ? "<br>" : "  \n"
      }
    }
    return out
  }

  /// A code span of n+1 backticks, n being the longest run inside.
  func span(_ text: String, inTable: Bool) -> String {
    var shown = VisibleText.show(text)
    if shown.isEmpty { return "*(empty)*" }
    if inTable {
      // A backslash before the bar would escape the escape.
      shown = shown.replacing("\\|", with: "\\u{5C}|").replacing("|", with: "\\|")
      if shown.hasSuffix("\\") { shown = shown.dropLast() + "\\u{5C}" }
    }
    var longest = 0
    var run = 0
    for unit in shown.utf8 {
      run = unit == 0x60 ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let edge =
      shown.utf8.first == 0x60 || shown.utf8.last == 0x60 || shown.utf8.first == 0x20 || shown.utf8.last == 0x20
    let pad = edge ? " " : ""
    return fence + pad + shown + pad + fence
  }

  /// A fenced block with a fence longer than any run of backticks in it.
  private func fenced(_ lines: [String]) -> String {
    var longest = 2
    for line in lines {
      var run = 0
      for unit in line.utf8 {
        run = unit == 0x60 ? run + 1 : 0
        longest = max(longest, run)
      }
    }
    let fence = String(repeating: "`", count: longest + 1)
    return fence + "text\n" + lines.joined(separator: "\n") + "\n" + fence + "\n"
  }
}
