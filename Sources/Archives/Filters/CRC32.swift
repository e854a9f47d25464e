internal import CISAL

/// The CRC-32 of gzip, zip, 7z and of streams of frames, by ISA-L.
package enum CRC32 {
  /// The checksum of bytes, or of those before and these.
  package static func of(_ bytes: Span<UInt8>, after before: UInt32 = 0) -> UInt32 {
    let checksum = unsafe bytes.withUnsafeBufferPointer {
      unsafe crc32_gzip_refl(before, $0.baseAddress, UInt64($0.count))
    }
    isal_leave_vector_registers()
    return checksum
  }
}
