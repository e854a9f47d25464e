// Names out of access logs: the operation of a path, the service of an upstream, the component of a file.

internal import Model
internal import Support

/// The path of a request without what differs from one to the next.
enum OperationPath {
  private static let identity: InlineArray<4, UInt8> = [0x7B, 0x69, 0x64, 0x7D]
  /// Longest operation that is kept.
  private static let limit = 256

  /// Appends the path of a target: no scheme, host, query, fragment or parameters of a segment (`;jsessionid=…`, RFC 3986 §3.3);
  /// segments that are numbers, UUIDs or long hexadecimals are `{id}`.
  static func append(_ target: Span<UInt8>, to out: inout [UInt8]) {
    var start = 0
    var i = 0
    while i < min(target.count, 12), target[i] | 0x20 >= 0x61, target[i] | 0x20 <= 0x7A { i += 1 }
    if i > 0, JSONScanner.matches(target, i, "://") {
      start = ByteScan.find(0x2F, in: target, from: i + 3)
      if start == target.count {
        out.append(0x2F)
        return
      }
    }
    let first = out.count
    i = start
    // What is kept as it is goes into the operation in one piece.
    var run = start
    while i < target.count, out.count - first + (i - run) < limit {
      let byte = target[i]
      if byte == 0x3F || byte == 0x23 || byte <= 0x20 { break }
      if byte == 0x2F {
        i &+= 1
        continue
      }
      let segment = i
      var parameters = -1
      while i < target.count, target[i] != 0x2F, target[i] != 0x3F, target[i] != 0x23, target[i] > 0x20 {
        if target[i] == 0x3B, parameters < 0 { parameters = i }
        i &+= 1
      }
      let end = parameters < 0 ? i : parameters
      if isIdentity(target, segment..<end) {
        out.append(copying: target.extracting(run..<segment))
        for k in identity.indices { out.append(identity[k]) }
        run = i
      } else if parameters >= 0 {
        out.append(copying: target.extracting(run..<min(end, segment + limit)))
        run = i
      } else if i - segment > limit {
        out.append(copying: target.extracting(run..<segment + limit))
        run = i
      }
    }
    out.append(copying: target.extracting(run..<i))
    if out.count == first { out.append(0x2F) }
  }

  /// A method, one blank and a path without scheme and host, without its query and fragment: what the operation is made of; empty
  /// where the request is written in another way.
  static func plainRequest(_ b: Span<UInt8>, _ method: Range<Int>, _ target: Range<Int>) -> Range<Int> {
    guard target.lowerBound == method.upperBound &+ 1, !target.isEmpty, b[method.upperBound] == 0x20,
      b[target.lowerBound] == 0x2F
    else { return 0..<0 }
    var end = target.lowerBound
    while end < target.upperBound, b[end] != 0x3F, b[end] != 0x23, b[end] > 0x20 { end &+= 1 }
    return method.lowerBound..<end
  }

  /// The segments of a plain request that are numbers; nil where other segments are identities, too, or the path may be cut.
  static func numbers(_ request: Span<UInt8>, _ operation: [UInt8]) -> [Range<Int>]? {
    var numbers: [Range<Int>] = []
    var i = 0
    while i < request.count {
      let start = i
      var isNumber = true
      while i < request.count, request[i] != 0x2F {
        isNumber = isNumber && request[i] &- 0x30 <= 9
        i &+= 1
      }
      if isNumber, i > start { numbers.append(start..<i) }
      i &+= 1
    }
    let identities = operation.count { $0 == identity[0] }
    return numbers.count == identities && numbers.count <= 8 ? numbers : nil
  }

  /// All digits; a UUID; eight or more hexadecimal digits with a decimal one among them.
  private static func isIdentity(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    var digits = 0
    var hex = 0
    var dashes = 0
    for i in r {
      let byte = b[i]
      if byte &- 0x30 <= 9 { digits &+= 1 }
      if hexDigit(byte) < 16 { hex &+= 1 } else if byte == 0x2D { dashes &+= 1 } else { return false }
    }
    if digits == r.count { return true }
    if r.count == 36, dashes == 4 { return true }
    return dashes == 0 && hex >= 8 && digits > 0
  }
}

enum AccessNames {
  /// The service of an upstream: `outbound|8080|v1|pay.shop.svc.cluster.local` is `pay`; any other name is itself.
  static func upstream(_ b: Span<UInt8>, _ r: Range<Int>) -> Range<Int> {
    guard let bar = r.last(where: { b[$0] == 0x7C }) else { return r }
    let host = bar &+ 1..<r.upperBound
    if host.isEmpty { return 0..<0 }
    // Only a cluster's own names have the service first.
    let inner = (host.lowerBound..<host.upperBound).contains { JSONScanner.matches(b, $0, ".svc") }
    guard inner, let dot = host.first(where: { b[$0] == 0x2E }) else { return host }
    return host.lowerBound..<dot
  }

  /// `http://10.0.0.1:80/x` is `10.0.0.1:80`.
  static func withoutScheme(_ b: Span<UInt8>, _ r: Range<Int>) -> Range<Int> {
    guard let mark = r.first(where: { JSONScanner.matches(b, $0, "://") }), mark &+ 3 < r.upperBound else { return r }
    let start = mark &+ 3
    let end = (start..<r.upperBound).first { b[$0] == 0x2F } ?? r.upperBound
    return start < end ? start..<end : r
  }

  /// The name that a file's path gives: its base name without the words that all access logs share, else its folder's; nil
  /// where neither says anything.
  static func ofFile(_ path: String) -> String? {
    let parts = path.split { $0 == "/" || $0 == "!" }.map(String.init)
    for part in parts.suffix(2).reversed() {
      if let host = SiteName.of(part) { return host }
      let stem = part.split(separator: ".").first.map(String.init) ?? ""
      let words = part.split { !($0.isLetter || $0.isNumber) }.map { $0.lowercased() }
      let telling = words.filter { !common.contains($0) && $0.contains { $0.isLetter } && !isStamp($0) }
      if telling.isEmpty { continue }
      let whole = stem.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
      if whole.allSatisfy({ !common.contains($0) && !isStamp($0) }), !whole.isEmpty { return stem }
      return telling.joined(separator: "-")
    }
    return nil
  }

  /// `ex261125`, `20261125`: a letter or two and a date.
  static func isStamp(_ word: String) -> Bool {
    let digits = word.drop { $0.isLetter }
    return digits.count >= 4 && digits.allSatisfy(\.isNumber) && word.count - digits.count <= 4
  }

  static let common: Set<String> = [
    "access", "log", "logs", "json", "jsonl", "ndjson", "txt", "gz", "ssl", "other", "vhosts", "u", "ex", "stdout",
    "stderr", "input", "current", "requests", "request", "http", "https", "combined", "var", "tmp", "clf", "csv", "tsv",
    "tar", "zip", "tgz", "zst", "unknown",
  ]

  /// What the software is called, where nothing else tells a name.
  static func ofFormat(_ format: StaticString) -> String {
    let text = format.description
    return text.split(separator: " ").first.map { String($0).lowercased() } ?? "access"
  }
}

extension SpanBuilder {
  /// A host without its port; empty for none.
  static func host(_ b: Span<UInt8>, _ r: Range<Int>) -> Range<Int> {
    guard !r.isEmpty, !AccessShapes.isDash(b, r) else { return 0..<0 }
    let bare = withoutPort(b, JSONStringSlice(start: r.lowerBound, end: r.upperBound, isEscaped: false))
    return bare.start..<bare.end
  }
}

/// Trace ids of AWS X-Ray.
enum XRayID {
  /// `1-67891233-abcdef012345678912345678` is the 128-bit id that OpenTelemetry knows it by.
  static func parse(_ b: Span<UInt8>) -> RequestID? {
    guard b.count == 35, b[0] == 0x31, b[1] == 0x2D, b[10] == 0x2D else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for i in 2..<35 where i != 10 {
      let digit = hexDigit(b[i])
      if digit > 15 { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(digit)
    }
    return RequestID(high: high, low: low)
  }
}
