// History under kill −9: a writer is killed at random points, and nothing that it had committed may be missing.

internal import Foundation
internal import History
internal import Support

/// The writer, its killer, and the check after each kill.
enum HistoryKills {
  static let dates = 24

  /// Commits nights for ever and says after each one which it was, until it is killed.
  static func write(path: String, log: String, from first: Int) throws {
    let store = try HistoryStore(path: path)
    let output = unsafe open(log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    guard output >= 0 else { return }
    var number = first
    while true {
      try store.commit(night(number))
      let line = Array("\(number)\n".utf8)
      guard unsafe Glibc.write(output, line, line.count) == line.count else { return }
      number += 1
    }
  }

  /// The night of a number: dates come round, so most commits replace an older night.
  static func night(_ number: Int) -> NightRecord {
    let day = String(101 + number % dates).dropFirst()
    var night = NightRecord(key: NightKey(date: "2026-01-" + day, series: "nightly", content: "content \(number)"))
    var random = SplitMix64(seed: UInt64(number))
    night.events = number
    night.blobs["patterns"] = (0..<8_000 + number % 4_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    night.templates = (0..<20).map {
      HistoricTemplate(id: "t\($0)", template: "template \($0) of <*>", count: number + $0, components: ["a", "b"])
    }
    night.templates.sort { $0.id < $1.id }
    return night
  }

  /// Kills a writer a number of times; one line of figures, beginning with `ok` where nothing was lost.
  static func run(kills: Int, executable: String) throws -> String {
    let folder = NSTemporaryDirectory() + "hindcast-kills-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/history.sqlite"
    let log = folder + "/committed"
    var random = SplitMix64(seed: 1)
    var said = -1
    var commits = 0
    var lost = 0
    var unsound = 0
    var reruns = 0
    for _ in 0..<kills {
      try? FileManager.default.removeItem(atPath: log)
      let writer = Process()
      writer.executableURL = URL(fileURLWithPath: executable)
      writer.arguments = ["history-writer", path, log, String(said + 1)]
      try writer.run()
      usleep(UInt32(1_000 + random.next() % 90_000))
      kill(writer.processIdentifier, SIGKILL)
      writer.waitUntilExit()
      let lines = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      let numbers = lines.split(separator: "\n").compactMap { Int($0) }
      commits += numbers.count
      said = max(said, numbers.last ?? said)
      let store = try HistoryStore(path: path)
      if try !store.check().isEmpty { unsound += 1 }
      let held = Dictionary(uniqueKeysWithValues: try store.list().map { ($0.key.date, $0.events) })
      // The night after the last one that was announced may have been committed too.
      for number in max(0, said - dates + 1)..<max(said + 1, 1) where said >= 0 {
        let found = held[night(number).key.date]
        if found != number && !(found == said + 1 && (said + 1) % dates == number % dates) { lost += 1 }
      }
      let interrupted = night(said + 1)
      try store.commit(interrupted)
      if try store.show(interrupted.key.date) != interrupted { reruns += 1 }
      said += 1
      try store.close()
    }
    let verdict = lost + unsound + reruns == 0 ? "ok" : "FAILED"
    return "\(verdict): \(kills) kills, \(commits) nights committed by the killed writers, \(lost) lost, "
      + "\(unsound) unsound files, \(reruns) reruns that differ"
  }
}
