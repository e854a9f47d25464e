// Trace and request ids that log lines carry in their text.

internal import Model
internal import Support

/// Finds `trace_id=…`, `traceId: …`, `"requestId":"…"`, `[req-…` and their like.
struct RequestFinder {
  struct Found {
    /// The id, where it is 32 hexadecimal digits.
    var id: RequestID?
    /// The bytes of any other id, hyphens of a UUID left out.
    var request: [UInt8] = []
    var span: UInt64 = 0

    fileprivate mutating func forget() {
      id = nil
      if !request.isEmpty { request.removeAll(keepingCapacity: true) }
    }
  }

  /// The ids in a line. A key counts where `=` or `:` follows it; the value is 8 to 64 letters, digits and hyphens.
  ///
  /// An id stands behind one of four marks, and few bytes of a line are one of them: they are found sixteen bytes at a time.
  func find(_ line: Span<UInt8>, into found: inout Found) {
    found.forget()
    found.span = 0
    var weight = 0
    var base = 0
    while base < line.count {
      var marks = ByteScan.marks((0x3D, 0x3A, 0x2D, 0x2C), in: line, at: base)
      while marks != 0 {
        let i = base &+ marks.trailingZeroBitCount
        marks &= marks &- 1
        if i >= 2 { look(line, at: i, &weight, &found) }
      }
      base &+= 16
    }
  }

  /// Looks around one mark.
  @inline(__always) private func look(_ line: Span<UInt8>, at i: Int, _ weight: inout Int, _ found: inout Found) {
    let byte = line[i]
    if byte == 0x3D || byte == 0x3A {
      var keyEnd = i
      if line[keyEnd &- 1] == 0x22 || line[keyEnd &- 1] == 0x27 { keyEnd &-= 1 }
      let last = line[keyEnd &- 1] | 0x20
      if last == 0x64 || last == 0x65 || last == 0x74 { take(line, key: keyEnd, value: i &+ 1, &weight, &found) }
    } else if byte == 0x2D, line[i &- 1] == 0x71, i >= 3, line[i &- 2] == 0x65, line[i &- 3] == 0x72, weight < 1,
      i < 4 || line[i &- 4] == 0x5B || line[i &- 4] == 0x20
    {
      weight = value(line, i &+ 1, &found) ? 1 : weight
    } else if i >= 17, i &+ 17 <= line.count, weight < 2, hexDigit(line[i &+ 16]) < 16, takePair(line, i, &found) {
      weight = 2
    }
  }

  private func take(
    _ line: Span<UInt8>, key keyEnd: Int, value valueStart: Int, _ weight: inout Int, _ found: inout Found
  ) {
    var start = keyEnd
    while start > 0, isKeyByte(line[start &- 1]), keyEnd &- start < 24 { start &-= 1 }
    var key: (UInt64, UInt64) = (0, 0)
    var letters = 0
    for i in start..<keyEnd where line[i] != 0x5F && line[i] != 0x2D && line[i] != 0x2E {
      if letters >= 16 { return }
      if letters < 8 {
        key.0 = key.0 << 8 | UInt64(line[i] | 0x20)
      } else {
        key.1 = key.1 << 8 | UInt64(line[i] | 0x20)
      }
      letters &+= 1
    }
    switch key {
    // traceid
    case (0x7472_6163_6569_64, 0): if weight < 3, value(line, valueStart, &found) { weight = 3 }
    // ddtraceid, ddspanid
    case (0x6464_7472_6163_6569, 0x64):
      if weight < 3, let id = DatadogID.trace(line.extracting(word(line, valueStart))), !id.isNone {
        found.forget()
        found.id = id
        weight = 3
      }
    case (0x6464_7370_616E_6964, 0): found.span = FieldText.unsigned(line.extracting(word(line, valueStart))) ?? 0
    // trace, requestid, xrequestid, request, reqid, correlationid
    case (0x74_7261_6365, 0), (0x7265_7175_6573_7469, 0x64), (0x7872_6571_7565_7374, 0x6964), (0x72_6571_6964, 0),
      (0x636F_7272_656C_6174, 0x696F_6E69_64):
      if weight < 2, value(line, valueStart, &found) { weight = 2 }
    // spanid
    case (0x7370_616E_6964, 0):
      var i = valueStart
      while i < line.count, line[i] == 0x20 || line[i] == 0x22 || line[i] == 0x27 { i &+= 1 }
      var value: UInt64 = 0
      var digits = 0
      while i < line.count, hexDigit(line[i]) < 16 {
        value = value << 4 | UInt64(hexDigit(line[i]))
        digits &+= 1
        i &+= 1
      }
      if digits >= 8, digits <= 16 { found.span = value }
    default: return
    }
  }

  /// Where an id of Datadog's lies.
  private func word(_ line: Span<UInt8>, _ start: Int) -> Range<Int> {
    var i = start
    while i < line.count, line[i] == 0x20 || line[i] == 0x22 || line[i] == 0x27 { i &+= 1 }
    let first = i
    while i < line.count, i &- first < 33, isIDByte(line[i]) { i &+= 1 }
    return first..<i
  }

  private func value(_ line: Span<UInt8>, _ start: Int, _ found: inout Found) -> Bool {
    var i = start
    while i < line.count, line[i] == 0x20 || line[i] == 0x22 || line[i] == 0x27 || line[i] == 0x5B { i &+= 1 }
    let first = i
    var hyphens = 0
    var digits = 0
    while i < line.count, i &- first <= 64, isIDByte(line[i]) {
      if line[i] == 0x2D { hyphens &+= 1 }
      if line[i] >= 0x30, line[i] <= 0x39 { digits &+= 1 }
      i &+= 1
    }
    guard i &- first >= 8, i &- first <= 64, digits > 0 else { return false }
    let isUUID = i &- first == 36 && hyphens == 4
    found.forget()
    if i &- first == 32, let high = HexDigits.sixteen(line, first), let low = HexDigits.sixteen(line, first &+ 16) {
      found.id = RequestID(high: high, low: low)
      return true
    }
    for j in first..<i where !isUUID || line[j] != 0x2D { found.request.append(line[j]) }
    return true
  }

  /// `[TRACE-SPAN]` of Spring Boot 3, `[app,TRACE,SPAN]` of Spring Cloud Sleuth: 32 and 16 hexadecimal digits, or 16 and 16.
  private func takePair(_ line: Span<UInt8>, _ mark: Int, _ found: inout Found) -> Bool {
    let end = mark &+ 17
    guard end == line.count || !isIDByte(line[end]), let span = HexDigits.sixteen(line, mark &+ 1) else { return false }
    if mark >= 33, !isIDByte(line[mark &- 33]), let high = HexDigits.sixteen(line, mark &- 32),
      let low = HexDigits.sixteen(line, mark &- 16)
    {
      found.forget()
      found.id = RequestID(high: high, low: low)
    } else if let trace = NarrowTrace.find(line, before: mark) {
      found.forget()
      found.id = RequestID(high: 0, low: trace)
    } else {
      return false
    }
    found.span = span
    return true
  }

  private func isKeyByte(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x5F || byte == 0x2D || byte == 0x2E
  }

  private func isIDByte(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x2D || byte == 0x5F
  }
}
