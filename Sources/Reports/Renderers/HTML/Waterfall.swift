internal import Model

/// A request's spans as a table with bars: what ran when, and which span the trouble began in.
struct Waterfall {
  let html: HTMLText
  let links: ReportLinks

  /// The request as a table; `label` says what it stands for.
  func table(_ request: ExemplarRequest, of incident: Incident) -> String {
    var out =
      "<figure class=\"waterfall\"><figcaption>\(WaterfallWording.title(request)): \(html.trace(request.request, links))"
    if request.duration >= 0 { out += ", \(NumberFormat.duration(request.duration))" }
    out += "</figcaption>\n"
    out += "<table><thead><tr><th scope=\"col\">span</th><th scope=\"col\">took</th><th scope=\"col\" class=\"bars\">"
    if request.duration >= 0 { out += "0 to \(NumberFormat.duration(request.duration))" }
    out += "</th></tr></thead><tbody>\n"
    for span in request.spans { out += row(span, of: request) }
    out += "</tbody></table>"
    if let elsewhere = WaterfallWording.elsewhere(request, of: incident) {
      out += "<p>\(HTMLRenderer.escape(elsewhere.plain))</p>"
    }
    if let omitted = WaterfallWording.omitted(request) { out += "<p>\(HTMLRenderer.escape(omitted.plain))</p>" }
    return out + "</figure>\n"
  }

  private func row(_ span: ExemplarRequest.Span, of request: ExemplarRequest) -> String {
    let kind = span.isOrigin ? "origin" : span.failure != nil ? "failed" : "fine"
    var name = html.foreign(span.component.text) + " " + html.foreign(span.operation.text)
    if !span.peer.isEmpty, span.peer != span.component { name += " → " + html.foreign(span.peer.text) }
    if let mark = WaterfallWording.mark(span) { name += "<br><strong>" + HTMLRenderer.escape(mark) + "</strong>" }
    if span.failure != nil, !span.message.isEmpty { name += " " + html.foreign(span.message.text) }
    let title = HTMLRenderer.escape(VisibleText.show(html.rules.boundedPath(span.location.description)))
    let whole = max(Double(request.duration), 1)
    let left = min(max(Double(span.offset) / whole, 0), 1) * 100
    let width = min(max(Double(span.duration) / whole * 100, 0.5), 100 - min(left, 99.5))
    return
      "<tr class=\"\(kind)\" title=\"\(title)\"><td style=\"padding-left:\(min(max(span.depth, 0), 20) * 12 + 6)px\">\(name)</td>"
      + "<td>\(NumberFormat.duration(logged: span.duration))</td><td class=\"bars\"><span style=\"margin-left:"
      + "\(NumberFormat.fixed(left, 1))%;width:\(NumberFormat.fixed(width, 1))%\"></span></td></tr>\n"
  }
}
