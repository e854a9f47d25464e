// The room Reports: findings as words, pages, pictures and JSON, in a night's folder that is there whole or not at all.
// It never computes a finding, and never lets foreign text act as anything but text.

internal import Glibc
package import Model

/// The forms a night's folder can hold.
package enum ReportFormat: String, CaseIterable, Hashable, Sendable {
  case json
  case markdown
  case html
  case metrics
}

/// Why a report could not be written; what was there before still stands.
package struct ReportWriteFailure: Error, Hashable, Sendable {
  package var path: String
  /// The system's error number.
  package var code: Int32
  package var message: String {
    let reason = unsafe String(cString: strerror(code))
    return "cannot write \(path): \(reason)"
  }
}

/// The night's folder: `report.json` with its schema, `report.md`, a page per incident, pictures, metrics.
///
/// Every file is written whole under a temporary name and synced before the first one takes its place; `report.json`
/// comes last. A failure while writing leaves the earlier report untouched.
package enum ReportFolder {
  /// The files of a report, by path inside the folder.
  package static func files(
    _ report: NightReport, formats: Set<ReportFormat>, rules: TextRules = TextRules()
  ) -> [(path: String, text: String)] {
    let pages = pages(report, formats: formats, rules: rules)
    return formats.contains(.json) ? pages + documents(ReportJSON.render(report, rules: rules)) : pages
  }

  /// `report.json`, rendered already, with its schema.
  package static func documents(_ document: String) -> [(path: String, text: String)] {
    [("report.schema.json", ReportSchema.text), ("report.json", document)]
  }

  /// What people read, and pictures and metrics: every file but `report.json`.
  package static func pages(
    _ report: NightReport, formats: Set<ReportFormat>, rules: TextRules = TextRules()
  ) -> [(path: String, text: String)] {
    var files: [(path: String, text: String)] = []
    var pictures: [String: String] = [:]
    if formats.contains(.markdown) || formats.contains(.html) {
      pictures["components.svg"] = Pictures.heatStrip(report, rules: rules)
      pictures["policies.svg"] = report.policies.flatMap { Pictures.policies($0, rules: rules) }
    }
    let page = NightPage(report, rules: rules, pictures: Set(pictures.keys)).page()
    if formats.contains(.markdown) {
      for (path, svg) in pictures.sorted(by: { $0.key < $1.key }) { files.append((path, svg)) }
      let renderer = MarkdownRenderer(rules: rules)
      var seen: Set<String> = []
      for incident in Ranking.byTime(report.incidents) {
        let name = "incidents/" + IncidentPage.fileName(incident.id) + ".md"
        guard seen.insert(name).inserted else { continue }
        let page = IncidentPage.page(incident, rules: rules, reproduce: report.reproduce)
        files.append((name, renderer.render(page)))
      }
      files.append(("report.md", renderer.render(page)))
    }
    if formats.contains(.html) {
      files.append(("report.html", HTMLRenderer(rules: rules).render(page, pictures: pictures)))
    }
    if formats.contains(.metrics) { files.append(("hindcast.prom", StepSummary.metrics(report))) }
    return files
  }

  /// Writes the folder, and makes it where it does not exist.
  package static func write(
    _ report: NightReport, to folder: String, formats: Set<ReportFormat> = [.json, .markdown],
    rules: TextRules = TextRules()
  ) throws(ReportWriteFailure) {
    try write(files(report, formats: formats, rules: rules), to: folder)
  }

  /// Puts a set of files in place: plain ones one by one, those of `incidents/` as one folder.
  package static func write(_ files: [(path: String, text: String)], to folder: String) throws(ReportWriteFailure) {
    try makeFolder(folder)
    let mark = ".tmp-\(getpid())"
    let incidents = folder + "/incidents"
    var temporary: [String] = []
    do throws(ReportWriteFailure) {
      try makeFolder(incidents + mark)
      temporary.append(incidents + mark)
      for (path, text) in files {
        let target =
          path.hasPrefix("incidents/")
          ? incidents + mark + path.dropFirst("incidents".count) : folder + "/" + path + mark
        temporary.append(target)
        try writeSynced(Array(text.utf8), to: target)
      }
      try sync(incidents + mark)
    } catch {
      for path in temporary.reversed() { discard(path) }
      throw error
    }
    // From here on only names change.
    let old = incidents + ".old-\(getpid())"
    let hadIncidents = unsafe rename(incidents, old) == 0
    if unsafe rename(incidents + mark, incidents) != 0 {
      let code = errno
      if hadIncidents { _ = unsafe rename(old, incidents) }
      for path in temporary.reversed() { discard(path) }
      throw ReportWriteFailure(path: incidents, code: code)
    }
    for (path, _) in files where !path.hasPrefix("incidents/") {
      if unsafe rename(folder + "/" + path + mark, folder + "/" + path) != 0 {
        let code = errno
        for path in temporary.reversed() { discard(path) }
        throw ReportWriteFailure(path: folder + "/" + path, code: code)
      }
    }
    if hadIncidents { removeFolder(old) }
    try sync(folder)
  }

  private static func makeFolder(_ path: String) throws(ReportWriteFailure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
      if unsafe mkdir(made, 0o755) != 0, errno != EEXIST { throw ReportWriteFailure(path: made, code: errno) }
    }
  }

  private static func writeSynced(_ bytes: [UInt8], to path: String) throws(ReportWriteFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw ReportWriteFailure(path: path, code: errno) }
    var code: Int32 = 0
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      if wrote < 0, errno == EINTR { continue }
      if wrote <= 0 {
        code = errno == 0 ? EIO : errno
        break
      }
      done += wrote
    }
    if code == 0, fsync(descriptor) != 0, errno != EINVAL { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code != 0 { throw ReportWriteFailure(path: path, code: code) }
  }

  private static func sync(_ folder: String) throws(ReportWriteFailure) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ReportWriteFailure(path: folder, code: errno) }
    defer { close(descriptor) }
    if fsync(descriptor) != 0, errno != EINVAL { throw ReportWriteFailure(path: folder, code: errno) }
  }

  private static func discard(_ path: String) {
    if unsafe unlink(path) != 0 { _ = unsafe rmdir(path) }
  }

  /// Removes a folder of ours: files only, no folder inside.
  private static func removeFolder(_ path: String) {
    guard let folder = unsafe opendir(path) else { return }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    _ = unsafe closedir(folder)
    for name in names { _ = unsafe unlink(path + "/" + name) }
    _ = unsafe rmdir(path)
  }
}
