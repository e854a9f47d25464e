extension [UInt8] {
  /// An unsigned number of up to eight bytes, lowest first; 0 where it would stand behind the end.
  func littleEndian(at index: Int, count: Int) -> UInt64 {
    guard index >= 0, index <= self.count - count else { return 0 }
    return self[index..<index + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func uint16(at index: Int) -> Int { Int(littleEndian(at: index, count: 2)) }
  func uint32(at index: Int) -> UInt32 { UInt32(truncatingIfNeeded: littleEndian(at: index, count: 4)) }
  /// A 32-bit size or offset.
  func size32(at index: Int) -> Int { Int(littleEndian(at: index, count: 4)) }
  /// A 64-bit size or offset, the largest Int where it does not fit.
  func size64(at index: Int) -> Int { Int(clamping: littleEndian(at: index, count: 8)) }
}

extension RandomAccess {
  /// Bytes from an offset on; fewer at the end.
  func bytes(at offset: Int, count: Int) -> [UInt8] {
    guard count > 0, offset >= 0, offset < size else { return [] }
    let wanted = min(count, size - offset)
    return unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      initialized = unsafe read(at: offset, into: base, count: wanted)
    }
  }
}
