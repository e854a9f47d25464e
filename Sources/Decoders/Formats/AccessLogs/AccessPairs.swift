// Requests written as names and values: `key=value` lines and LTSV.

internal import Model
internal import Support

/// Reads lines of `key=value` (an operator's `log_format` of nginx or HAProxy, logfmt middlewares) and of labels between tabs
/// (LTSV, ltsv.org) as requests, by the names of their fields: what `AccessObject` reads as JSON.
enum AccessPairs {
  /// Whether a line begins with a pair and has a status and a method or request line among its pairs.
  static func looksLike(_ b: Span<UInt8>) -> Bool {
    guard let mark = mark(b) else { return false }
    let isTabbed = mark == 0x3A
    var hasStatus = false
    var hasRequest = false
    var i = 0
    while i < b.count {
      i = ByteScan.find(mark, in: b, from: i)
      guard i &+ 1 < b.count else { break }
      let start = keyStart(b, i)
      let key = start..<i
      // A tab stands before a label, a blank before a key.
      if key.count >= 3, start == 0 || b[start &- 1] == (isTabbed ? 0x09 : 0x20), let name = AccessKeys.find(b, key) {
        hasStatus = hasStatus || name == .status && b[i &+ 1] != 0x22 || name == .grpcCode
        hasRequest = hasRequest || name == .method || name == .request || name == .grpcMethod
        if hasStatus, hasRequest { return true }
      }
      i &+= 1
    }
    return hasRequest && saysGRPC(b)
  }

  /// Whether a span's pairs with a method stand in braces, and a status and a duration behind them, as nothing but the request's
  /// end has: `request{method=GET uri=/x}: target: text status=502` (tracing-subscriber with tower-http's or any other layer of a
  /// server).
  static func looksScoped(_ b: Span<UInt8>) -> Bool { scope(b) != nil }

  private static func scope(_ b: Span<UInt8>) -> (open: Int, close: Int)? {
    guard b[0] &- 0x30 <= 9 else { return nil }
    let head = b.extracting(first: 160)
    let open = ByteScan.find(0x7B, in: head, from: 0)
    guard open < head.count, open > 0, (b[open &- 1] | 0x20) &- 0x61 < 26 || b[open &- 1] == 0x5F else { return nil }
    let close = ByteScan.find(0x7D, in: b.extracting(first: 1024), from: open)
    guard close &+ 1 < b.count, close < 1024, b[close &+ 1] == 0x3A else { return nil }
    var (hasMethod, hasStatus, hasLength) = (false, false, false)
    var i = open
    while i < b.count {
      i = ByteScan.find(0x3D, in: b, from: i)
      guard i < b.count else { break }
      if let key = AccessKeys.find(b, keyStart(b, i)..<i) {
        hasMethod = hasMethod || key == .method && i < close
        hasStatus = hasStatus || key == .status
        hasLength = hasLength || [.seconds, .milliseconds, .microseconds, .nanoseconds, .duration].contains(key)
        if hasMethod, hasStatus, hasLength { return (open, close) }
      }
      i &+= 1
    }
    return nil
  }

  /// Reads such a line; nil where it is of something that the program called.
  static func readScoped(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    guard let (open, close) = scope(b) else { return nil }
    var object = AccessObject()
    var i = open &+ 1
    while i < b.count {
      while i < b.count, b[i] <= 0x20 || b[i] == 0x7B || b[i] == 0x7D || b[i] == 0x3A { i &+= 1 }
      let start = i
      while i < b.count, isKey(b[i]) { i &+= 1 }
      guard i < b.count, b[i] == 0x3D, i > start else {
        while i < b.count, b[i] > 0x20, b[i] != 0x7B { i &+= 1 }
        continue
      }
      let name = JSONStringSlice(start: start, end: i, isEscaped: false)
      i &+= 1
      var value = value(b, &i)
      if value.lowerBound < close, value.upperBound > close { value = value.lowerBound..<close }
      object.takePair(b, name, value)
    }
    let end = (close..<b.count).first { b[$0] == 0x3D } ?? b.count
    guard !RequestWords(b.extracting(close..<end)).isOfClient, var record = object.finish(b, zoneSeconds: zoneSeconds)
    else {
      return nil
    }
    let blank = ByteScan.find(0x20, in: b, from: 0)
    if record.time == .min, let time = AccessTime.iso(b, 0..<blank, zoneSeconds: zoneSeconds) { record.time = time }
    return record
  }

  /// What Grafana's servers write of a call (dskit, middleware/grpc_logging.go).
  private static func saysGRPC(_ b: Span<UInt8>) -> Bool {
    var i = 0
    while i < b.count {
      i = ByteScan.find(0x67, in: b, from: i)
      if i > 5, JSONScanner.matches(b, i &- 5, " msg=gRPC") { return true }
      i &+= 1
    }
    return false
  }

  /// What stands between a key and its value: `=`, or a colon where the line has tabs.
  private static func mark(_ b: Span<UInt8>) -> UInt8? {
    guard (b[0] | 0x20) &- 0x61 < 26 else { return nil }
    var i = 1
    while i < b.count, i < 32, isKey(b[i]) { i &+= 1 }
    guard i &+ 1 < b.count else { return nil }
    if b[i] == 0x3D { return b[i &+ 1] > 0x20 ? 0x3D : nil }
    guard b[i] == 0x3A, b[i &+ 1] > 0x20 else { return nil }
    return ByteScan.find(0x09, in: b.extracting(first: 256), from: i) < min(b.count, 256) ? 0x3A : nil
  }

  @inline(__always) private static func isKey(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 <= 9 || byte == 0x5F || byte == 0x2D || byte == 0x2E
  }

  private static func keyStart(_ b: Span<UInt8>, _ end: Int) -> Int {
    var start = end
    while start > 0, end &- start < 40, isKey(b[start &- 1]) { start &-= 1 }
    return start
  }

  /// Reads a line that looks like one; nil where it is none after all, or has a message of its own.
  static func read(_ b: Span<UInt8>, zoneSeconds: Int) -> AccessRecord? {
    guard let mark = mark(b) else { return nil }
    var object = AccessObject()
    var i = 0
    while i < b.count {
      while i < b.count, b[i] <= 0x20 { i &+= 1 }
      let start = i
      while i < b.count, isKey(b[i]) { i &+= 1 }
      guard i < b.count, b[i] == mark, i > start else {
        while i < b.count, b[i] > 0x20 { i &+= 1 }
        continue
      }
      let name = JSONStringSlice(start: start, end: i, isEscaped: false)
      i &+= 1
      let value = mark == 0x3A ? label(b, &i) : value(b, &i)
      object.takePair(b, name, value)
    }
    return object.finish(b, zoneSeconds: zoneSeconds)
  }

  private static func label(_ b: Span<UInt8>, _ i: inout Int) -> Range<Int> {
    let start = i
    i = ByteScan.find(0x09, in: b, from: i)
    return (start..<i).bare(b)
  }

  private static func value(_ b: Span<UInt8>, _ i: inout Int) -> Range<Int> {
    let start = i
    if i < b.count, b[i] == 0x22 || b[i] == 0x5B {
      let close: UInt8 = b[i] == 0x22 ? 0x22 : 0x5D
      i &+= 1
      while i < b.count, b[i] != close { i &+= b[i] == 0x5C ? 2 : 1 }
      let end = min(i, b.count)
      i = min(end &+ 1, b.count)
      return start &+ 1..<end
    }
    while i < b.count, b[i] > 0x20 { i &+= 1 }
    // `latency=12 ms`: the unit stands by itself (tower-http).
    if i &+ 2 < b.count, b[i] == 0x20, b[i &- 1] &- 0x30 <= 9, b[start] &- 0x30 <= 9 {
      for unit: StaticString in ["ms", "s", "\u{B5}s", "us", "ns"] where JSONScanner.matches(b, i &+ 1, unit) {
        let end = i &+ 1 &+ unit.utf8CodeUnitCount
        if end == b.count || b[end] <= 0x20 { i = end }
        break
      }
    }
    return start..<i
  }
}
