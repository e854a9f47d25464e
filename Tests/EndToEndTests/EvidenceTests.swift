import Verbs
import Archives
import Foundation
import Model
import Reports
import Runs
import Simulation
import Support
import TestSupport
import Testing

/// Keeps the members of an archive.
private final class Members: SpanSink {
  var bytes: [String: [UInt8]] = [:]
  private var path = ""
  private var current: [UInt8] = []

  func beginMember(_ member: MemberHeader) {
    path = member.path
    current = []
  }
  func memberBytes(_ bytes: Span<UInt8>) { for i in bytes.indices { current.append(bytes[i]) } }
  func endMember(complete: Bool) { if complete { bytes[path] = current } }
}

/// One piece of evidence in a report.
private struct Piece {
  var member: String
  var line: Int?
  var offset: Int?
  var request: String
  var quote: String

  /// nil where an object is no evidence.
  init?(_ object: JSONValue) {
    guard case .object(let fields) = object, case .string(let member) = fields["member"] else { return nil }
    self.member = member
    if case .int(let line) = fields["line"] { self.line = Int(line) }
    if case .int(let offset) = fields["offset"] { self.offset = Int(offset) }
    guard line != nil || offset != nil else { return nil }
    if case .string(let request) = fields["request"] { self.request = request } else { request = "" }
    if case .string(let quote) = fields["quote"] { self.quote = quote } else { quote = "" }
  }

  static func all(in value: JSONValue) -> [Piece] {
    var found: [Piece] = []
    var open = [value]
    while let next = open.popLast() {
      if let piece = Piece(next) {
        found.append(piece)
        continue
      }
      switch next {
      case .array(let values): open += values
      case .object(let fields): open += fields.values
      default: break
      }
    }
    return found
  }

  /// The record that it points to: the line, or what stands from the offset on to the end of its object.
  func record(_ members: [String: [UInt8]]) -> String? {
    guard let bytes = members[member] else { return nil }
    if let line {
      let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      return line >= 1 && line <= lines.count ? String(decoding: lines[line - 1], as: UTF8.self) : nil
    }
    guard let offset, offset >= 0, offset < bytes.count, bytes[offset] == 0x7B else { return nil }
    var depth = 0
    var isText = false
    var index = offset
    while index < bytes.count {
      switch bytes[index] {
      case 0x5C where isText: index += 1
      case 0x22: isText.toggle()
      case 0x7B where !isText: depth += 1
      case 0x7D where !isText:
        depth -= 1
        if depth == 0 { return String(decoding: bytes[offset...index], as: UTF8.self) }
      default: break
      }
      index += 1
    }
    return nil
  }

  /// What of it does not stand in a record: the request's id, an operation, a message around what was masked.
  func missing(in record: String) -> [String] {
    let text = record.replacing("\\\"", with: "\"").replacing("\\/", with: "/").lowercased()
    var wanted: [String] = []
    if !request.isEmpty { wanted.append(String(request.drop { $0 == "0" })) }
    for part in quote.split(separator: ", ", omittingEmptySubsequences: true) {
      let isFigure = ["failed: ", "took ", "own time "].contains { part.hasPrefix($0) }
      if isFigure || part.contains(" readings with the mean") { continue }
      if let reads = part.range(of: " reads ") {
        wanted.append(String(part[..<reads.lowerBound]))
        continue
      }
      wanted += part.split(separator: "<*>").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    return wanted.filter { !$0.isEmpty && !text.contains($0.lowercased()) }
  }
}

@Suite("Evidence")
struct EvidenceTests {
  @Test(
    "every piece of evidence is found in its input, member and place, and says what is quoted",
    arguments: WorldSpec.TraceFormat.allCases)
  func followed(format: WorldSpec.TraceFormat) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var spec = WorldSpec(seed: 31)
    spec.minutes = 40
    spec.rate = 2
    spec.components = 12
    spec.faults = [.one(.errorOutage), .one(.slowdown), .one(.crash), .one(.restartStorm)]
    spec.faultMinutes = 4
    spec.formats = [format]
    let (input, _) = try World.writeServiceNight(spec, to: folder)
    let code = RunVerb.run(
      RunSetup.Options(
        date: "2026-01-01", jobs: 2, inputs: [input], output: folder + "/report", noHistory: true, quiet: true))
    #expect(code == Exit.done)
    let members = Members()
    #expect(ArchiveWalker().walk(.file(input), into: members).diagnostics.isEmpty)
    let report = try JSONParser.parse(try CheckedFile.read(folder + "/report/report.json"))
    let incidents = report["incidents"]?.elements ?? []
    #expect(incidents.count >= 3)
    for incident in incidents {
      let claims = (incident["rootCauses"]?.elements ?? []) + (incident["causalChain"]?.elements ?? []) + [incident]
      for claim in claims {
        #expect(claim["evidence"]?.elements?.isEmpty == false, "nothing to show for \(claim.canonical.prefix(200))")
      }
    }
    for incident in try ReportJSON.parse(CheckedFile.read(folder + "/report/report.json")).incidents {
      #expect(deniedOnsets(of: incident) == [], "\(incident.id)")
    }
    let pieces = Piece.all(in: report)
    #expect(pieces.count >= 30)
    for piece in pieces {
      guard let record = piece.record(members.bytes) else {
        Issue.record("no such place: \(piece)")
        continue
      }
      #expect(piece.missing(in: record) == [], "\(piece) in \(record.prefix(300))")
    }
  }
}

@Suite("Nights in a row")
struct EarlierNightsTests {
  private func incidents(_ folder: String) throws -> [JSONValue] {
    try JSONParser.parse(try CheckedFile.read(folder + "/report.json"))["incidents"]?.elements ?? []
  }

  @Test("a slowness that fills the night is found where a healthy night went before, the same twice; not without it")
  func slowAllNight() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var spec = WorldSpec(seed: 12)
    spec.minutes = 20
    spec.rate = 4
    spec.components = 10
    let (healthy, _) = try World.writeServiceNight(spec, to: folder, name: "healthy")
    spec.start += 86_400_000_000
    spec.faults = [.one(.slowdown)]
    spec.faultMinutes = 20
    let (slow, truth) = try World.writeServiceNight(spec, to: folder, name: "slow")
    let cause = try #require(truth.faults.first?.fault.component)
    func run(_ input: String, date: String, history: String?, to name: String) -> Int32 {
      RunVerb.run(
        RunSetup.Options(
          date: date, jobs: 2, inputs: [input], output: folder + "/" + name,
          history: history.map { folder + "/" + $0 }, noHistory: history == nil, quiet: true))
    }
    #expect(run(slow, date: "2026-01-02", history: nil, to: "alone") == Exit.done)
    #expect(try incidents(folder + "/alone").allSatisfy { $0["kind"]?.text != "latencyRegression" })
    for turn in ["a", "b"] {
      #expect(run(healthy, date: "2026-01-01", history: turn + ".sqlite", to: turn + "1") == Exit.done)
      #expect(try incidents(folder + "/" + turn + "1").isEmpty)
      #expect(run(slow, date: "2026-01-02", history: turn + ".sqlite", to: turn + "2") == Exit.done)
    }
    let found = try incidents(folder + "/a2").filter { $0["kind"]?.text == "latencyRegression" }
    #expect(found.contains { $0["rootCauses"]?.elements?.first?["component"]?.text == cause })
    #expect(try incidents(folder + "/a2") == incidents(folder + "/b2"))
  }
}
