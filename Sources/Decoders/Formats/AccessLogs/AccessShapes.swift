// What a field of an access line can be told by: its form.

internal import Model
internal import Support

/// Tests on the bytes of one field; none allocates.
enum AccessShapes {
  static func isDash(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool { r.count == 1 && b[r.lowerBound] == 0x2D }

  static func isDigits(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    if r.isEmpty { return false }
    for i in r where b[i] &- 0x30 > 9 { return false }
    return true
  }

  /// A status of HTTP, 0 where the field is none; `000` (nothing was answered) and `-` are none.
  static func status(_ b: Span<UInt8>, _ r: Range<Int>) -> Int {
    guard r.count == 3, isDigits(b, r) else { return 0 }
    let i = r.lowerBound
    let value = Int(b[i]) &* 100 &+ Int(b[i &+ 1]) &* 10 &+ Int(b[i &+ 2]) &- 5328
    return value >= 100 && value <= 999 ? value : 0
  }

  /// Whether servers answer with a number: IANA's registry of status codes, and what nginx (444, 494-499), AWS (460-464, 561)
  /// and Cloudflare (520-530) add.
  static func isUsualStatus(_ status: Int) -> Bool {
    switch status {
    case 100...103, 200...208, 226, 300...308, 400...431, 440, 444, 449...451: true
    case 460...464, 494...499, 500...511, 520...530, 561, 598, 599: true
    default: false
    }
  }

  /// Whether the field is a status, or says that there was none.
  static func isStatus(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    if isDash(b, r) { return true }
    if r.count == 1, b[r.lowerBound] == 0x30 { return true }
    return r.count == 3 && isDigits(b, r)
  }

  /// Seconds as a decimal number with a fraction, in microseconds; -1 where the field is none.
  static func seconds(_ b: Span<UInt8>, _ r: Range<Int>) -> Int64 {
    let plain = plainSeconds(b, r)
    if plain >= 0 { return plain }
    guard let point = r.first(where: { b[$0] == 0x2E }), point > r.lowerBound, point &+ 1 < r.upperBound else {
      return -1
    }
    for i in r where i != point && b[i] &- 0x30 > 9 { return -1 }
    guard let number = FieldText.double(b.extracting(r)), number < 1e9 else { return -1 }
    return Int64(checked: (number * 1e6).rounded()) ?? -1
  }

  /// Nearly every such field has up to six places behind its point, and is read without a conversion; -1 for anything else.
  private static func plainSeconds(_ b: Span<UInt8>, _ field: Range<Int>) -> Int64 {
    guard field.count >= 3, field.count <= 16 else { return -1 }
    var value: Int64 = 0
    var places = -1
    for i in field {
      let byte = b[i]
      if byte == 0x2E {
        guard places < 0, i > field.lowerBound else { return -1 }
        places = 0
        continue
      }
      guard byte &- 0x30 <= 9 else { return -1 }
      value = value &* 10 &+ Int64(byte &- 0x30)
      if places >= 0 { places &+= 1 }
    }
    guard places > 0, places <= 6 else { return -1 }
    while places < 6 {
      value = value &* 10
      places &+= 1
    }
    return value < 1_000_000_000_000_000 ? value : -1
  }

  /// A list of times, statuses or addresses of tries.
  enum ListKind {
    case seconds
    case statuses
    case addresses
  }

  /// Whether each element of a list has one form; `-` counts where another element has it.
  static func isList(_ b: Span<UInt8>, _ r: Range<Int>, _ kind: ListKind) -> Bool {
    var hits = 0
    var list = AccessList(r)
    while let element = list.next(b) {
      if isDash(b, element) { continue }
      let fits: Bool
      switch kind {
      case .seconds: fits = seconds(b, element) >= 0
      case .statuses: fits = status(b, element) > 0
      case .addresses: fits = isAddress(b, element)
      }
      if !fits { return false }
      hits &+= 1
    }
    return hits > 0
  }

  /// `10.0.0.1:80`, `[::1]:80`, `tcp://10.0.2.1:80`, `unix:/run/app.sock`, `backend:8080`.
  static func isAddress(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    if r.count < 3 { return false }
    if JSONScanner.matches(b, r.lowerBound, "unix:") { return true }
    // A port at the end, something like a host before it.
    var i = r.upperBound
    while i > r.lowerBound, b[i &- 1] &- 0x30 <= 9 { i &-= 1 }
    guard i < r.upperBound, r.upperBound &- i <= 5, i &- 1 > r.lowerBound, b[i &- 1] == 0x3A else { return false }
    var letters = 0
    var dots = 0
    for k in r.lowerBound..<i &- 1 {
      switch b[k] {
      case 0x30...0x39: continue
      case 0x2E: dots &+= 1
      case 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: letters &+= 1
      case 0x3A, 0x2F, 0x5B, 0x5D, 0x25: dots &+= 1
      default: return false
      }
    }
    return letters > 0 || dots > 0
  }

  /// An address of numbers: a machine, no name.
  static func isNumericHost(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    if r.isEmpty { return false }
    var colons = 0
    for i in r {
      switch b[i] {
      case 0x30...0x39, 0x2E: continue
      case 0x3A: colons &+= 1
      case 0x41...0x46, 0x61...0x66, 0x5B, 0x5D, 0x25: if colons == 0, b[i] != 0x5B { return false }
      default: return false
      }
    }
    return true
  }

  /// A name with a dot in it and no other mark than a hyphen.
  static func isHostName(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    var dots = 0
    var letters = 0
    for i in r {
      switch b[i] {
      case 0x2E: dots &+= 1
      case 0x41...0x5A, 0x61...0x7A: letters &+= 1
      case 0x30...0x39, 0x2D: continue
      default: return false
      }
    }
    return dots > 0 && letters > 0
  }

  /// 32 hex digits, or a UUID.
  static func isRequestID(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    guard r.count == 32 || r.count == 36 else { return false }
    if r.count == 32 {
      return HexDigits.sixteen(b, r.lowerBound) != nil && HexDigits.sixteen(b, r.lowerBound &+ 16) != nil
    }
    for i in r {
      let place = i &- r.lowerBound
      if r.count == 36, place == 8 || place == 13 || place == 18 || place == 23 {
        if b[i] != 0x2D { return false }
      } else if hexDigit(b[i]) > 15 {
        return false
      }
    }
    return true
  }

  /// The parts of a request line, `GET /path HTTP/1.1`; nil where the text is none.
  static func request(_ b: Span<UInt8>, _ r: Range<Int>) -> (method: Range<Int>, target: Range<Int>)? {
    var i = r.lowerBound
    while i < r.upperBound, b[i] &- 0x41 < 26 || b[i] == 0x5F || b[i] == 0x2D { i &+= 1 }
    guard i &- r.lowerBound >= 2, i &- r.lowerBound <= 24, i < r.upperBound, b[i] == 0x20 else { return nil }
    let method = r.lowerBound..<i
    var end = r.upperBound
    // The protocol is the last word, where there is one (HTTP/0.9 has none).
    // Hypercorn writes its version alone.
    if let space = (i &+ 1..<end).last(where: { b[$0] == 0x20 }),
      JSONScanner.matches(b, space &+ 1, "HTTP/")
        || end &- space <= 4 && b[space &+ 1] &- 0x31 < 3
          && (end &- space == 2 || b[space &+ 2] == 0x2E)
    {
      end = space
    }
    while i < end, b[i] == 0x20 { i &+= 1 }
    guard i < end else { return nil }
    return (method, i..<end)
  }

  /// `-`, `- http://host:80- -`, `<BADREQ>`, and the bytes that a server logs of what was no HTTP: a request line all the same.
  static func isBrokenRequest(_ b: Span<UInt8>, _ r: Range<Int>) -> Bool {
    guard let first = r.first else { return true }
    switch b[first] {
    case 0x5C, 0x25, 0x3C: return true
    case 0x2D: return r.count == 1 || b[first &+ 1] == 0x20
    default: return false
    }
  }
}

/// Walks a list of tries: elements between `, `, ` : ` (nginx) or blanks (load balancers).
struct AccessList {
  private var at: Int
  private let end: Int

  init(_ range: Range<Int>) {
    at = range.lowerBound
    end = range.upperBound
  }

  mutating func next(_ b: Span<UInt8>) -> Range<Int>? {
    while at < end, b[at] == 0x20 || b[at] == 0x2C || isColon(b, at) { at &+= 1 }
    guard at < end else { return nil }
    let start = at
    while at < end, b[at] != 0x20, b[at] != 0x2C { at &+= 1 }
    return start..<at
  }

  private func isColon(_ b: Span<UInt8>, _ i: Int) -> Bool {
    b[i] == 0x3A && (i &+ 1 >= end || b[i &+ 1] == 0x20)
  }

  static func count(_ b: Span<UInt8>, _ range: Range<Int>) -> Int {
    var list = AccessList(range)
    var count = 0
    while list.next(b) != nil { count &+= 1 }
    return count
  }
}
