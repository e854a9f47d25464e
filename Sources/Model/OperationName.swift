// An operation's name without what varies from request to request: numbers, UUIDs, hashes and query values become `{id}`.

internal import Support

/// Operation names made equal for requests that do the same thing to different things.
///
/// A name is cut into tokens of letters, digits, `-`, `_`, `.`, `%` and `~`. A token is masked whole where it is made of
/// digits and separators only, looks like a UUID or a hash, or is the value of a query parameter; else each part of it
/// between separators is masked where that part is a number of three or more digits or looks like a hash. `v2`, `S3`,
/// `sha256` and the like stay.
package enum OperationName {
  static let mask: [UInt8] = Array("{id}".utf8)

  /// The normalised bytes of a name.
  package static func normalise(_ name: Span<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(name.count)
    var i = 0
    var inQuery = false
    while i < name.count {
      guard isToken(name[i]) else {
        if name[i] == UInt8(ascii: "?") { inQuery = true }
        out.append(name[i])
        i += 1
        continue
      }
      let start = i
      while i < name.count, isToken(name[i]) { i += 1 }
      let isValue = inQuery && start > 0 && name[start - 1] == UInt8(ascii: "=")
      if isValue || isIdentity(name, start..<i) {
        out += mask
      } else {
        append(parts: name, start..<i, to: &out)
      }
    }
    return out
  }

  private static func append(parts name: Span<UInt8>, _ token: Range<Int>, to out: inout [UInt8]) {
    var i = token.lowerBound
    while i < token.upperBound {
      if isSeparator(name[i]) {
        out.append(name[i])
        i += 1
        continue
      }
      let start = i
      while i < token.upperBound, !isSeparator(name[i]) { i += 1 }
      let count = Census(name, start..<i)
      if count.digits == i - start && i - start >= 3 || count.looksHashed {
        out += mask
      } else {
        for j in start..<i { out.append(name[j]) }
      }
    }
  }

  /// Whether a token as a whole is an identity: digits with separators, a UUID, a hash.
  private static func isIdentity(_ name: Span<UInt8>, _ token: Range<Int>) -> Bool {
    let census = Census(name, token)
    if census.digits > 0, census.digits + census.separators == token.count { return true }
    return census.looksHashed || (token.count >= 32 && census.hex + census.separators == token.count)
  }

  private struct Census {
    var digits = 0
    var hex = 0
    var letters = 0
    var separators = 0
    var count: Int

    init(_ name: Span<UInt8>, _ range: Range<Int>) {
      count = range.count
      for i in range {
        let byte = name[i]
        if byte >= 48, byte <= 57 {
          digits += 1
          hex += 1
        } else if OperationName.isSeparator(byte) {
          separators += 1
        } else {
          letters += 1
          if hexDigit(byte) < 16 { hex += 1 }
        }
      }
    }

    /// Eight or more hex digits with a digit among them, or a long mix of letters and digits.
    var looksHashed: Bool {
      if separators == 0, count >= 8, hex == count, digits > 0 { return true }
      return separators == 0 && count >= 16 && digits >= 4 && letters > 0
    }
  }

  fileprivate static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 0x80...: true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "%"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
