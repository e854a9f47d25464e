internal import Reports
internal import Runs
internal import Support

/// `replay`: run again from a capture and compare.
package enum ReplayVerb {
  /// - Returns: 0 where the runs agree, 1 where they differ, 2 where there was nothing to compare.
  package static func replay(_ path: String) -> Int32 {
    do {
      let bytes = try CheckedFile.read(path, limit: 512 << 20)
      let captured = try CaptureBundle(reading: bytes)
      let request = try Capture.request(captured, path: path)
      var night = try NightRun.partial(of: request)
      let conclusion = try NightRun.findings(&night, request).conclusion
      let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
      let document = ReportJSON.render(conclusion.report, rules: rules)
      let replayed = try Capture.bundle(conclusion, night, request, document: document)
      if let difference = CaptureDifference.first(captured: captured, replayed: replayed) {
        try Console.print(Console.inert(difference.sentence) + "\n")
        return Exit.finding
      }
      try Console.print(
        "the same: \(replayed.decisions.count) decisions, report \(replayed.reportChecksum ?? "none")\n")
      return Exit.done
    } catch let failure as CaptureFailure {
      Console.tell("\(path): \(failure.path): \(failure.message)")
      return Exit.noReport
    } catch {
      return PhaseVerbs.report(error)
    }
  }
}
