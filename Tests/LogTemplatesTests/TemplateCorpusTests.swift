import Foundation
import LogTemplates
import TestSupport
import Testing

/// Ten systems of Loghub-2k with the corrected labels of Khan et al. (ICSE 2022).
private let systems = [
  "Android", "Apache", "BGL", "HDFS", "HPC", "Hadoop", "Mac", "OpenSSH", "Proxifier", "Windows",
]

private struct Scores {
  var grouping = 0.0
  var groupingF1 = 0.0
  var parsing = 0.0
  var templateF1 = 0.0
}

/// Message and template of each labelled line.
private func labels(_ system: String) throws -> [(message: String, template: String)] {
  let path = Corpus.path("log-templates/\(system)/\(system)_2k.log_structured_corrected.csv")
  let rows = CSV.rows(Array(try Data(contentsOf: URL(filePath: path))))
  guard let header = rows.first, let content = header.firstIndex(of: "Content"),
    let template = header.firstIndex(of: "EventTemplate")
  else { return [] }
  return rows.dropFirst().filter { $0.count == header.count }.map { ($0[content], $0[template]) }
}

private enum CSV {
  static func rows(_ bytes: [UInt8]) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var quoted = false
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      if quoted {
        if byte == 0x22, i + 1 < bytes.count, bytes[i + 1] == 0x22 {
          field.append(byte)
          i += 1
        } else if byte == 0x22 {
          quoted = false
        } else {
          field.append(byte)
        }
      } else if byte == 0x22 {
        quoted = true
      } else if byte == 0x2C || byte == 0x0A {
        row.append(String(decoding: field, as: UTF8.self))
        field = []
        if byte == 0x0A {
          rows.append(row)
          row = []
        }
      } else if byte != 0x0D {
        field.append(byte)
      }
      i += 1
    }
    return rows
  }
}

/// The measure's own folding: blanks and neighbouring wildcards.
private func folded(_ text: String) -> String {
  let blanks = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  return blanks.replacing(/(<\*>[ ,:;=|\/._\-]*)+<\*>/, with: "<*>")
}

/// GA, FGA, PA and FTA as their authors define them.
private func score(_ truth: [String], _ found: [String]) -> Scores {
  var expected: [String: Set<Int>] = [:]
  var groups: [String: Set<Int>] = [:]
  for (index, text) in truth.enumerated() { expected[text, default: []].insert(index) }
  for (index, text) in found.enumerated() { groups[text, default: []].insert(index) }
  var scores = Scores()
  var right = 0
  var both = 0
  for (text, members) in groups {
    guard let first = members.min(), expected[truth[first]] == members else { continue }
    right += 1
    scores.grouping += Double(members.count) / Double(truth.count)
    if folded(text) == folded(truth[first]) { both += 1 }
  }
  scores.groupingF1 = Double(2 * right) / Double(groups.count + expected.count)
  scores.templateF1 = Double(2 * both) / Double(groups.count + expected.count)
  scores.parsing =
    Double(zip(truth, found).count { folded($0) == folded($1) }) / Double(truth.count)
  return scores
}

@Test("Templates of ten real systems against their labels", .enabled(if: Corpus.isAvailable))
func labelledSystems() throws {
  var mean = Scores()
  for system in systems {
    let lines = try labels(system)
    #expect(lines.count == 2000)
    var table = TemplateTable()
    for line in lines { table.add(Array(line.message.utf8).span) }
    let rows = table.learn()
    let found = rows.rows.map { $0.map { rows.model.templates[$0].text } ?? "" }
    let scores = score(lines.map(\.template), found)
    mean.grouping += scores.grouping / 10
    mean.groupingF1 += scores.groupingF1 / 10
    mean.parsing += scores.parsing / 10
    mean.templateF1 += scores.templateF1 / 10

    for (index, line) in lines.enumerated() {
      guard let place = rows.rows[index] else { continue }
      let text = rows.model.templates[place].text
      let bytes = Array(line.message.utf8)
      #expect(TemplateParameters(line: bytes, template: text)?.line(of: text) == bytes)
    }
    let replay = table.learn(known: rows.model.templates)
    #expect(rows.rows.indices.allSatisfy { rows.text(of: $0) == replay.text(of: $0) })
  }
  #expect(mean.grouping >= 0.97)
  #expect(mean.groupingF1 >= 0.95)
  #expect(mean.parsing >= 0.94)
  #expect(mean.templateF1 >= 0.88)
}
