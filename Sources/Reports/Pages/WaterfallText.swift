internal import Model
internal import Support

/// A request's spans as lines of text: what ran when, as bars, and which span the trouble began in.
enum WaterfallText {
  /// Columns of the bars, and of the names before them: with times and marks a line fits a terminal of eighty.
  private static let (bars, names) = (20, 38)

  /// The requests of an incident, the bad one first.
  static func add(_ incident: Incident, to page: inout Page) {
    for request in incident.exemplars.sorted(by: { $0.isBad && !$1.isBad }) {
      page.heading(2, .own(WaterfallWording.title(request)))
      page.paragraph(
        request.duration < 0 ? "\(request.request)" : "\(request.request), \(duration: request.duration)")
      page.blocks.append(.code(request.spans.map { line($0, of: request) }.joined(separator: "\n")))
      if let elsewhere = WaterfallWording.elsewhere(request, of: incident) { page.paragraph(elsewhere) }
      if let omitted = WaterfallWording.omitted(request) { page.paragraph(omitted) }
    }
  }

  private static func line(_ span: ExemplarRequest.Span, of request: ExemplarRequest) -> String {
    // A report that was read back may hold any number: depths, offsets and durations are kept inside the picture.
    var name = String(repeating: "  ", count: min(max(span.depth, 0), 12)) + VisibleText.show(span.component.text)
    name += " " + VisibleText.show(span.operation.text)
    if !span.peer.isEmpty, span.peer != span.component { name += " → " + VisibleText.show(span.peer.text) }
    if name.count > names { name = name.prefix(names - 1) + "…" }
    name += String(repeating: " ", count: max(names - name.count, 0))
    let whole = max(Double(request.duration), 1)
    let start = Int(min(max(Double(span.offset) / whole, 0), 1) * Double(bars - 1))
    let share = min(max(Double(span.duration) / whole, 0), 1)
    let width = min(max(Int((share * Double(bars)).rounded()), 1), bars - start)
    let bar =
      String(repeating: " ", count: start) + String(repeating: span.failure == nil ? "█" : "▓", count: width)
      + String(repeating: " ", count: bars - start - width)
    let took = NumberFormat.duration(logged: span.duration)
    var line = name + " |" + bar + "| " + String(repeating: " ", count: max(0, 7 - took.count)) + took
    if let mark = WaterfallWording.mark(span) { line += "  " + mark }
    if span.failure != nil, !span.message.isEmpty {
      line += " (" + VisibleText.show(span.message.text.cut(toBytes: 120)) + ")"
    }
    return line
  }
}
