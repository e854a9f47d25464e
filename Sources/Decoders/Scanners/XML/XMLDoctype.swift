// Steps over a DOCTYPE byte by byte; nothing of it is ever expanded or fetched.

/// The state inside `<!DOCTYPE … [ … ] >`.
struct XMLDoctype {
  private var quote: UInt8 = 0
  private var inSubset = false
  private var inComment = false
  /// The last eight bytes, the newest lowest.
  private var recent: UInt64 = 0
  private var length = 0

  /// Whether the internal subset declares entities or refers to a parameter entity.
  private(set) var declaresEntities = false
  /// Whether a DTD outside the document is named.
  private(set) var isExternal = false

  /// Takes the next byte.
  ///
  /// - Returns: true where it is the `>` that ends the DOCTYPE.
  mutating func take(_ byte: UInt8) -> Bool {
    recent = recent << 8 | UInt64(byte)
    if inComment {
      if recent & 0xFF_FFFF == 0x2D_2D3E { inComment = false }
      return false
    }
    if quote != 0 {
      if byte == quote { quote = 0 }
      return false
    }
    switch byte {
    case 0x22, 0x27: quote = byte
    case 0x5B: inSubset = true
    case 0x5D: inSubset = false
    case 0x25: if inSubset { declaresEntities = true }
    case 0x3E: return !inSubset
    default:
      if recent & 0xFFFF_FFFF == 0x3C21_2D2D { inComment = true }
      // "<!ENTITY", and the words that name a DTD elsewhere.
      if recent == 0x3C21_454E_5449_5459 { declaresEntities = true }
      if !inSubset, recent & 0xFFFF_FFFF_FFFF == 0x5359_5354_454D || recent & 0xFFFF_FFFF_FFFF == 0x5055_424C_4943 {
        isExternal = true
      }
    }
    return false
  }
}
