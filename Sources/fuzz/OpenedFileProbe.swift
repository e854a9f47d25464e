// The files that verbs open beside inputs: pipeline, policies, history, capture, report, intermediates, lists of changes and tests
// in quarantine. Whatever stands in them, a verb ends with a sentence or a result.

internal import Foundation
internal import History
internal import Model
internal import Policies
internal import Reports
internal import Runs
internal import Segments
internal import Support
internal import Verbs

enum OpenedFileProbe {
  /// A pipeline file: what is accepted has settings for every room.
  static func pipeline(_ bytes: [UInt8]) -> String? {
    guard let file = try? RunSetup.checked(path: "p.yaml", text: text(bytes)) else { return nil }
    _ = try? RunSetup.settings(file)
    return nil
  }

  /// A policy file, held against a small night's calls.
  static func policies(_ bytes: [UInt8]) -> String? {
    var request = RunRequest(date: day)
    request.jobs = 1
    guard (try? request.take(policies: text(bytes), named: "p.yaml")) != nil, let file = request.policies else {
      return nil
    }
    guard let night else { return "the seed night is damaged" }
    // A grid may name a thousand candidates: how they are judged is another matter than how they are read.
    if file.policies.count <= 8 { _ = ConcludePhase(request: request).policies(night) }
    return nil
  }

  /// A report of an earlier run, and its incidents as `explain` shows them.
  static func report(_ bytes: [UInt8]) -> String? {
    guard let report = try? ReportJSON.parse(bytes) else { return nil }
    for incident in report.incidents.prefix(20) {
      let page = IncidentPage.page(incident, reproduce: report.reproduce)
      let shown = TerminalRenderer(isColored: false, width: 100).render(page)
      if shown.unicodeScalars.contains(where: {
        $0.value < 0x20 && $0.value != 0x0A || (0x7F..<0xA0).contains($0.value)
      }) {
        return "a control character reaches the terminal"
      }
    }
    return nil
  }

  /// A capture, and the request that would be run again.
  static func capture(_ bytes: [UInt8]) -> String? {
    guard let bundle = try? CaptureBundle(reading: bytes) else { return nil }
    _ = try? Capture.request(bundle, path: "capture.json")
    return nil
  }

  /// Lists that a pipeline names: changes, and tests in quarantine.
  static func lists(_ bytes: [UInt8]) -> String? {
    let text = text(bytes)
    if ChangeFile.read(text).changes != ChangeFile.read(text).changes { return "changes differ the second time" }
    var request = RunRequest(date: day)
    try? request.take(quarantine: text, named: "quarantine.json")
    _ = try? RunRequest.TimeWindow.read(text)
    return nil
  }

  /// A history file: every verb that opens it.
  static func history(_ bytes: [UInt8]) -> String? {
    let path = FileManager.default.temporaryDirectory.path + "/hindcast-fuzz-\(getpid()).sqlite"
    guard (try? CheckedFile.write(bytes, to: path)) != nil else { return nil }
    defer {
      for suffix in ["", "-journal", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
    var options = HistoryStore.Options()
    options.creates = false
    options.patience = 0
    guard let store = try? HistoryStore(path: path, options: options) else { return nil }
    _ = try? store.check()
    if let nights = try? store.list() {
      for night in nights.prefix(3) { _ = try? store.show(night.key.date) }
    }
    try? store.close()
    var request = RunRequest(date: day)
    request.date = NightDate("2030-01-01") ?? day
    if var night, let history = try? NightHistory(request, path: path, night: night) {
      _ = try? ConcludePhase(request: request).conclude(&night, history: history, notes: [])
    }
    guard let store = try? HistoryStore(path: path, options: options) else { return nil }
    _ = try? store.prune(keep: 1)
    try? store.close()
    return nil
  }

  /// A partial with its checksum made right: it is concluded, and the night's pages are written.
  static func partial(_ bytes: [UInt8]) -> String? {
    guard var night = try? NightPartial(encoded: RecodingProbe.sealed(bytes)) else { return nil }
    var request = RunRequest(date: day)
    request.jobs = 1
    guard let conclusion = try? ConcludePhase(request: request).conclude(&night, history: nil, notes: []) else {
      return nil
    }
    let files = ReportFolder.files(conclusion.report, formats: Set(ReportFormat.allCases))
    return files.isEmpty ? "no page" : nil
  }

  private static let day = NightDate("2026-01-01") ?? NightDate(before: 0, zone: .utc)

  private static let night: NightPartial? = (try? SeedCorpus.outputs("partial"))?.first.flatMap {
    try? NightPartial(encoded: $0)
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
