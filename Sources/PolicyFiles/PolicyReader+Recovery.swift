// The families that act on what failed: supervision and recovery.
internal import Support

extension PolicyReader {
  mutating func supervision(_ node: ConfigNode, over old: SupervisionSettings?) -> SupervisionSettings {
    node.rejectUnknownKeys(
      ["strategy", "maxRestarts", "period", "backoff", "children", "window", "heartbeatTimeout"], problems: &problems)
    var settings = old ?? SupervisionSettings()
    if let value = node["strategy"] {
      settings.strategy = choice(value, SupervisionSettings.Strategy.self, settings.strategy)
    }
    if let value = node["maxRestarts"] { settings.maxRestarts = integer(value, 0...1_000_000) ?? settings.maxRestarts }
    if let value = node["period"] { settings.period = duration(value, positive: true) ?? settings.period }
    if let value = node["heartbeatTimeout"] { settings.heartbeatTimeout = duration(value, positive: true) }
    if let value = node["backoff"] { settings.backoff = backoff(value) }
    if let value = node["window"] {
      switch value.scalar {
      case "slidingInclusive": settings.window = .slidingInclusive
      case "slidingExclusive": settings.window = .slidingExclusive
      case "fixed": settings.window = .fixed
      default: impossible(value, "window takes slidingInclusive, slidingExclusive or fixed")
      }
    }
    if let children = node["children"] {
      settings.children = []
      for child in children.list ?? [] {
        child.rejectUnknownKeys(["id", "restart", "maxRestarts"], problems: &problems)
        guard let id = child["id"]?.scalar, !id.isEmpty else {
          impossible(child, "a child needs an id")
          continue
        }
        if settings.children.contains(where: { $0.id == id }) { impossible(child, "child '\(id)' appears twice") }
        settings.children.append(
          SupervisionSettings.Child(
            id: id,
            restart: child["restart"].map { choice($0, SupervisionSettings.RestartType.self, .permanent) }
              ?? .permanent,
            maxRestarts: child["maxRestarts"].flatMap { integer($0, 0...1_000_000) }))
      }
      if children.list == nil { impossible(children, "children takes a list") }
    }
    return settings
  }

  mutating func recovery(_ node: ConfigNode) -> RecoverySettings {
    node.rejectUnknownKeys(
      ["maxRetries", "initialDelay", "maxDelay", "timeout", "autoRollback", "exponential", "jitter"],
      problems: &problems)
    var settings = RecoverySettings()
    if let value = node["maxRetries"] { settings.maxRetries = integer(value, 0...1_000_000) ?? settings.maxRetries }
    if let value = node["initialDelay"] {
      settings.initialDelay = duration(value, positive: true) ?? settings.initialDelay
    }
    if let value = node["maxDelay"] { settings.maxDelay = duration(value, positive: true) ?? settings.maxDelay }
    if let value = node["timeout"] { settings.timeout = duration(value, positive: true) ?? settings.timeout }
    if let value = node["autoRollback"] { settings.autoRollback = boolean(value) ?? settings.autoRollback }
    if let value = node["exponential"] { settings.isExponential = boolean(value) ?? settings.isExponential }
    if let value = node["jitter"] { settings.jitter = jitter(value) }
    if let problem = settings.problems.first { impossible(node["maxDelay"] ?? node, problem) }
    return settings
  }
}
