import LogTemplates
import Model
import Support
import Testing

private func table(_ lines: [String]) -> TemplateTable {
  var table = TemplateTable()
  for line in lines { table.add(Array(line.utf8).span) }
  return table
}

private func templates(_ lines: [String], known: [KnownTemplate] = []) -> [String] {
  let rows = table(lines).learn(known: known)
  return rows.rows.map { $0.map { rows.model.templates[$0].text } ?? "" }
}

/// A night of messages with everything the passes look for.
private func night(_ count: Int, seed: UInt64) -> [String] {
  var random = SplitMix64(seed: seed)
  let users = ["alice", "bob", "carol", "dave", "erin", "frank", "grace"]
  func pick(_ words: [String]) -> String { words[Int.random(in: 0..<words.count, using: &random)] }
  func number(_ top: Int) -> Int { Int.random(in: 0..<top, using: &random) }
  return (0..<count).map { _ in
    switch number(10) {
    case 0: "Failed password for \(pick(users)) from 10.0.0.\(number(255)) port \(number(65_000)) ssh2"
    case 1: "Accepted password for \(pick(users + ["root"])) from 10.0.0.\(number(255)) port \(number(65_000)) ssh2"
    case 2: "VM \(pick(["Started", "Paused", "Resumed"])) (Lifecycle Event)"
    case 3: "sent \(number(900)) \(pick(["bytes", "KB", "MB"])), lifetime \(number(60)) sec"
    case 4: "acquire lock=\(number(9999)), name=\(pick(["audio", "phone", "wifi", "radio"])), ws=null"
    case 5: "Registering class com.example.jobs.\(pick(["Map", "Reduce", "Sort"]))Event for node-\(number(30))"
    case 6: "mount FAILED : io\(number(90)) : point /p/gb\(number(3))"
    case 7: "ask 10.0.0.1:80 to delete" + (0...number(4)).map { _ in " blk_\(number(1 << 40))" }.joined()
    case 8: "link \(pick(["up", "down"])) on eth\(number(2))"
    default: ""
    }
  }
}

@Test("Users, classes, units and lists become variables; states stay apart")
func groups() {
  let lines = night(3000, seed: 1)
  let found = Set(templates(lines))
  #expect(
    found == [
      "", "Accepted password for <*> from <*> port <*> ssh2", "Failed password for <*> from <*> port <*> ssh2",
      "Registering class com.example.jobs.<*> for node-<*>", "VM Paused (Lifecycle Event)",
      "VM Resumed (Lifecycle Event)", "VM Started (Lifecycle Event)", "acquire lock=<*>, name=<*>, ws=<*>",
      "ask <*> to delete <*>", "link down on eth0", "link down on eth1", "link up on eth0", "link up on eth1",
      "mount FAILED : <*> : point <*>", "sent <*>, lifetime <*> sec",
    ])
}

@Test(
  "What must not merge",
  arguments: [
    ["service started", "service stopped", "service restarted"],
    ["boot (command 1)", "wait (command 2)", "halt (command 3)", "scan (command 4)", "load (command 5)"],
    ["onTouch action=ACTION_DOWN x=1", "onTouch action=ACTION_UP x=2", "onTouch action=ACTION_MOVE x=3"],
    ["env java.home=/a", "env java.vendor=/b", "env java.version=/c"],
    ["Error reading configuration", "Error reading metadata"],
    ["disk ada0 failed", "disk nvme0 failed"],
  ])
func staysApart(lines: [String]) { #expect(Set(templates(lines)).count == lines.count) }

@Test("The same templates for every order and every number of shards")
func orderAndShards() throws {
  let lines = night(2000, seed: 2)
  let expected = templates(lines)
  var random = SplitMix64(seed: 3)
  for _ in 0..<20 {
    let order = lines.indices.shuffled(using: &random)
    let shuffled = templates(order.map { lines[$0] })
    #expect(order.indices.allSatisfy { shuffled[$0] == expected[order[$0]] })
  }
  let whole = try digest([lines])[0]
  for shards in [1, 2, 8] {
    var parts = [[String]](repeating: [], count: shards)
    for (index, line) in lines.enumerated() { parts[index % shards].append(line) }
    var merged = TemplatePartial()
    for part in try digest(parts).reversed() { merged.merge(part) }
    #expect(encoded(merged) == encoded(whole))
    #expect(merged.conclude().templates == whole.conclude().templates)
  }
}

@Test("Counts add up to the input and say who, how severe and where first")
func recordCounts() throws {
  let lines = night(2000, seed: 4).filter { !$0.isEmpty }
  let partial = try digest([lines])[0]
  let conclusion = partial.conclude()
  #expect(partial.count == lines.count)
  #expect(conclusion.templates.reduce(0) { $0 + $1.finding.count } + conclusion.unkept == lines.count)
  let expected = templates(lines)
  for template in conclusion.templates {
    #expect(template.finding.count == expected.count { $0 == template.finding.template.text })
    #expect(template.finding.components == ["svc"])
    #expect(template.finding.severity == .warning)
    #expect(
      template.evidence.first?.location.position
        == .line((expected.firstIndex(of: template.finding.template.text) ?? -2) + 1))
  }
}

@Test("Replaying a night changes no id; a widened template keeps its id, and the ones it swallows become aliases")
func frozenIDs() {
  let lines = night(2000, seed: 5)
  let first = table(lines).learn()
  let again = table(lines).learn(known: first.model.templates)
  #expect(first.rows.indices.allSatisfy { first.text(of: $0) == again.text(of: $0) })
  #expect(again.model.aliases.isEmpty)

  let old = table(["job alpha ended", "job beta ended"]).learn().model
  let names = ["gamma", "delta", "epsilon", "zeta"]
  let new = table(names.map { "job \($0) ended" }).learn(known: old.templates).model
  #expect(new.templates.map(\.text) == ["job <*> ended"])
  #expect(new.templates.map(\.id) == [old.templates[0].id])
  #expect(new.aliases == [old.templates[1].id: old.templates[0].id])

  let third = table(["job omega ended", "job alpha failed"]).learn(known: new.templates).model
  #expect(third.templates.map(\.text) == ["job <*> ended", "job alpha failed"])
  #expect(third.templates.first?.id == old.templates[0].id)
  #expect(third.templates.last?.id == TemplateLearner.id(of: Array("job alpha failed".utf8)))
}

@Test("Template and parameters are the line, byte for byte")
func rebuilt() {
  var lines = night(1000, seed: 6)
  lines += [
    "  two  blanks\t and 3  tabs \t", "\u{1B}[31m red 7 \u{1B}[0m", "<*> literal 4 <*>", " ", "é 5 ü", "a=1,b=2,,c=3",
  ]
  let rows = table(lines).learn()
  for (index, line) in lines.enumerated() {
    guard let place = rows.rows[index] else {
      #expect(line.allSatisfy { $0 == " " })
      continue
    }
    let text = rows.model.templates[place].text
    let parameters = TemplateParameters(line: Array(line.utf8), template: text)
    #expect(parameters?.line(of: text) == Array(line.utf8), "\(line) under \(text)")
  }
}

@Test("A partial survives its binary form and merges in any order")
func partialCoding() throws {
  let parts = try digest([night(300, seed: 7), night(300, seed: 8), night(300, seed: 9)])
  var forward = parts[0]
  forward.merge(parts[1])
  forward.merge(parts[2])
  var backward = parts[1]
  backward.merge(parts[2])
  var all = parts[0]
  all.merge(backward)
  #expect(encoded(forward) == encoded(all))
  var reader = ByteReader(encoded(all))
  #expect(encoded(try TemplatePartial(from: &reader)) == encoded(all))
  var cut = ByteReader(Array(encoded(all).dropLast(3)))
  #expect(throws: DecodeFailure.self) { _ = try TemplatePartial(from: &cut) }
}

private func encoded(_ partial: TemplatePartial) -> [UInt8] {
  var writer = ByteWriter()
  partial.encode(to: &writer)
  return writer.bytes
}

/// Digests shards of lines; the line number within all shards is the evidence.
private func digest(_ shards: [[String]]) throws -> [TemplatePartial] {
  shards.enumerated().map { shard, lines in
    var symbols = SymbolTable()
    var sources = SourceTable()
    let member = sources.add(input: "night", member: "")
    let service = symbols.intern("svc")
    var masks = TemplateTable()
    for line in lines { masks.add(Array(line.utf8).span) }
    let messages = masks.messages.map { symbols.intern($0) }
    let context = AggregateContext(symbols: symbols, sources: sources)
    var digester = TemplateAggregator()
    for (index, message) in messages.enumerated() {
      let position = index * shards.count + shard + 1
      digester.observe(
        log: LogRow(
          time: Int64(position), request: .none, span: 0,
          source: SourceRef(member: member, value: position, isLine: true),
          component: service, message: message, severity: .warning), context)
    }
    return digester.finish(context)
  }
}
