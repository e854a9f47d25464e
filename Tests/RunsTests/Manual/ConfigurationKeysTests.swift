import Policies
@testable import Runs
import Support
import Testing

/// The manual's tables of keys against the parsers: what a parser takes stands there, and what stands there is taken.
@Suite("Keys of pipeline and policy files")
struct ConfigurationKeysTests {
  private static let pipeline = KeyProbe(keys: keys("PipelineFiles")) { tree in
    var problems: [ConfigProblem] = []
    let parsed = RunSetup.parse(tree, problems: &problems)
    return KeyProbe.Parsed(settings: KeyProbe.text(parsed), problems: problems)
  }

  private static let policies = KeyProbe(keys: keys("PolicyFiles")) { tree in
    var problems: [ConfigProblem] = []
    let file = PolicyFile(config: tree, problems: &problems)
    return KeyProbe.Parsed(settings: KeyProbe.text(file), problems: problems)
  }

  private static func keys(_ page: String) -> [DocumentedKey] {
    (try? ManualPage(page)).map(DocumentedKey.keys) ?? []
  }

  private static func probe(_ file: String) -> KeyProbe { file == "pipeline" ? pipeline : policies }

  @Test("every key that a parser takes is in the manual, and no other", arguments: ["pipeline", "policies"])
  func documented(file: String) throws {
    let probe = Self.probe(file)
    var open: [[String]] = [[]]
    var seen = 0
    while let place = open.popLast() {
      let accepted = try #require(try probe.accepted(at: place), "no keys are taken at \(place)")
      let written = Set(probe.keys.filter { $0.parent == place }.compactMap(\.path.last))
      #expect(accepted.subtracting(written).sorted() == [], "taken, and not in the manual, at \(place)")
      #expect(written.subtracting(accepted).sorted() == [], "in the manual, and not taken, at \(place)")
      for key in probe.keys where key.parent == place {
        seen += 1
        let own = try probe.accepted(at: key.path)
        if let twin = key.twin {
          #expect(try own == probe.accepted(at: twin), "\(key.name) takes other keys than \(twin)")
          continue
        }
        if own != nil { open.append(key.path) }
        if try probe.accepted(at: key.path + ["[]"]) != nil { open.append(key.path + ["[]"]) }
      }
    }
    #expect(seen == probe.keys.count, "some documented keys stand where nothing is read")
    #expect(seen > 60)
  }

  @Test("every documented example is taken and changes the settings", arguments: ["pipeline", "policies"])
  func examples(file: String) throws {
    let probe = Self.probe(file)
    for key in probe.keys {
      let with = probe.parse(try probe.document(key.path, try YAMLTree.read(key.example)))
      #expect(with.problems.map(\.message) == [], "the example of \(key.name)")
      let without = probe.parse(try probe.document(key.path, nil))
      if key.name != "version" {
        #expect(with.settings != without.settings, "\(key.name): \(key.example) changes nothing")
      }
    }
  }

  @Test("a documented default is what holds without the key", arguments: ["pipeline", "policies"])
  func defaults(file: String) throws {
    let probe = Self.probe(file)
    for key in probe.keys {
      let without = probe.parse(try probe.document(key.path, nil))
      if let fallback = key.fallback {
        let with = probe.parse(try probe.document(key.path, try YAMLTree.read(fallback)))
        #expect(with.problems.map(\.message) == [], "the default of \(key.name)")
        #expect(with.settings == without.settings, "\(key.name) is not \(fallback) by default")
      }
      if key.isRequired {
        #expect(!without.problems.isEmpty, "\(key.name) is called required, and nobody misses it")
      }
    }
  }

  @Test("a value of the wrong type is a problem at its place", arguments: ["pipeline", "policies"])
  func wrongTypes(file: String) throws {
    let probe = Self.probe(file)
    for key in probe.keys {
      let isText = key.type == "text" || key.type == "list of texts"
      var wrong = [ConfigNode(.list([ConfigNode(.map([]))]))]
      if !isText { wrong.append(ConfigNode(.scalar("?!"))) }
      if key.type == "list of sections" { wrong.removeFirst() }
      if !key.type.contains("section"), !key.type.contains("map"), key.twin == nil {
        wrong.append(
          ConfigNode(.map([ConfigNode.Entry(key: "x", line: 1, column: 1, value: ConfigNode(.scalar("1")))])))
      }
      for value in wrong {
        let parsed = probe.parse(try probe.document(key.path, value))
        #expect(!parsed.problems.isEmpty, "\(key.name) takes \(value.scalar ?? "\(value.value)") in silence")
      }
    }
  }

  @Test("every example of the manual and the README that is a file is a sound one")
  func files() throws {
    var found = 0
    for page in try ManualPage.all() + [ManualPage(file: "README.md")] {
      for block in page.blocks("yaml") where block.hasPrefix("version:") {
        found += 1
        let probe = block.contains("\npolicies:\n") ? Self.policies : Self.pipeline
        #expect(probe.parse(try YAMLTree.read(block)).problems.map(\.message) == [], "\(page.name): \(block)")
      }
    }
    #expect(found >= 3)
  }
}
