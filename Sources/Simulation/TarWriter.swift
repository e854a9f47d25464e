/// Writes members as a POSIX ustar archive through a filter into a file. Owners, modes and times are fixed, so that the
/// same members give the same bytes.
package struct TarWriter: ~Copyable, MemberWriter {
  private var output: FilteredFile
  private let time: Int64

  /// Opens the file; every member gets the modification time, seconds since the epoch.
  package init(path: String, filter: WorldFilter, time: Int64 = 1_767_225_600) throws(WorldFailure) {
    output = try FilteredFile(path, filter)
    self.time = time
  }

  package mutating func member(_ path: String, _ bytes: [UInt8]) throws(WorldFailure) {
    let header = try Self.header(path, size: bytes.count, time: time)
    try output.write(header.span)
    try output.write(bytes.span)
    let padding = Array(repeating: UInt8(0), count: (512 - bytes.count % 512) % 512)
    try output.write(padding.span)
  }

  /// Writes the end of the archive and closes the file.
  package consuming func finish() throws(WorldFailure) {
    let end = Array(repeating: UInt8(0), count: 1024)
    try output.write(end.span)
    try output.finish()
  }

  private static func header(_ path: String, size: Int, time: Int64) throws(WorldFailure) -> [UInt8] {
    var header = Array(repeating: UInt8(0), count: 512)
    var name = Array(path.utf8)
    var prefix: [UInt8] = []
    if name.count > 100 {
      guard let slash = name.indices.first(where: { name[$0] == 0x2F && name.count - $0 - 1 <= 100 }), slash <= 155
      else {
        throw WorldFailure("member name too long for a tar header: \(path)")
      }
      prefix = Array(name[..<slash])
      name = Array(name[(slash + 1)...])
    }
    func put(_ bytes: [UInt8], at offset: Int) { for (i, byte) in bytes.enumerated() { header[offset + i] = byte } }
    func octal(_ value: Int, _ digits: Int, at offset: Int) {
      let text = String(value, radix: 8)
      put(Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8), at: offset)
    }
    put(name, at: 0)
    octal(0o644, 7, at: 100)
    octal(0, 7, at: 108)
    octal(0, 7, at: 116)
    octal(size, 11, at: 124)
    octal(Int(time), 11, at: 136)
    put(Array(repeating: 0x20, count: 8), at: 148)
    put([0x30], at: 156)
    put(Array("ustar\u{0}00".utf8), at: 257)
    put(prefix, at: 345)
    octal(header.reduce(0) { $0 + Int($1) }, 6, at: 148)
    header[154] = 0
    return header
  }
}
