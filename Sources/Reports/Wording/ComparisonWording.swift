// What a comparison's facts are in words.

package import Model
internal import Support

package enum ComparisonWording {
  /// The comparison as a page: the two times, then what differs, the surest first.
  package static func page(_ findings: ComparisonFindings) -> Page {
    var page = Page(title: "What differs")
    page.table(
      ["", "from", "to", "requests", "failed"],
      [("before", findings.before), ("after", findings.after)].map { label, side in
        [
          "\(own: label): \(side.name)", .own(side.start <= side.end ? TimeFormat(nil).time(side.start) : "–"),
          .own(side.start <= side.end ? TimeFormat(nil).time(side.end) : "–"), .own(NumberFormat.count(side.requests)),
          .own(NumberFormat.count(side.failures)),
        ]
      })
    if findings.differences.isEmpty {
      page.paragraph("Nothing differs by more than chance.")
      return page
    }
    page.table(
      ["what", "measure", "before", "after"],
      findings.differences.map {
        [subject($0.subject), measure($0.measure), value($0, $0.before), value($0, $0.after)]
      })
    if findings.unlisted > 0 { page.paragraph("\(findings.unlisted) more are not listed.") }
    return page
  }

  static func subject(_ subject: ComparisonFindings.Subject) -> InlineText {
    switch subject {
    case .component(let name): "\(name)"
    case .operation(let component, let operation): "\(operation) of \(component)"
    case .edge(let from, let to): "calls of \(from) to \(to)"
    case .template(let text): "log: \(text)"
    case .attribute(let name, let value): "\(name) = \(value)"
    }
  }

  private static func measure(_ measure: ComparisonFindings.Measure) -> InlineText {
    switch measure {
    case .failureShare: "failed"
    case .medianLatency: "median"
    case .p99Latency: "p99"
    case .occurrence: "per request"
    }
  }

  private static func value(_ difference: ComparisonFindings.Difference, _ value: Double) -> InlineText {
    switch difference.measure {
    case .failureShare: "\(percent: value)"
    case .medianLatency, .p99Latency: .own(NumberFormat.duration(Int64(exactly: value.rounded()) ?? .max))
    case .occurrence: .own(NumberFormat.fixed(value, 3))
    }
  }
}
