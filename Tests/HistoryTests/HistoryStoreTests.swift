import Foundation
import GRDB
@testable import History
import Model
import TestSupport
import Testing
internal import Support

/// A folder of its own for each test, gone with it.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "history-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/night.sqlite" }
}

struct HistoryStoreTests {
  static func night(_ date: String, content: String? = nil, series: String = "nightly", count: Int = 3) -> NightRecord {
    var night = NightRecord(key: NightKey(date: date, series: series, content: content ?? "content-" + date))
    night.start = 1_000
    night.end = 2_000
    night.events = 12
    night.requests = 4
    night.blobs = ["patterns": Array(repeating: UInt8(truncatingIfNeeded: count), count: 5_000), "tests": [1, 2, 3]]
    night.templates = [
      HistoricTemplate(id: "t1", template: "started <*>", count: count, severity: .info, components: ["a", "b"]),
      HistoricTemplate(id: "t2", template: "it's \"odd\"; <*>", count: 1, severity: .error, aliases: ["t0"]),
    ]
    night.incidents = [
      HistoricIncident(
        id: "i-" + date, fingerprint: "f1", kind: "cascade", severity: "major", start: 1_100, end: 1_200,
        headline: "db broke")
    ]
    return night
  }

  @Test("a night comes back as it was committed") func roundTrip() throws {
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    try store.commit(Self.night("2026-01-01"))
    #expect(try store.show("2026-01-01") == Self.night("2026-01-01"))
    #expect(try store.show("content-2026") == Self.night("2026-01-01"))
    #expect(try store.show("2026-01-02") == nil)
    #expect(try store.check() == [])
    let again = try HistoryStore(path: folder.file)
    #expect(try again.list().map(\.bytes) == [5_003])
  }

  @Test("running a night again replaces it, also with late files, and never doubles") func replacing() throws {
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    try store.commit(Self.night("2026-01-01"))
    try store.commit(Self.night("2026-01-01"))
    try store.commit(Self.night("2026-01-01", content: "with late files", count: 9))
    try store.commit(Self.night("2026-01-01", series: "ci"))
    let nights = try store.list()
    #expect(nights.map(\.key.series) == ["ci", "nightly"])
    #expect(try store.show("with late")?.templates.first?.count == 9)
    #expect(nights.map(\.templates) == [2, 2])
  }

  @Test("a baseline holds earlier nights of the series, oldest first, and nothing of tonight or later") func baseline()
    throws
  {
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    for day in [3, 1, 2, 5] { try store.commit(Self.night("2026-01-0\(day)")) }
    try store.commit(Self.night("2026-01-02", content: "other", series: "ci"))
    let baseline = try store.baseline(before: NightKey(date: "2026-01-04", series: "nightly", content: "tonight"))
    #expect(baseline.nights.map(\.key.date) == ["2026-01-01", "2026-01-02", "2026-01-03"])
    #expect(baseline.blobs("tests").map(\.bytes) == [[1, 2, 3], [1, 2, 3], [1, 2, 3]])
    #expect(baseline.templates["t1"]?.count == 9)
    #expect(baseline.aliases == ["t0": "t2"])
    #expect(baseline.incidents["f1"] == HistoryBaseline.Seen(nights: 3, last: "2026-01-03", first: "2026-01-01"))
    let rerun = try store.baseline(before: Self.night("2026-01-02").key)
    #expect(rerun.nights.map(\.key.date) == ["2026-01-01"])
    #expect(
      try store.baseline(before: NightKey(date: "2026-01-04", series: "nightly", content: "x"), limit: 2).nights.count
        == 2)
  }

  @Test("alias chains are followed to their end, circles are found") func aliases() throws {
    #expect(HistoryStore.resolved(["a": "b", "b": "c"]) == ["a": "c", "b": "c"])
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    var night = Self.night("2026-01-01")
    night.templates = [
      HistoricTemplate(id: "x", template: "x", count: 1, aliases: ["y"]),
      HistoricTemplate(id: "y", template: "y", count: 1, aliases: ["x"]),
    ]
    try store.commit(night)
    #expect(try store.check().contains { $0.contains("circle") })
  }

  @Test("pruning keeps the latest nights and freezes the ids of the others") func pruning() throws {
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    for day in 1...5 { try store.commit(Self.night("2026-01-0\(day)")) }
    try store.commit(Self.night("2026-01-01", content: "other", series: "ci"))
    #expect(try store.prune(keep: 2) == 3)
    #expect(try store.list().map(\.key.date) == ["2026-01-01", "2026-01-04", "2026-01-05"])
    let baseline = try store.baseline(before: NightKey(date: "2026-01-09", series: "nightly", content: "tonight"))
    #expect(baseline.templates["t1"]?.count == 15)
    #expect(baseline.templates["t1"]?.since == "2026-01-01")
    #expect(baseline.aliases == ["t0": "t2"])
    #expect(try store.check() == [])
    #expect(try store.prune(keep: 2) == 0)
  }

  @Test("a missing, foreign, damaged or newer file is refused by name") func refusals() throws {
    let folder = try Folder()
    var options = HistoryStore.Options()
    options.creates = false
    #expect(failure { _ = try HistoryStore(path: folder.file, options: options) } == .missing)
    #expect(failure { _ = try HistoryStore(path: folder.path + "/no/such/folder.sqlite") } == .denied)

    try Data("this is no database, but it is long enough to look like one".utf8).write(
      to: URL(fileURLWithPath: folder.file))
    #expect(failure { _ = try HistoryStore(path: folder.file) } == .damaged)

    try FileManager.default.removeItem(atPath: folder.file)
    let store = try HistoryStore(path: folder.file)
    try store.write { try $0.execute(sql: "UPDATE schema SET version = 99") }
    try store.close()
    #expect(failure { _ = try HistoryStore(path: folder.file) } == .newerSchema)

    try FileManager.default.removeItem(atPath: folder.file)
    let other = try HistoryStore(path: folder.file)
    try other.write { try $0.execute(sql: "PRAGMA application_id = 7") }
    try other.close()
    #expect(failure { _ = try HistoryStore(path: folder.file) } == .foreign)
  }

  @Test("damage inside the file is an error or a finding, never a silent baseline") func damage() throws {
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    for day in 1...3 { try store.commit(Self.night("2026-01-0\(day)")) }
    try store.write { try $0.execute(sql: "UPDATE blob SET bytes = x'00' WHERE name = 'tests'") }
    #expect(try store.check().count == 3)
    #expect(
      failure { _ = try store.baseline(before: NightKey(date: "2026-02-01", series: "nightly", content: "x")) }
        == .damaged)
    try store.close()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file))
    for i in stride(from: 4_096, to: bytes.count, by: 512) { bytes[i] ^= 0xFF }
    try bytes.write(to: URL(fileURLWithPath: folder.file))
    let code = failure {
      let store = try HistoryStore(path: folder.file)
      guard try store.check().isEmpty else { throw FileFailure(.damaged, "", "found") }
      _ = try store.list()
    }
    #expect(code == .damaged)
  }

  @Test("an older schema is brought up to date with its nights") func migration() throws {
    let folder = try Folder()
    let old = try HistoryStore(path: folder.file, options: .init(), schemaLimit: 1)
    try old.commit(Self.night("2026-01-01"))
    try old.close()
    let store = try HistoryStore(path: folder.file)
    #expect(try store.list().count == 1)
    #expect(try store.prune(keep: 0) == 1)
    #expect(
      try store.baseline(before: NightKey(date: "2026-01-02", series: "nightly", content: "x")).templates.count == 2)
  }

  @Test("rollback journal and full synchronisation") func pragmas() throws {
    let folder = try Folder()
    let store = try HistoryStore(path: folder.file)
    #expect(try store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    try store.commit(Self.night("2026-01-01"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["night.sqlite"])
  }

  @Test("of two runs at once one waits and says so, or gives up and says so") func twoRuns() throws {
    let folder = try Folder()
    let first = try HistoryStore(path: folder.file)
    var options = HistoryStore.Options()
    let waited = Waited()
    options.onWait = { waited.note() }
    options.patience = 0
    let second = try HistoryStore(path: folder.file, options: options)
    try first.write { _ in
      #expect(failure { try second.commit(Self.night("2026-01-01")) } == .busy)
    }
    #expect(waited.count == 1)
    try second.commit(Self.night("2026-01-01"))
    #expect(try first.list().count == 1)
  }

  @Test("twenty writers at once: every night arrives") func manyWriters() async throws {
    let folder = try Folder()
    let file = folder.file
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 10..<30 {
        group.addTask { try HistoryStore(path: file).commit(Self.night("2026-01-\(writer)")) }
      }
      try await group.waitForAll()
    }
    let store = try HistoryStore(path: file)
    #expect(try store.list().count == 20)
    #expect(try store.check() == [])
  }

  @Test("equal nights give equal content, whatever was replaced before") func sameContent() throws {
    let one = try Folder()
    let two = try Folder()
    let a = try HistoryStore(path: one.file)
    let b = try HistoryStore(path: two.file)
    try a.commit(Self.night("2026-01-01"))
    try b.commit(Self.night("2026-01-01", content: "draft", count: 77))
    try b.commit(Self.night("2026-01-01"))
    #expect(try a.show("2026-01-01") == b.show("2026-01-01"))
    #expect(try a.list() == b.list())
  }

  private func failure(_ work: () throws -> Void) -> FileFailure.Kind? {
    do {
      try work()
      return nil
    } catch let failure as FileFailure {
      return failure.kind
    } catch {
      return nil
    }
  }
}

/// Counts from any thread.
final class Waited: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0
  func note() { lock.withLock { value += 1 } }
  var count: Int { lock.withLock { value } }
}
