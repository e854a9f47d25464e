package import Support
internal import Yams

/// Reads YAML into the neutral configuration tree, with the place of every value and key.
package enum YAMLTree {
  /// How deep a configuration file may nest.
  private static let deepest = 24
  /// Values of a file, those that aliases repeat counted each time: nine aliases of nine aliases need no long file.
  private static let mostValues = 200_000

  /// - Throws: `ConfigProblem` at the place where the text is no YAML, or nests too deep.
  package static func read(_ text: String) throws(ConfigProblem) -> ConfigNode {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw problem(error)
    } catch {
      throw ConfigProblem(at: ConfigNode(.scalar(""), line: 1, column: 1), "not readable as YAML")
    }
    guard let root else { return ConfigNode(.map([]), line: 1, column: 1) }
    var budget = mostValues
    return try node(root, depth: 0, &budget)
  }

  private static func node(_ node: Node, depth: Int, _ budget: inout Int) throws(ConfigProblem) -> ConfigNode {
    let line = node.mark?.line ?? 1
    let column = node.mark?.column ?? 1
    guard depth < deepest else {
      throw ConfigProblem(at: ConfigNode(.scalar(""), line: line, column: column), "nested too deep")
    }
    budget -= 1
    guard budget >= 0 else {
      throw ConfigProblem(
        at: ConfigNode(.scalar(""), line: line, column: column),
        "more than \(mostValues) values, where one that an alias stands for counts each time")
    }
    switch node {
    case .scalar(let scalar): return ConfigNode(.scalar(scalar.string), line: line, column: column)
    case .sequence(let sequence):
      var list: [ConfigNode] = []
      for element in sequence { list.append(try Self.node(element, depth: depth + 1, &budget)) }
      return ConfigNode(.list(list), line: line, column: column)
    case .mapping(let mapping):
      var entries: [ConfigNode.Entry] = []
      for (key, value) in mapping {
        let place = ConfigNode(.scalar(""), line: key.mark?.line ?? line, column: key.mark?.column ?? column)
        guard let name = key.scalar?.string else { throw ConfigProblem(at: place, "a key must be plain text") }
        entries.append(
          ConfigNode.Entry(
            key: name, line: place.line, column: place.column, value: try Self.node(value, depth: depth + 1, &budget)))
      }
      return ConfigNode(.map(entries), line: line, column: column)
    case .alias:
      throw ConfigProblem(at: ConfigNode(.scalar(""), line: line, column: column), "aliases are not supported")
    }
  }

  private static func problem(_ error: YamlError) -> ConfigProblem {
    var place = ConfigNode(.scalar(""), line: 1, column: 1)
    var message = "not readable as YAML"
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      place.line = mark.line
      place.column = mark.column
      message = problem
    case .duplicatedKeysInMapping(let duplicates, let context):
      place.line = context.mark.line
      place.column = context.mark.column
      message = "key \(duplicates.map { "'\($0)'" }.sorted().joined(separator: ", ")) appears twice"
    case .reader(let problem, _, _, _): message = problem
    default: break
    }
    return ConfigProblem(at: place, message)
  }
}

/// Prints a problem the way compilers do: `file:line:column: message`, the line, and a caret.
package func describe(_ problem: ConfigProblem, file: String, text: String) -> String {
  describe([problem], file: file, text: text)
}

/// Most problems of one file that are listed; the rest are counted.
private let listedProblems = 100

/// Prints problems in the same way, one after another.
package func describe(_ problems: [ConfigProblem], file: String, text: String) -> String {
  let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
  var parts = problems.prefix(listedProblems).map { problem in
    var out = "\(file):\(problem.line):\(problem.column): \(problem.message)"
    if problem.line >= 1, problem.line <= lines.count {
      let line = String(decoding: lines[problem.line - 1].prefix(640), as: UTF8.self).prefix(160).replacing(
        "\t", with: " ")
      let safe = String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
      out += "\n  \(safe)"
      if problem.column <= 160 { out += "\n  \(String(repeating: " ", count: max(0, problem.column - 1)))^" }
    }
    if let suggestion = problem.suggestion {
      out += "\n  did you mean '\(suggestion)'?"
    } else if !problem.knownKeys.isEmpty {
      out += "\n  known here: \(problem.knownKeys.joined(separator: ", "))"
    }
    return out
  }
  if problems.count > listedProblems { parts.append("\(file): and \(problems.count - listedProblems) problems more") }
  return parts.joined(separator: "\n")
}
