public import Support

/// The identity of one request: a trace, or a test run.
///
/// Hex identities of up to 32 digits are held as their 128-bit value, so `0xAB` and `00…ab` are one request, as the
/// trace formats demand. Any other text is held as its stable hash, and `text` keeps the symbol to print.
@usableFromInline package struct RequestID: Hashable, Sendable {
  @usableFromInline package var high: UInt64
  @usableFromInline package var low: UInt64

  @inlinable package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// No request: a log line or metric outside any trace.
  @inlinable @inline(__always) package static var none: RequestID { RequestID(high: 0, low: 0) }

  @inlinable package var isNone: Bool { high | low == 0 }

  /// The documented hash of both halves.
  @inlinable package var stableHash: UInt64 { StableHash.mix(high ^ StableHash.mix(low)) }

  /// The 32 hex digits of the value.
  package var hex: String { hexText(high) + hexText(low) }

  /// An identity from bytes: hex of at most 32 digits, perhaps behind `0x`, and UUIDs by value (one program writes the hyphens,
  /// the next one does not), any other text by its hash.
  ///
  /// - Returns: the identity and whether the bytes were hex; `none` for an empty or all-zero one.
  package static func parse(_ bytes: Span<UInt8>) -> (id: RequestID, isHex: Bool) {
    if bytes.isEmpty { return (.none, true) }
    var high: UInt64 = 0
    var low: UInt64 = 0
    let start = hexStart(bytes)
    var isHex = bytes.count &- start <= 32
    if isHex {
      for i in start..<bytes.count {
        let digit = hexDigit(bytes[i])
        if digit > 15 {
          isHex = false
          break
        }
        high = high << 4 | low >> 60
        low = low << 4 | UInt64(digit)
      }
    }
    if isHex { return (RequestID(high: high, low: low), true) }
    if bytes.count == 36, let id = uuid(bytes) { return (id, true) }
    let hash = StableHash.hash(bytes)
    return (RequestID(high: hash, low: StableHash.mix(hash ^ 0x7465_7874)), false)
  }

  /// `7b0c1d2e-3f40-5162-7384-95a6b7c8d9e0` (RFC 9562 §4); nil for any other text.
  private static func uuid(_ bytes: Span<UInt8>) -> RequestID? {
    var high: UInt64 = 0
    var low: UInt64 = 0
    for i in bytes.indices {
      if i == 8 || i == 13 || i == 18 || i == 23 {
        guard bytes[i] == 0x2D else { return nil }
        continue
      }
      let digit = hexDigit(bytes[i])
      guard digit < 16 else { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(digit)
    }
    return RequestID(high: high, low: low)
  }
}

extension RequestID {
  /// What the ids of all requests of a member have in common whose records carry none: they get one from their place.
  package static func ofPlaces(input: String, member: String) -> UInt64 {
    StableHash.combine(StableHash.hash(input), StableHash.hash(member))
  }

  /// Whether the id was made from a record's place: it stands in no record, so nobody finds it there.
  package func isMade(for location: SourceLocation) -> Bool {
    high == Self.ofPlaces(input: location.input, member: location.member)
  }
}

extension RequestID {
  /// Whether the id has 64 bits, all of them random: it may be the lower half of one of 128 bits.
  ///
  /// Tracers that know only 64 bits keep of a wide id its lower half: Datadog's ("W3C Trace Context propagation", `_dd.p.tid`), Zipkin's
  /// (openzipkin/b3-propagation, "TraceId"), Jaeger's.
  @inlinable package var isLowerHalf: Bool { high == 0 && low >> 32 != 0 }

  /// The hash that decides the partition: that of the lower half, so that one trace lies in one partition whether all of its programs know
  /// 128 bits of its id or not.
  @inlinable package var partitionHash: UInt64 { hasTellingHalf ? StableHash.mix(StableHash.mix(low)) : stableHash }

  /// Whether no other trace has the lower half: it is no small number, and not the clock sequence and node of a UUID made from the time
  /// (RFC 9562 §5.1 and §5.6), which all UUIDs of one host share.
  @inlinable package var hasTellingHalf: Bool {
    guard low >> 32 != 0 else { return false }
    guard high != 0, low >> 62 == 2 else { return true }
    let ticks: UInt64
    switch high >> 12 & 15 {
    case 1: ticks = (high & 0xFFF) << 48 | (high >> 16 & 0xFFFF) << 32 | high >> 32
    case 6: ticks = (high >> 32) << 28 | (high >> 16 & 0xFFFF) << 12 | high & 0xFFF
    default: return true
    }
    // 1980 to 2100, in tenths of microseconds since October 1582.
    return !(125_348_256_000_000_000..<163_217_376_000_000_000).contains(ticks)
  }
}

extension RequestID: Comparable {
  @inlinable package static func < (a: RequestID, b: RequestID) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }
}
