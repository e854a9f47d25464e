// The objects inside of a record in which programs and stores keep what it tells of a request.

internal import Model
internal import Support

extension AccessObject {
  /// An object in which a program keeps a request, its answer, or both.
  struct Level {
    var at: Int
    var name: JSONStringSlice
    var side: AccessSide
    var depth: Int
  }

  /// Takes what an object inside of the record tells and the record itself does not.
  mutating func deeper(_ b: Span<UInt8>, _ level: Level, _ work: inout [Level]) {
    var reader = JSONScanner(at: level.at)
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      let at = reader.position
      guard let value = reader.scalar(b) else { return false }
      switch value {
      case .text(let text), .number(let text):
        guard let found = AccessKeys.find(b, key.start..<key.end) else {
          let isName = JSONScanner.equals(b, key, "service") || JSONScanner.equals(b, key, "app")
          if level.side == .record, !isName { sign(b, key, text.start..<text.end) }
          return true
        }
        guard level.side.holds(found), !isKnown(found) else { return true }
        if found == .status, level.side == .response {
          signs.insert(.answered)
          if JSONScanner.equals(b, level.name, "res"), JSONScanner.equals(b, key, "statusCode") { signs.insert(.node) }
        }
        // go-chi's httplog writes the milliseconds of its answer so.
        if level.side == .response, JSONScanner.equals(b, level.name, "httpResponse"),
          JSONScanner.equals(b, key, "elapsed")
        {
          signs.insert(.node)
        }
        if level.side == .response, JSONScanner.equals(b, key, "took") || JSONScanner.equals(b, key, "latency") {
          let isOry = JSONScanner.equals(b, level.name, "http_response")
          if isOry || signs.contains(.slog), AccessShapes.isDigits(b, text.start..<text.end) {
            signs.insert(.goDuration)
          }
        }
        if found == .method || found == .status { signs.insert(.deep) }
        take(b, key, text, seed: AccessKeys.seed, isText: b[at] == 0x22)
      case .bool: break
      case .other:
        guard at < b.count, b[at] == 0x7B, level.depth < AccessSide.deepest,
          let side = AccessSide.of(b, key.start..<key.end)
        else { return true }
        work.append(Level(at: at, name: key, side: side.within(level.side), depth: level.depth + 1))
      }
      return true
    }
  }

  /// Whether the record itself told something already, which counts before what its objects say.
  func isKnown(_ key: AccessKey) -> Bool {
    switch key {
    case .method: !record.method.isEmpty
    case .target, .request: !record.target.isEmpty
    case .status: hasStatus && !statusIsCode
    case .seconds, .requestTime, .milliseconds, .microseconds, .nanoseconds: record.latency >= 0
    default: false
    }
  }

  /// Objects in which writers keep the request: Caddy's `request`, Cloud Logging's `httpRequest`.
  mutating func nested(_ b: Span<UInt8>, _ key: JSONStringSlice, at: Int) {
    if JSONScanner.equals(b, key, "request") {
      members(b, at: at, seed: AccessKeys.inner(b, key.start..<key.end), depth: 1)
      if !record.method.isEmpty { signs.insert(.caddy) }
    } else if JSONScanner.equals(b, key, "httpRequest") || JSONScanner.equals(b, key, "protoPayload") {
      members(b, at: at, seed: AccessKeys.inner(b, key.start..<key.end), depth: 1)
    } else if JSONScanner.equals(b, key, "properties") {
      members(b, at: at, seed: AccessKeys.seed, depth: 1)
    } else if JSONScanner.equals(b, key, "resource") {
      resource(b, at: at)
    } else if JSONScanner.equals(b, key, "http") || JSONScanner.equals(b, key, "url")
      || JSONScanner.equals(b, key, "event") || JSONScanner.equals(b, key, "service")
    {
      ecs(b, key, at: at)
    } else if JSONScanner.equals(b, key, "jsonPayload") {
      var reader = JSONScanner(at: at)
      _ = reader.eachMember(b) { reader, key in
        if JSONScanner.equals(b, key, "message") || JSONScanner.equals(b, key, "msg") { signs.insert(.message) }
        return reader.skipValue(b)
      }
    }
  }

  /// What the Elastic Common Schema keeps of a request in an object (ECS reference; Filebeat's modules write it so): the duration of an
  /// event is of nanoseconds.
  mutating func ecs(_ b: Span<UInt8>, _ name: JSONStringSlice, at: Int) {
    let seed = AccessKeys.inner(b, name.start..<name.end)
    var reader = JSONScanner(at: at)
    _ = reader.eachMember(b) { reader, key in
      if reader.peek(b) == 0x7B {
        return reader.eachMember(b) { reader, inner in
          let isMethod = JSONScanner.equals(b, key, "request") && JSONScanner.equals(b, inner, "method")
          let isStatus = JSONScanner.equals(b, key, "response") && JSONScanner.equals(b, inner, "status_code")
          guard isMethod || isStatus else { return reader.skipValue(b) }
          guard let value = reader.scalar(b) else { return false }
          switch value {
          case .text(let text) where isMethod: record.method = text.start..<text.end
          case .text(let text) where isStatus, .number(let text) where isStatus:
            takeStatus(b, inner, text.start..<text.end)
          default: break
          }
          return true
        }
      }
      guard AccessKeys.key(b, key.start..<key.end, seed: seed) != nil else { return reader.skipValue(b) }
      reader.skipSpace(b)
      let isText = reader.position < b.count && b[reader.position] == 0x22
      guard let value = reader.scalar(b) else { return false }
      switch value {
      case .text(let text), .number(let text): take(b, key, text, seed: seed, isText: isText)
      case .bool, .other: break
      }
      return true
    }
  }

  /// What Cloud Logging says of the resource that served: `labels` of a monitored resource.
  mutating func resource(_ b: Span<UInt8>, at: Int) {
    var reader = JSONScanner(at: at)
    _ = reader.eachMember(b) { reader, key in
      guard JSONScanner.equals(b, key, "labels"), reader.peek(b) == 0x7B else { return reader.skipValue(b) }
      return reader.eachMember(b) { reader, key in
        guard reader.peek(b) == 0x22 else { return reader.skipValue(b) }
        guard let text = reader.string(b) else { return false }
        let value = text.start..<text.end
        for name: StaticString in ["service_name", "module_id", "url_map_name", "container_name", "function_name"]
        where JSONScanner.equals(b, key, name) && !value.isEmpty {
          record.configuredServer(value)
        }
        if JSONScanner.equals(b, key, "backend_service_name") { record.upstream = value }
        return true
      }
    }
  }
}
