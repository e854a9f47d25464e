// The night in one sentence.

package import Model

extension NightVerdict {
  /// The verdict in words.
  package var wording: InlineText {
    let rest: InlineText = isPartlyUnread ? " Part of the input could not be read." : ""
    switch self {
    case .nothingRead: return "Nothing that could be analysed was read." + rest
    case .incidents(let count, let worst, _):
      let head: InlineText = count == 1 ? "One incident: " : "\(count) incidents; the worst: "
      return head + IncidentWording.headline(worst) + rest
    case .failedTests(let failed, let tests, _):
      return "No incident was found, but \(failed) of \(tests) tests failed." + rest
    case .quiet(let requests, let tests, _):
      var read: [InlineText] = []
      if requests > 0 { read.append("\(requests) requests") }
      if tests > 0 { read.append("\(tests) tests") }
      if read.isEmpty { return "No incident was found." + rest }
      return "No incident was found in " + InlineText.joined(read, by: " and ") + "." + rest
    }
  }
}
