// What Heroku's platform says of the processes that it runs.

internal import Model
internal import Support

/// Reads the lines whose source is `heroku` and a dyno (Dev Center, "Logging" and "Dynos"): `State changed from starting to up`, `Process
/// exited with status 137`.
///
/// `State changed from up to crashed` follows upon an exit and is the same one.
enum DynoReports {
  static func read(_ message: Span<UInt8>) -> ChildReport.Change? {
    if JSONScanner.matches(message, 0, "State changed from starting to up") { return .started }
    guard JSONScanner.matches(message, 0, "Process exited with status "),
      let code = FieldText.int(message.extracting(27..<message.count))
    else { return nil }
    return .ended(SupervisorLines.reason(exitCode: code))
  }
}
