import Reports
import Testing

@Suite("Pages in a terminal")
struct TerminalTests {
  @Test("what we say ourselves goes on below where a table is too wide, and no second bound of a time is lost")
  func times() {
    var page = Page(title: "t")
    page.blocks.append(
      .table(
        header: ["component", "began", "requests", "error rate"],
        rows: [
          [
            .foreign("a-component-with-a-rather-long-name"), .own("2026-01-03 00:12 to 2026-01-03 00:14"), "1,234",
            "5 %",
          ],
          [.foreign("b"), .own("00:13:00.000"), "1", "–"],
        ]))
    for width in [40, 60, 80] {
      let text = TerminalRenderer(width: width).render(page)
      let lines = text.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width }, "\(text)")
      for word in ["2026-01-03", "00:12", "to", "00:14", "1,234", "requests", "00:13:00.000"] {
        #expect(text.contains(word), "\(width): \(word) in\n\(text)")
      }
    }
    // Foreign text is cut.
    #expect(TerminalRenderer(width: 60).render(page).contains("…"))
    #expect(TerminalRenderer(width: 120).render(page).split(separator: "\n").count == 4)
  }
}
