// Skipping JSON values of any depth, with the same checks as reading them.

extension JSONScanner {
  /// Skips one value of any kind, checking all of it, without recursion.
  @inline(__always) mutating func skipValue(_ b: Span<UInt8>) -> Bool {
    guard let byte = peek(b) else { return false }
    switch byte {
    case 0x22:
      position &+= 1
      return stringBody(b) != nil
    case 0x7B, 0x5B: return skipContainer(b)
    case 0x2D, 0x30...0x39: return number(b) != nil
    default: return literal(b)
    }
  }

  private mutating func skipContainer(_ b: Span<UInt8>) -> Bool {
    // One bit per open container: 1 for an object.
    var low: UInt64 = 0
    var high: UInt64 = 0
    var depth = 0
    while true {
      guard let byte = peek(b) else { return false }
      var closed = false
      switch byte {
      case 0x7B, 0x5B:
        depth += 1
        guard depth <= min(depthLimit, 128) else { return fail(.depth, at: position) }
        high = high << 1 | low >> 63
        low = low << 1 | (byte == 0x7B ? 1 : 0)
        position &+= 1
        guard let next = peek(b) else { return false }
        if next == byte &+ 2 {
          position &+= 1
          closed = true
        } else if byte == 0x7B {
          guard key(b) != nil else { return false }
        }
        if !closed { continue }
      case 0x22:
        position &+= 1
        guard stringBody(b) != nil else { return false }
      case 0x2D, 0x30...0x39: guard number(b) != nil else { return false }
      default: guard literal(b) else { return false }
      }
      // After a value: close as many containers as end here.
      while true {
        if closed {
          depth -= 1
          low = low >> 1 | high << 63
          high >>= 1
          closed = false
        }
        if depth == 0 { return true }
        guard let next = peek(b) else { return false }
        if next == 0x2C {
          position &+= 1
          if low & 1 == 1 {
            guard key(b) != nil else { return false }
          }
          break
        }
        guard next == (low & 1 == 1 ? 0x7D : 0x5D) else { return fail(.syntax, at: position) }
        position &+= 1
        closed = true
      }
    }
  }
}
