// The `formats:` section of a pipeline file: which columns or keys hold the fields of a record.

package import Core

extension DecoderSettings {
  /// Reads the section: a list of rules, tried in order.
  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    self.init()
    guard let list = config.list else {
      problems.append(ConfigProblem(at: config, "'formats' takes a list of rules"))
      return
    }
    rules = list.compactMap { FormatRule(config: $0, problems: &problems) }
  }
}

extension FormatRule {
  /// Reads one rule; nil where it lacks what every rule needs.
  init?(config: ConfigNode, problems: inout [ConfigProblem]) {
    config.rejectUnknownKeys(["match", "records", "table", "keys"], problems: &problems)
    guard let match = config["match"]?.scalar else {
      problems.append(ConfigProblem(at: config, "a format rule needs 'match', a pattern for members' paths"))
      return nil
    }
    guard let records = config["records"], let kind = records.scalar.flatMap(Kind.init) else {
      problems.append(
        ConfigProblem(
          at: config["records"] ?? config, "'records' is spans, logs or metrics", suggestion: "records: spans"))
      return nil
    }
    self.init(match: match, records: kind)
    if config["table"] == nil, config["keys"] == nil {
      problems.append(ConfigProblem(at: config, "a format rule needs 'table' (columns) or 'keys' (JSON keys)"))
    }
    table = fields(config["table"], problems: &problems)
    keys = fields(config["keys"], problems: &problems)
  }

  private mutating func fields(_ node: ConfigNode?, problems: inout [ConfigProblem]) -> [Field: String] {
    guard let node else { return [:] }
    node.rejectUnknownKeys(Field.allCases.map(\.rawValue), problems: &problems)
    var fields: [Field: String] = [:]
    for entry in node.map ?? [] {
      guard let field = Field(rawValue: entry.key) else { continue }
      if field == .values {
        let columns = entry.value.list?.compactMap(\.scalar) ?? entry.value.scalar.map { [$0] } ?? []
        if columns.isEmpty { problems.append(ConfigProblem(at: entry.value, "'values' takes a list of columns")) }
        values = columns
      } else if let column = entry.value.scalar {
        fields[field] = column
      } else {
        problems.append(ConfigProblem(at: entry.value, "'\(entry.key)' takes the name of a column or key"))
      }
    }
    return fields
  }
}
