import Foundation
import Model
import Runs
import Support
import Testing
import Verbs

/// A run over one event with a file of changes; gives the report.
private func report(changes: String) throws -> String {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("changes-" + UUID().uuidString).path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }
  try write("a.jsonl", #"{"kind":"requestEnd","component":"a","time":"2026-01-01T00:00:00Z","latencyUs":5}"#)
  try write("changes", changes)
  try write("pipeline.yaml", "version: 1\nchanges: [ \"\(folder)/changes\", \"\(folder)/none-*\" ]\n")
  let options = RunSetup.Options(
    pipeline: folder + "/pipeline.yaml", inputs: [folder + "/a.jsonl"], output: folder + "/out", noHistory: true,
    format: "json", quiet: true)
  #expect(RunVerb.run(options) == Exit.done)
  return try String(contentsOf: URL(fileURLWithPath: folder + "/out/report.json"), encoding: .utf8)
}

@Test(
  "Deployers, Kubernetes, Argo CD and git tell of changes",
  arguments: [
    (#"{"time":"2026-01-01T00:00:05Z","kind":"deploy","service":"pay","from":"1","to":"2"}"#, "pay", "deploy"),
    (
      #"{"kind":"List","items":[{"kind":"Event","reason":"ScalingReplicaSet","message":"Scaled up","involvedObject":{"name":"pay"},"lastTimestamp":"2026-01-01T00:00:05Z"},{"kind":"Event","reason":"Pulled","message":"image","involvedObject":{"name":"x"},"lastTimestamp":"2026-01-01T00:00:06Z"}]}"#,
      "pay", "ScalingReplicaSet"
    ),
    (
      #"{"kind":"Application","metadata":{"name":"pay"},"status":{"history":[{"deployedAt":"2026-01-01T00:00:05Z","revision":"abc"}]}}"#,
      "pay", "deploy"
    ),
    (
      "commit 0123456789abcdef\nAuthor: E <e@x>\nDate:   Thu Jan 1 02:00:05 2026 +0200\n\n    pay: retry\n", "",
      "commit"
    ),
    ("abc1234 2026-01-01T00:00:05+00:00 pay: retry\n", "", "change"),
  ])
func readsChanges(text: String, component: String, kind: String) throws {
  let report = try report(changes: text)
  let changes = try #require(try JSONParser.parse(report)["changes"]?.elements)
  #expect(changes.count == 1)
  #expect(changes.first?["at"]?.text == "2026-01-01T00:00:05.000000Z")
  #expect(changes.first?["kind"]?.text == kind)
  #expect((changes.first?["component"]?.text ?? "") == component)
  #expect(report.contains("changesMissing"))
}

@Test("An incident takes the changes just before it and while it lasts, and no others")
func takesChanges() {
  func change(_ seconds: Int64) -> NightChange {
    NightChange(at: seconds * 1_000_000, component: nil, kind: "deploy", text: "")
  }
  var incident = Incident(kind: .errorBurst, start: 1_000_000_000, end: 1_060_000_000)
  incident.take([change(300), change(900), change(1004), change(1030), change(1100)])
  #expect(incident.changes.map(\.at) == [900_000_000, 1_004_000_000, 1_030_000_000])
  #expect(incident.changesBefore.map(\.at) == [900_000_000, 1_004_000_000])
}
