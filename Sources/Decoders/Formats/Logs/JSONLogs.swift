// Application logs as JSON objects, with keys as the settings name them.

internal import Model
internal import Support

/// Reads one JSON log record. Of a key that appears twice the last counts; of several keys for one field the one that
/// stands first in the settings' list.
struct JSONLogs {
  let table: LogKeyTable
  let zoneSeconds: Int

  /// Reads the object at a place that was checked before.
  func read(
    _ b: Span<UInt8>, at start: Int, _ texts: inout JSONTexts
  ) -> LogLine {
    var log = LogLine()
    var ranks = Ranks()
    var message: (text: JSONStringSlice, isContainer: Bool)?
    /// A message that is an object itself.
    var raw: Range<Int>?
    var reader = JSONScanner(at: start + 1)
    var isFirst = true
    while let key = reader.nextKey(b, &isFirst) {
      reader.skipSpace(b)
      let at = reader.position
      guard let (role, rank) = table.role(b, key) else {
        if JSONScanner.equals(b, key, "kubernetes") {
          if let text = podName(b, &reader), ranks.component == Int.max {
            log.component = texts.symbol(b, text)
            ranks.component = Int.max - 1
          }
        } else {
          _ = reader.skipValue(b)
        }
        continue
      }
      guard let value = reader.scalar(b) else { break }
      switch role {
      case .time:
        if rank <= ranks.time, let time = time(value, b) {
          log.time = time
          ranks.time = rank
        }
      case .severity:
        if rank <= ranks.severity {
          let severity = Self.severity(value, b)
          if severity != .unknown {
            log.severity = severity
            ranks.severity = rank
          }
        }
      case .message:
        switch value {
        case .text(let text), .number(let text):
          if rank <= ranks.message {
            message = (text, JSONScanner.equals(b, key, "log"))
            raw = nil
            ranks.message = rank
          }
        case .bool: break
        case .other:
          // ECS nests `log: {"level": …}`; a body of OpenTelemetry may be an object.
          if b[at] == 0x7B, JSONScanner.equals(b, key, "log") {
            if let level = member(b, at, ["level"]) {
              log.severity = FieldText.severity(b.extracting(level.start..<level.end))
            }
          } else if b[at] == 0x7B, rank <= ranks.message {
            raw = at..<reader.position
            message = nil
            ranks.message = rank
          }
        }
      case .component:
        guard rank <= ranks.component else { break }
        let symbol = name(value, b, at: at, &texts)
        if !symbol.isNone {
          log.component = symbol
          ranks.component = rank
        }
      case .trace:
        guard rank <= ranks.trace else { break }
        identity(value, b, at) { text in
          let (id, symbol) = texts.request(b, text)
          if !id.isNone {
            (log.request, log.requestText) = (id, symbol)
            ranks.trace = rank
          }
        }
      case .span:
        guard rank <= ranks.span else { break }
        identity(value, b, at) { text in
          log.span = texts.span(b, text)
          ranks.span = rank
        }
      }
    }
    if let (text, isContainer) = message {
      texts.appendMessage(b, text, stripsHeader: isContainer, &log)
    } else {
      texts.appendRaw(b, raw ?? start..<reader.position, &log)
    }
    return log
  }

  private struct Ranks {
    var time = Int.max
    var severity = Int.max
    var message = Int.max
    var component = Int.max
    var trace = Int.max
    var span = Int.max
  }

  func time(_ value: AttributeValue, _ b: Span<UInt8>) -> Int64? {
    switch value {
    case .text(let text), .number(let text):
      FieldText.time(b.extracting(text.start..<text.end), unit: .inferred, zoneSeconds: zoneSeconds)
    case .bool, .other: nil
    }
  }

  static func severity(_ value: AttributeValue, _ b: Span<UInt8>) -> Severity {
    switch value {
    case .text(let text):
      let bytes = b.extracting(text.start..<text.end)
      let severity = FieldText.severity(bytes.extracting(FieldText.trimmed(bytes)))
      if severity != .unknown { return severity }
      return FieldText.int(bytes).map { FieldText.severity(number: $0) } ?? .unknown
    case .number(let text):
      return FieldText.int(b.extracting(text.start..<text.end)).map { FieldText.severity(number: $0) } ?? .unknown
    case .bool, .other: return .unknown
    }
  }

  /// A text, or the text under a name in an object (`"service": {"name": …}`).
  private func name(
    _ value: AttributeValue, _ b: Span<UInt8>, at: Int, _ texts: inout JSONTexts
  ) -> Symbol {
    switch value {
    case .text(let text), .number(let text): return texts.symbol(b, text)
    case .bool: return .none
    case .other: return member(b, at, ["name"]).map { texts.symbol(b, $0) } ?? .none
    }
  }

  private func identity(_ value: AttributeValue, _ b: Span<UInt8>, _ at: Int, _ take: (JSONStringSlice) -> Void) {
    switch value {
    case .text(let text), .number(let text): take(text)
    case .bool: break
    case .other: if let text = member(b, at, ["id"]) { take(text) }
    }
  }

  /// The first text under one of some names in the object at a place.
  private func member(_ b: Span<UInt8>, _ at: Int, _ names: [StaticString]) -> JSONStringSlice? {
    guard b[at] == 0x7B else { return nil }
    var reader = JSONScanner(at: at)
    var found: JSONStringSlice?
    _ = reader.eachMember(b) { reader, key in
      guard reader.peek(b) == 0x22, found == nil, names.contains(where: { JSONScanner.equals(b, key, $0) }) else {
        return reader.skipValue(b)
      }
      found = reader.string(b)
      return found != nil
    }
    return found
  }

  /// What log collectors add about the pod: its container's name, else the pod's, after every other name.
  private func podName(_ b: Span<UInt8>, _ reader: inout JSONScanner) -> JSONStringSlice? {
    reader.skipSpace(b)
    let at = reader.position
    guard reader.skipValue(b) else { return nil }
    return member(b, at, ["container_name", "pod_name"])
  }
}
