internal import Model
internal import Reports
package import Runs
internal import Support

/// `compare`: what differs between two nights, or between two times of one.
package enum CompareVerb {
  /// - Parameters:
  ///   - options: of a run; its inputs are those that both time ranges are taken from.
  ///   - sides: two inputs, or two time ranges START/END.
  ///   - asJSON: whether one JSON document is printed, not a table.
  /// - Returns: the exit code.
  package static func compare(_ options: RunSetup.Options, _ sides: (String, String), asJSON: Bool) -> Int32 {
    do {
      let ranges = (range(sides.0), range(sides.1))
      let findings: ComparisonFindings
      let isPartlyUnread: Bool
      switch ranges {
      case (let before?, let after?):
        let night = try partial(options, options.inputs)
        isPartlyUnread = night.outcomes.contains { $0.isPartlyUnread }
        findings = TwoTimes.compare(
          before: TwoTimes.Side(night, before, name: sides.0), after: TwoTimes.Side(night, after, name: sides.1))
      case (nil, nil):
        guard options.inputs.isEmpty else {
          throw RunSetup.Failure("name two nights, or two times START/END and the inputs that they lie in")
        }
        let before = try partial(options, [sides.0])
        let after = try partial(options, [sides.1])
        isPartlyUnread = (before.outcomes + after.outcomes).contains { $0.isPartlyUnread }
        findings = TwoTimes.compare(
          before: TwoTimes.Side(before, nil, name: sides.0), after: TwoTimes.Side(after, nil, name: sides.1))
      default: throw RunSetup.Failure("compare takes two nights or two times START/END, not one of each")
      }
      if asJSON {
        try Console.print(ReportJSON.comparison(findings).pretty)
      } else {
        try Console.print(Console.renderer().render(ComparisonWording.page(findings)))
      }
      return isPartlyUnread ? Exit.partlyUnread : Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  private static func partial(_ options: RunSetup.Options, _ inputs: [String]) throws -> NightPartial {
    var options = options
    options.inputs = inputs
    options.noHistory = true
    return try Progress.shown(RunSetup.request(options), NightRun.partial)
  }

  /// Two RFC 3339 times with a slash between them, the earlier one first.
  private static func range(_ text: String) -> Range<Int64>? {
    let ends = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard ends.count == 2, let start = Timestamp(rfc3339: ends[0]), let end = Timestamp(rfc3339: ends[1]), start < end
    else { return nil }
    return start.microseconds..<end.microseconds
  }
}
