// The `formats:` list of a pipeline file as settings of the decoders.

internal import Model
package import Support

extension DecoderSettings {
  /// Reads the `formats:` list of a pipeline file: rules that say which columns or keys hold what.
  ///
  /// ```yaml
  /// formats:
  ///   - match: "*/trace/*.csv"
  ///     records: spans
  ///     table: { trace: TraceID, span: SpanID, component: Service, start: StartTimeUnixNano, end: EndTimeUnixNano }
  ///   - match: "*/metric/*.csv"
  ///     records: metrics
  ///     table: { time: TimeStamp, component: PodName, values: ["CpuUsage(m)", "MemoryUsage(Mi)"] }
  ///   - logKeys: { message: [summary], component: [module] }
  /// ```
  ///
  /// `values` takes one column, a list, or `"*"` for every column that is not mapped. An entry of `logKeys` adds names to
  /// those under which JSON log records are searched for their fields.
  package init(config: ConfigNode, problems: inout [ConfigProblem]) {
    self.init()
    guard let entries = config.list else {
      problems.append(ConfigProblem(at: config, "expected a list of format rules"))
      return
    }
    for entry in entries {
      if let keys = entry["logKeys"] {
        entry.rejectUnknownKeys(["logKeys"], problems: &problems)
        logKeys.add(keys, problems: &problems)
      } else if let rule = FormatRule(config: entry, problems: &problems) {
        rules.append(rule)
      }
    }
  }
}

extension FormatRule {
  /// One rule of the list; nil where it lacks what a rule must have, and the problems say so.
  package init?(config: ConfigNode, problems: inout [ConfigProblem]) {
    config.rejectUnknownKeys(["match", "records", "table", "keys", "logKeys"], problems: &problems)
    guard let match = config["match"] else {
      problems.append(ConfigProblem(at: config, "a format rule needs 'match'"))
      return nil
    }
    guard let pattern = match.scalar, !pattern.isEmpty else {
      problems.append(ConfigProblem(at: match, "expected a path pattern"))
      return nil
    }
    guard let records = config["records"] else {
      problems.append(ConfigProblem(at: config, "a format rule needs 'records'", suggestion: "records: spans"))
      return nil
    }
    guard let kind = records.scalar.flatMap(Kind.init(rawValue:)) else {
      problems.append(ConfigProblem(at: records, "expected spans, logs or metrics"))
      return nil
    }
    self.init(match: pattern, records: kind)
    if let node = config["table"] { table = Self.fields(node, &values, &problems) }
    if let node = config["keys"] { keys = Self.fields(node, &values, &problems) }
    if table.isEmpty, keys.isEmpty, values.isEmpty {
      problems.append(ConfigProblem(at: config, "a format rule needs 'table' or 'keys'"))
      return nil
    }
    // Spans of nobody are read without a complaint, and every finding would be about one nameless component.
    if kind == .spans, let node = config["table"] ?? config["keys"], table[.component] ?? keys[.component] == nil {
      problems.append(
        ConfigProblem(
          at: node, "a mapping of spans needs 'component', what names the service", suggestion: "component: ServiceName"
        ))
    }
  }

  private static func fields(
    _ node: ConfigNode, _ values: inout [String], _ problems: inout [ConfigProblem]
  ) -> [Field: String] {
    node.rejectUnknownKeys(Field.allCases.map(\.rawValue), problems: &problems)
    var fields: [Field: String] = [:]
    for entry in node.map ?? [] {
      guard let field = Field(rawValue: entry.key) else { continue }
      if field == .values {
        let names = entry.value.list?.compactMap(\.scalar) ?? [entry.value.scalar ?? ""]
        if names.isEmpty || names.contains("") || entry.value.map != nil {
          problems.append(ConfigProblem(at: entry, "expected a name or a list of names"))
        }
        values = names
      } else if let name = entry.value.scalar, !name.isEmpty {
        fields[field] = name
      } else {
        problems.append(ConfigProblem(at: entry, "expected the name of a column or key"))
      }
    }
    return fields
  }
}

extension LogKeys {
  /// Puts names of the pipeline file before the ones that are known already.
  mutating func add(_ config: ConfigNode, problems: inout [ConfigProblem]) {
    let fields = ["time", "severity", "message", "component", "trace", "span"]
    config.rejectUnknownKeys(fields, problems: &problems)
    for entry in config.map ?? [] where fields.contains(entry.key) {
      let names = entry.value.list?.compactMap(\.scalar) ?? [entry.value.scalar].compactMap { $0 }
      if names.isEmpty {
        problems.append(ConfigProblem(at: entry, "expected a name or a list of names"))
        continue
      }
      switch entry.key {
      case "time": time = names + time
      case "severity": severity = names + severity
      case "message": message = names + message
      case "component": component = names + component
      case "trace": trace = names + trace
      default: span = names + span
      }
    }
  }
}
