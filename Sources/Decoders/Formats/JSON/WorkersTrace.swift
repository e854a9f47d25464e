// What Cloudflare's Workers tell of an invocation: a request, what was logged meanwhile, and what was thrown, under one time and script.

internal import Support

/// Takes a record of `wrangler tail --format json` (`scriptName`, `eventTimestamp`, `event`, `logs`, `exceptions`) or of Logpush's Workers
/// Trace Events (the same names with a capital, times ending in `Ms`) apart: what stands around the parts holds for all of them.
///
/// https://developers.cloudflare.com/workers/observability/logs/tail-workers/ and
/// https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/account/workers_trace_events/
enum WorkersTrace {
  /// The request, the lines and the exceptions of one record, each with the script's name; nil for any other object.
  static func documents(_ b: Span<UInt8>, _ range: Range<Int>) -> [[UInt8]]? {
    guard isOne(b, at: range.lowerBound) else { return nil }
    guard let value = try? JSONParser.parse([UInt8](copying: b.extracting(range))), case .object(let pairs) = value
    else {
      return nil
    }
    let record = Fields(pairs)
    guard case .string(let script)? = record["scriptname"] else { return nil }
    var documents: [JSONValue] = []
    if let request = request(record, of: script) { documents.append(request) }
    for case .object(let line) in list(record["logs"]) {
      let line = Fields(line)
      let level = line["level"] == .string("log") ? .string("info") : line["level"] ?? .string("info")
      documents.append(log(script, level, line, spoken(line["message"])))
    }
    for case .object(let thrown) in list(record["exceptions"]) {
      let thrown = Fields(thrown)
      let name = text(thrown["name"]).map { $0 + ": " } ?? ""
      documents.append(log(script, .string("error"), thrown, name + (text(thrown["message"]) ?? "")))
    }
    // The last one put aside is walked first.
    return documents.reversed().map(\.canonicalBytes)
  }

  /// Whether an object has the three names that no other writer has together.
  private static func isOne(_ b: Span<UInt8>, at start: Int) -> Bool {
    var found = 0
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      switch key.count {
      case 5 where JSONScanner.equals(b, key, "event") || JSONScanner.equals(b, key, "Event"): found |= 1
      case 10 where JSONScanner.equals(b, key, "scriptName") || JSONScanner.equals(b, key, "ScriptName"): found |= 2
      case 14 where JSONScanner.equals(b, key, "eventTimestamp"): found |= 4
      case 16 where JSONScanner.equals(b, key, "EventTimestampMs"): found |= 4
      default: break
      }
      return reader.skipValue(b)
    }
    return found == 7
  }

  /// How invocations end that are answered by an error of the platform (Workers, "Invocation statuses").
  private static let failures = ["exception", "exceededCpu", "exceededMemory", "scriptNotFound", "internalError"]

  /// The request of an invocation that has one: schedules and queues call Workers, too. One that throws is answered with a 500 (error 1101).
  private static func request(_ record: Fields, of script: String) -> JSONValue? {
    guard case .object(let pairs)? = record["event"] else { return nil }
    let event = Fields(pairs)
    guard case .object(let asked)? = event["request"] else { return nil }
    let request = Fields(asked)
    var status: JSONValue?
    if case .object(let answer)? = event["response"] { status = Fields(answer)["status"] }
    if status == nil, failures.contains(where: { record["outcome"] == .string($0) }) { status = .int(500 as Int64) }
    guard let status, let method = request["method"], let url = request["url"] else { return nil }
    return .object([
      "scriptName": .string(script), "eventTimestamp": record.time, "method": method, "url": url, "status": status,
      "wallTimeMs": record["walltimems"] ?? record["walltime"],
    ])
  }

  private static func log(_ script: String, _ level: JSONValue, _ line: Fields, _ message: String) -> JSONValue {
    .object(["service": .string(script), "level": level, "timestamp": line.time, "message": .string(message)])
  }

  /// What was handed to `console.log`: texts as they are, anything else as JSON.
  private static func spoken(_ value: JSONValue?) -> String {
    guard case .array(let parts)? = value else { return text(value) ?? "" }
    return parts.map { text($0) ?? $0.canonical }.joined(separator: " ")
  }

  private static func text(_ value: JSONValue?) -> String? {
    if case .string(let text)? = value { text } else { nil }
  }

  private static func list(_ value: JSONValue?) -> [JSONValue] {
    if case .array(let list)? = value { list } else { [] }
  }

  /// The members of an object by their names in small letters.
  private struct Fields {
    private var byName: [String: JSONValue] = [:]

    init(_ pairs: [String: JSONValue]) {
      for (name, value) in pairs.sorted(by: { $0.key < $1.key }) { byName[name.lowercased()] = value }
    }

    subscript(_ name: String) -> JSONValue? { byName[name] }

    var time: JSONValue? {
      byName["eventtimestamp"] ?? byName["eventtimestampms"] ?? byName["timestamp"] ?? byName["timestampms"]
    }
  }
}
