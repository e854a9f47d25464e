import Foundation
import Glibc
@testable import History
import Testing

/// A writer that is killed while it commits: what it said it had committed is there, and the file is sound.
struct HistoryKillTests {
  @Test("kill −9 at any point loses no committed night", arguments: 0..<6) func kills(round: Int) async throws {
    let folder = try Folder()
    let file = folder.file
    let log = folder.path + "/committed"
    // Microseconds: from "before the file is made" to "some nights in".
    let delay = UInt32(2_000 + round * 17_000)
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [file = file as String, log = log as String, delay = delay as UInt32] in
      Thread.detachNewThread {
        usleep(delay)
        kill(getpid(), SIGKILL)
      }
      let store = try HistoryStore(path: file)
      for day in 0..<100_000 {
        let date =
          "20" + String(10 + day / 3_100 % 90) + "-" + String(101 + day / 31 % 100).dropFirst() + "-"
          + String(101 + day % 31).dropFirst()
        try store.commit(HistoryStoreTests.night(String(date), content: "night \(day)"))
        guard let handle = FileHandle(forWritingAtPath: log) ?? made(log) else { break }
        handle.seekToEndOfFile()
        handle.write(Data("night \(day)\n".utf8))
        handle.synchronizeFile()
        handle.closeFile()
      }
      kill(getpid(), SIGKILL)
    }
    let store = try HistoryStore(path: file)
    #expect(try store.check() == [])
    let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    let held = Set(try store.list().map(\.key.content))
    for line in said.split(separator: "\n") { #expect(held.contains(String(line))) }
    try store.commit(HistoryStoreTests.night("2025-12-31"))
    #expect(try store.check() == [])
  }
}

private func made(_ path: String) -> FileHandle? {
  _ = FileManager.default.createFile(atPath: path, contents: nil)
  return FileHandle(forWritingAtPath: path)
}
