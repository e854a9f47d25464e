internal import Model

/// Foreign text in HTML: always escaped, made visible, masked and bounded.
struct HTMLText {
  let rules: TextRules

  func foreign(_ text: String) -> String {
    "<code>" + HTMLRenderer.escape(VisibleText.show(rules.bounded(text))) + "</code>"
  }

  /// A request's id, as a link to the tracing system where the pipeline names one.
  func trace(_ request: ForeignName, _ links: ReportLinks) -> String {
    guard let address = links.trace(request.text) else { return foreign(request.text) }
    return "<a rel=\"noreferrer\" href=\"\(HTMLRenderer.escape(address))\">" + foreign(request.text) + "</a>"
  }
}
