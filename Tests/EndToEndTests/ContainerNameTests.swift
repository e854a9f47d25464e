import Foundation
import Runs
import Support
import Testing
import Verbs

/// Containers whose logs have only their ids: the names stand in files beside them.
@Suite("Names of containers")
struct ContainerNameTests {
  @Test("whichever is read first, and however many threads read, the container's name is the component")
  func anyOrder() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let id = String(repeating: "9a8b7c6d", count: 8)
    let lines = (0..<20).map {
      #"{"log":"[ERROR] none left in \#($0)\n","stream":"stderr","time":"2026-01-02T02:00:\#(10 + $0).5Z"}"# + "\n"
    }
    let config = #"{"StreamConfig":{},"ID":"\#(id)","Config":{"Labels":{}},"Name":"/ledger"}"#
    for (place, before) in ["a", "z"].enumerated() {
      let inputs = "\(folder)/in\(place)"
      try CheckedFile.makeFolder(inputs + "/" + before)
      try CheckedFile.makeFolder(inputs + "/m")
      try CheckedFile.write(Array(config.utf8), to: "\(inputs)/\(before)/config.v2.json")
      try CheckedFile.write(Array(lines.joined().utf8), to: "\(inputs)/m/\(id)-json.log")
      for jobs in [1, 4] {
        let output = "\(folder)/out\(place)-\(jobs)"
        let code = RunVerb.run(
          RunSetup.Options(
            date: "2026-01-02", jobs: jobs, inputs: [inputs], output: output, noHistory: true, quiet: true))
        #expect(code == Exit.done)
        let report = String(decoding: try CheckedFile.read(output + "/report.json"), as: UTF8.self)
        #expect(report.contains(#""ledger""#))
        #expect(!report.contains(#""\#(id)""#))
      }
    }
  }
}
