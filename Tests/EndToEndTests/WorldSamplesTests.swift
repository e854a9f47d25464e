import Model
import Support
import Archives
import Foundation
import Simulation
import Testing

/// Keeps the members of an archive.
private final class Collector: SpanSink {
  var members: [String: [UInt8]] = [:]
  private var path = ""
  private var bytes: [UInt8] = []

  func beginMember(_ member: MemberHeader) {
    path = member.path
    bytes = []
  }
  func memberBytes(_ bytes: Span<UInt8>) { for i in bytes.indices { self.bytes.append(bytes[i]) } }
  func endMember(complete: Bool) { if complete { members[path] = bytes } }
}

private let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("samples").path

private func members(_ name: String) -> [String: [UInt8]] {
  let collector = Collector()
  let summary = ArchiveWalker().walk(.file(samples + "/" + name), into: collector)
  #expect(summary.diagnostics.isEmpty)
  return collector.members
}

@Test("The sample night is what its seed makes, and its truth too")
func sampleNight() throws {
  var writer = MemoryWriter()
  let truth = try ServiceNight(Samples.serviceNight).write(to: &writer)
  let made = Dictionary(writer.members.map { ($0.path, $0.bytes) }, uniquingKeysWith: { a, _ in a })
  #expect(members("night.tar.gz") == made)
  let stored = try String(contentsOfFile: samples + "/night.truth.json", encoding: .utf8)
  #expect(stored == truth.json.pretty)
}

@Test("The sample of tasks is what its seed makes, and its truth too")
func sampleTasks() throws {
  var writer = MemoryWriter()
  let truth = try TaskWorld(Samples.tasks).write(to: &writer)
  #expect(
    members("tasks.tar.gz") == Dictionary(writer.members.map { ($0.path, $0.bytes) }, uniquingKeysWith: { a, _ in a }))
  #expect(try String(contentsOfFile: samples + "/tasks.truth.json", encoding: .utf8) == truth.pretty)
}

@Test("The sample CI nights are what their seed makes")
func sampleCINights() throws {
  var writer = MemoryWriter()
  var world = CIWorld(Samples.ciNights)
  let truth = try world.write(to: &writer)
  for night in 0..<Samples.ciNights.nights {
    let date = world.date(night)
    let made = writer.members.filter { $0.path.hasPrefix(date) }.map { ($0.path, $0.bytes) }
    #expect(members("ci-\(date).tar.gz") == Dictionary(made, uniquingKeysWith: { a, _ in a }))
  }
  #expect(try String(contentsOfFile: samples + "/ci.truth.json", encoding: .utf8) == truth.json.pretty)
}

@Test("The samples stay small")
func samplesAreSmall() throws {
  let names = try FileManager.default.contentsOfDirectory(atPath: samples)
  let total = try names.reduce(0) {
    $0 + ((try FileManager.default.attributesOfItem(atPath: samples + "/" + $1)[.size] as? Int) ?? 0)
  }
  #expect(total < 300_000)
  #expect(names.contains("night.tar.gz"))
}

@Test("Every filter's archive reads back as it was written", arguments: WorldFilter.allCases)
func filtersRoundTrip(filter: WorldFilter) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("world-\(UUID())").path
  defer { try? FileManager.default.removeItem(atPath: folder) }
  var spec = WorldSpec(seed: 4)
  spec.minutes = 4
  let (input, _) = try World.writeServiceNight(spec, to: folder, filter: filter)
  let collector = Collector()
  let summary = ArchiveWalker().walk(.file(input), into: collector)
  #expect(summary.diagnostics.isEmpty)
  var writer = MemoryWriter()
  _ = try ServiceNight(spec).write(to: &writer)
  #expect(collector.members == Dictionary(writer.members.map { ($0.path, $0.bytes) }, uniquingKeysWith: { a, _ in a }))
}
