// Trace and request ids that log lines carry in their text.

internal import Support

/// Finds `trace_id=…`, `traceId: …`, `"requestId":"…"`, `[req-…` and their like.
struct RequestFinder {
  struct Found {
    /// The id's bytes, hyphens of a UUID left out.
    var request: [UInt8] = []
    var span: UInt64 = 0
  }

  /// The ids in a line. A key counts where `=` or `:` follows it; the value is 8 to 64 letters, digits and hyphens.
  func find(_ line: Span<UInt8>, into found: inout Found) {
    found.request.removeAll(keepingCapacity: true)
    found.span = 0
    var weight = 0
    var i = 2
    while i < line.count {
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
      } else if byte == 0x2D || byte == 0x2C, i >= 33, weight < 2, takePair(line, i, &found) {
        weight = 2
      }
      i &+= 1
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
    // traceid, ddtraceid
    case (0x7472_6163_6569_64, 0), (0x6464_7472_6163_6569, 0x64):
      if weight < 3, value(line, valueStart, &found) { weight = 3 }
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
    found.request.removeAll(keepingCapacity: true)
    for j in first..<i where !isUUID || line[j] != 0x2D { found.request.append(line[j]) }
    return true
  }

  /// `[TRACE-SPAN]` of Spring Boot 3, `[app,TRACE,SPAN]` of Spring Cloud Sleuth: 32 and 16 hexadecimal digits.
  private func takePair(_ line: Span<UInt8>, _ mark: Int, _ found: inout Found) -> Bool {
    let end = mark &+ 17
    guard end <= line.count, end == line.count || !isIDByte(line[end]), !isIDByte(line[mark &- 33]) else {
      return false
    }
    var value: UInt64 = 0
    for i in mark &+ 1..<end {
      let digit = hexDigit(line[i])
      guard digit < 16 else { return false }
      value = value << 4 | UInt64(digit)
    }
    for i in mark &- 32..<mark where hexDigit(line[i]) > 15 { return false }
    found.request.removeAll(keepingCapacity: true)
    for i in mark &- 32..<mark { found.request.append(line[i]) }
    found.span = value
    return true
  }

  private func isKeyByte(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x5F || byte == 0x2D || byte == 0x2E
  }

  private func isIDByte(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x2D || byte == 0x5F
  }
}
