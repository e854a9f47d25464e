import Foundation
import Testing

@testable import Support

/// A night's folder is the old one or the new one, wherever a process dies; a person's files stay.
@Suite struct OwnedFolderTests {
  private let base = FileManager.default.temporaryDirectory.path + "/owned-\(UUID().uuidString)"
  private var out: String { base + "/out" }

  init() throws { try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: true) }

  private func put(_ text: String, _ path: String) throws {
    let file = base + "/" + path
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
  }

  /// All files below the base by path, with their texts.
  private func tree() -> [String: String] {
    var found: [String: String] = [:]
    for path in FileManager.default.subpaths(atPath: base) ?? [] {
      guard let data = FileManager.default.contents(atPath: base + "/" + path), !data.isEmpty else { continue }
      found[path] = String(decoding: data, as: UTF8.self)
    }
    return found
  }

  private func night(_ name: String) -> [(path: String, bytes: [UInt8])] {
    [("report.json", Array(name.utf8)), ("incidents/\(name).md", Array(name.utf8))]
  }

  @Test func aNightReplacesTheOneBefore() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try OwnedFolder(out).replace(with: night("old"))
    try put("mine", "out/notes.txt")
    try put("mine", "out/incidents/notes.txt")
    try OwnedFolder(out).replace(with: night("new"))
    #expect(
      tree() == [
        "out/report.json": "new", "out/incidents/new.md": "new", "out/notes.txt": "mine",
        "out/incidents/notes.txt": "mine", "out/.hindcast": "incidents/new.md\nreport.json\n",
      ])
  }

  @Test func anOldNightGoesWithItsFilesAndLeavesAPersons() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try OwnedFolder(out).replace(with: night("old"))
    try OwnedFolder(out).removeOwnFiles()
    #expect(tree().isEmpty && !FileManager.default.fileExists(atPath: out))
    try OwnedFolder(out).replace(with: night("old"))
    try put("mine", "out/notes.txt")
    try put("mine", "out/incidents/notes.txt")
    try OwnedFolder(out).removeOwnFiles()
    #expect(tree() == ["out/notes.txt": "mine", "out/incidents/notes.txt": "mine"])
    // Without our list nothing is ours, and a list that leads elsewhere is not followed.
    try OwnedFolder(out).removeOwnFiles()
    #expect(tree().count == 2)
  }

  @Test func aListThatWasTamperedWithLeadsNowhere() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try put("mine", "mine.txt")
    try put("mine", "other/mine.txt")
    try OwnedFolder(out).replace(with: night("old"))
    try FileManager.default.createSymbolicLink(atPath: out + "/linked", withDestinationPath: base + "/other")
    try put("../mine.txt\n../../mine.txt\nlinked/mine.txt\n/etc/hostname\nreport.json\n", "out/.hindcast")
    try? OwnedFolder(out).removeOwnFiles()
    #expect(tree()["mine.txt"] == "mine" && tree()["other/mine.txt"] == "mine")
  }

  /// A process was killed while it removed the old night, some pages and the list of which were left.
  @Test func whatIsLeftOfAnOldNightIsNoPersonsFile() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try OwnedFolder(out).replace(with: night("new"))
    let whole = tree()
    try put("incidents/old.md\nreport.json\n", ".out.hindcast-1-0/.hindcast")
    try put("old", ".out.hindcast-1-0/incidents/old.md")
    try OwnedFolder(out).prepare(for: ["report.json"])
    #expect(tree() == whole)
    #expect(!FileManager.default.fileExists(atPath: base + "/.out.hindcast-1-0"))
  }

  /// Removing an old night takes its list last: at every step before, the next start knows what is ours.
  @Test func theListGoesLast() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try OwnedFolder(out).replace(with: night("new"))
    try put("incidents/old.md\nreport.json\n", ".out.hindcast-1-0/.hindcast")
    try put("old", ".out.hindcast-1-0/incidents/old.md")
    // A folder under the name of a file of ours cannot be removed: what is left then still has its list.
    try put("x", ".out.hindcast-1-0/report.json/x")
    try put("y", "out/report.json.d/y")
    try OwnedFolder(out).prepare(for: ["report.json"])
    let left = tree()
    #expect(left[".out.hindcast-1-0/incidents/old.md"] == nil)
    #expect(left["out/incidents/old.md"] == nil)
    #expect(left[".out.hindcast-1-0/.hindcast"] != nil || left[".out.hindcast-1-0/report.json/x"] == nil)
  }

  /// Where files are renamed one by one: each state that a kill can leave, and the night that stands after the next start.
  @Test(arguments: [
    // Nothing moved; the list moved; all moved; the new list is in place; half of the new; all; all, and known to be.
    (0, "old"), (1, "old"), (2, "old"), (3, "old"), (4, "old"), (5, "old"), (6, "new"),
  ])
  func oneByOne(state: Int, expected: String) throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    let stage = "out/.hindcast-1-0"
    let lists = ["old": "incidents/old.md\nreport.json\n", "new": "incidents/new.md\nreport.json\n"]
    func file(_ night: String, _ name: String, isMoved: Bool, _ place: String, _ other: String) throws {
      try put(name == ".hindcast" ? lists[night] ?? "" : night, (isMoved ? other : place) + "/" + name)
    }
    let former = stage + (state == 6 ? "/.gone" : "/.former")
    try file("old", ".hindcast", isMoved: state >= 1, "out", former)
    for name in ["incidents/old.md", "report.json"] { try file("old", name, isMoved: state >= 2, "out", former) }
    try file("new", ".hindcast", isMoved: state >= 3, stage, "out")
    try file("new", "incidents/new.md", isMoved: state >= 4, stage, "out")
    try file("new", "report.json", isMoved: state >= 5, stage, "out")
    try OwnedFolder(out).prepare(for: ["report.json"])
    #expect(
      tree() == [
        "out/report.json": expected, "out/incidents/\(expected).md": expected, "out/.hindcast": lists[expected],
      ])
    #expect(!FileManager.default.fileExists(atPath: base + "/" + stage))
  }

  @Test func aFileIsReplacedWholeAndLeftoversOfItsWritersGo() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try put("left", ".one.\(FolderHandle.machine).hindcast-0")
    // That of another machine, whose locks may not reach here, stays.
    try put("left", ".one.elsewhere.hindcast-0")
    try put("old", "one")
    try CheckedFile.write(Array("new".utf8), to: base + "/one")
    #expect(tree() == ["one": "new", ".one.elsewhere.hindcast-0": "left"])
  }

  @Test func aListThatCannotBeReadIsNoEmptyList() throws {
    defer { try? FileManager.default.removeItem(atPath: base) }
    try put("x", "out/.hindcast/x")
    let folder = try FolderHandle(named: out)
    // A folder in its place is nobody's list.
    #expect(try OwnedFolder.list(folder).isEmpty)
  }
}
