// What is done beside a night's folder once it is written: the link to the latest, the end of old ones, notifications.

internal import Glibc
internal import Model
internal import Reports
internal import Runs
internal import Support

enum NightUpkeep {
  /// - Returns: what could not be done; the report is there all the same.
  static func finish(_ report: NightReport, _ request: RunRequest) -> [FileFailure] {
    var failures: [FileFailure] = []
    let settings = request.pipeline.reporting
    func attempt(_ body: () throws(FileFailure) -> Void) {
      do throws(FileFailure) { try body() } catch { failures.append(error) }
    }
    for one in settings.notify { attempt { () throws(FileFailure) in try notify(one, report, request) } }
    if settings.makesLatest { attempt { () throws(FileFailure) in try link(request.output) } }
    if let days = settings.keepDays { attempt { () throws(FileFailure) in try retire(request, days: days) } }
    return failures
  }

  /// Gives a notification to its receiver where an incident is grave enough, and is neither muted nor expected.
  private static func notify(
    _ one: ReportingSettings.Notification, _ report: NightReport, _ request: RunRequest
  ) throws(FileFailure) {
    let grave = report.incidents.filter { $0.severity >= one.severity && !$0.isExpected }
    guard !grave.isEmpty else { return }
    let rules = TextRules(secrets: SecretMask(request.pipeline.secrets))
    let body =
      switch one.form {
      case .alertmanager: NotificationBody.alertmanager(report, grave, rules: rules)
      case .slack: NotificationBody.slack(report, grave, rules: rules)
      case .pagerduty: NotificationBody.pagerduty(report, grave, rules: rules)
      }
    let bytes = Array(body.pretty.utf8)
    switch one.receiver {
    case .program(let command):
      try NotificationProgram(command: command).take(
        bytes, scratch: place(request.output).above + "/.notification-\(getpid())")
    case .file(let file):
      let path = request.date.fill(file)
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
        try CheckedFile.makeFolder(String(path[..<slash]))
      }
      try CheckedFile.write(bytes, to: path)
    }
  }

  /// The folder above a night's folder, and the night's name in it.
  private static func place(_ output: String) -> (above: String, name: String) {
    let parts = output.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    let start = output.hasPrefix("/") ? "/" : ""
    let above = start + parts.dropLast().joined(separator: "/")
    return (above.isEmpty ? "." : above, parts.last ?? output)
  }

  /// `latest` beside the night leads to it: put in place in one step, and never in the place of anything but a link.
  private static func link(_ output: String) throws(FileFailure) {
    let (above, name) = place(output)
    let path = above + "/latest"
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK {
      throw FileFailure(.unwritable, path, "is no link: it stays as it is")
    }
    let new = above + "/.latest.hindcast-\(getpid())"
    _ = unsafe unlink(new)
    guard unsafe symlink(name, new) == 0 else { throw FileFailure(.unwritable, new, CheckedFile.reason(errno)) }
    guard unsafe rename(new, path) == 0 else {
      let code = errno
      _ = unsafe unlink(new)
      throw FileFailure(.unwritable, path, CheckedFile.reason(code))
    }
  }

  /// Removes the reports of nights that are too old: folders beside this one that are named by a night as this one is, and
  /// in them only files that a report of ours wrote.
  private static func retire(_ request: RunRequest, days: Int) throws(FileFailure) {
    let (above, name) = place(request.output)
    guard let range = name.firstRange(of: request.date.text) else { return }
    let (before, behind) = (name[..<range.lowerBound], name[range.upperBound...])
    let old = try FolderHandle(named: above).names().map(\.text).filter { found in
      guard found.hasPrefix(before), found.hasSuffix(behind), found.count == name.count else { return false }
      let night = NightDate(String(found.dropFirst(before.count).dropLast(behind.count)))
      return night.map { $0.day < request.date.day - days } ?? false
    }
    for name in old.sorted() { try OwnedFolder(above + "/" + name).removeOwnFiles() }
  }
}
