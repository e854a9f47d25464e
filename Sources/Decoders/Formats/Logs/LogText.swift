// The message inside a log field: out of the container runtime's JSON line, without the application's own header.

internal import Model

enum LogText {
  /// What a log field turned out to hold.
  struct Content {
    /// Where the message lies in the bytes looked at.
    var start: Int
    var end: Int
    var severity: Severity
  }

  /// Unwraps `{"log":"…\n","stream":"stdout","time":"…"}` and its like.
  ///
  /// - Returns: the inner text unescaped into `out`; false where the bytes are no such object, then `out` is empty.
  static func unwrap(
    _ b: Span<UInt8>, depthLimit: Int, severity: inout Severity, into out: inout [UInt8]
  ) -> Bool {
    out.removeAll(keepingCapacity: true)
    guard b.count > 2, b[0] == 0x7B, b[b.count - 1] == 0x7D else { return false }
    var reader = JSONScanner(at: 1, depthLimit: depthLimit)
    var isFirst = true
    var found: JSONStringSlice?
    var level = Severity.unknown
    while let key = reader.nextKey(b, &isFirst) {
      guard let byte = reader.peek(b) else { return false }
      let isMessage =
        JSONScanner.equals(b, key, "log") || JSONScanner.equals(b, key, "message") || JSONScanner.equals(b, key, "msg")
      if byte == 0x22, isMessage, found == nil {
        guard let text = reader.string(b) else { return false }
        found = text
      } else if byte == 0x22, JSONScanner.equals(b, key, "level") || JSONScanner.equals(b, key, "severity") {
        guard let text = reader.string(b) else { return false }
        let inner = FieldText.severity(b.extracting(text.start..<text.end))
        if !inner.isUnknown { level = inner }
      } else {
        guard reader.skipValue(b) else { return false }
      }
    }
    guard reader.failure == .none, reader.position == b.count, let found else { return false }
    // The level inside counts before what layers say of any line; a graver one, or a lesser one, was told of this record.
    if !level.isUnknown, severity.isUnknown || severity == .info { severity = level }
    _ = JSONEscapes.append(b, found, to: &out)
    return true
  }

  /// Finds the message behind an application's own header: a time, then a severity word, each optional and perhaps in
  /// brackets. What follows them (a logger's name, ids) belongs to the message.
  static func content(_ b: Span<UInt8>) -> Content {
    var end = b.count
    while end > 0, b[end - 1] <= 0x20 { end -= 1 }
    var start = 0
    while start < end, b[start] <= 0x20 { start += 1 }
    let first = start
    var i = start
    skipTime(b, &i, end)
    let afterTime = i
    if let severity = takeSeverity(b, &i, end) { return Content(start: i, end: end, severity: severity) }
    return Content(start: afterTime < end ? afterTime : first, end: end, severity: .unknown)
  }

  private static func isCapital(_ byte: UInt8) -> Bool { byte < 0x60 || byte >= 0x80 }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

  /// `2023-01-29T09:35:38.387Z`, `17:35:38.386`, with or without brackets around.
  private static func skipTime(_ b: Span<UInt8>, _ i: inout Int, _ end: Int) {
    var k = i
    let bracket = k < end && b[k] == 0x5B
    if bracket { k += 1 }
    func digits(_ count: Int) -> Bool {
      guard k + count <= end else { return false }
      for n in k..<k + count where !isDigit(b[n]) { return false }
      k += count
      return true
    }
    func mark(_ options: UInt8...) -> Bool {
      guard k < end, options.contains(b[k]) else { return false }
      k += 1
      return true
    }
    let before = k
    if digits(4), mark(0x2D, 0x2F), digits(2), mark(0x2D, 0x2F), digits(2), mark(0x54, 0x20, 0x5F) {
    } else {
      k = before
    }
    guard digits(2), mark(0x3A), digits(2), mark(0x3A), digits(2) else { return }
    if mark(0x2E, 0x2C) { while k < end, isDigit(b[k]) { k += 1 } }
    if mark(0x5A) {
    } else if k < end, b[k] == 0x2B || b[k] == 0x2D {
      let sign = k
      k += 1
      if !(digits(2) && (mark(0x3A) || true) && digits(2)) { k = sign }
    }
    if bracket, !mark(0x5D) { return }
    guard k == end || b[k] <= 0x20 || b[k] == 0x5B else { return }
    while k < end, b[k] <= 0x20 { k += 1 }
    i = k
  }

  /// `INFO`, `[INFO]`, `INFO:`, `<INFO>` and the space behind.
  private static func takeSeverity(_ b: Span<UInt8>, _ i: inout Int, _ end: Int) -> Severity? {
    var k = i
    let open = k < end && (b[k] == 0x5B || b[k] == 0x3C || b[k] == 0x28)
    if open { k += 1 }
    let first = k
    while k < end, k - first < 40, (b[k] | 0x20) &- 0x61 < 26 || b[k] >= 0x80 { k += 1 }
    guard k > first else { return nil }
    let word = b.extracting(first..<k)
    let severity = open || b[first] < 0x80 ? FieldText.severity(word) : Model.severity(of: word)
    // A message may begin with such a word in lower case: only a header writes it in capitals or brackets.
    guard severity != .unknown, k - first > 1, open || b[first] >= 0x80 || b[first] < 0x60 && isCapital(b[first + 1])
    else { return nil }
    if open {
      while k < end, b[k] == 0x20 { k += 1 }
      guard k < end, b[k] == 0x5D || b[k] == 0x3E || b[k] == 0x29 else { return nil }
      k += 1
    }
    if k < end, b[k] == 0x3A { k += 1 }
    guard k == end || b[k] <= 0x20 else { return nil }
    while k < end, b[k] <= 0x20 { k += 1 }
    i = k
    return severity
  }
}
