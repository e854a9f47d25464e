/// Packed streams that belong together with the coders that unpack them.
struct SevenZipFolder {
  var coders: [SevenZipCoder] = []
  /// Unpacked sizes of all outputs; the folder's own is that of the output nothing else reads from.
  var sizes: [Int] = []
  var boundOutputs: Set<Int> = []
  var checksum: UInt32?
  /// The members in it.
  var members = 1

  var outputs: Int { coders.reduce(0) { $0 + $1.outputs } }

  var size: Int { sizes.indices.last { !boundOutputs.contains($0) }.map { sizes[$0] } ?? 0 }

  var memory: Int {
    zip(coders, sizes).reduce(0) { $0 + $1.0.memory(unpacking: $1.1) }
  }
}

/// Reads the property tree of a 7z header. Every count is held against the bytes that are left.
struct SevenZipParser {
  private let bytes: [UInt8]
  private var position: Int

  private(set) var packPosition = 0
  private(set) var packSizes: [Int] = []
  private(set) var folders: [SevenZipFolder] = []
  private var memberChecksums: [UInt32?] = []
  private var entries = 0
  private var isEmptyStream: [Bool] = []

  typealias Fault = SevenZipHeader.Fault
  private static let broken = Fault.damaged("the header is damaged")

  init(_ bytes: [UInt8], at position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// The checksum of each entry, in order.
  func checksumsOfEntries() -> [UInt32?] {
    var next = memberChecksums.makeIterator()
    return (0..<entries).map { index in
      if index < isEmptyStream.count, isEmptyStream[index] { return nil }
      return next.next() ?? nil
    }
  }

  private mutating func byte() throws(Fault) -> UInt8 {
    guard position < bytes.count else { throw Self.broken }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func take(_ count: Int) throws(Fault) -> [UInt8] {
    guard count >= 0, count <= bytes.count - position else { throw Self.broken }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// A number of one to nine bytes; the leading ones of the first say how many follow.
  private mutating func number() throws(Fault) -> Int {
    let first = try byte()
    let more = (~first).leadingZeroBitCount
    var value: UInt64 = 0
    for index in 0..<more { value |= UInt64(try byte()) << UInt64(8 * index) }
    if more < 7 { value |= (UInt64(first) & (0x7F >> UInt64(more))) << UInt64(8 * more) }
    guard let small = Int(exactly: value) else { throw Self.broken }
    return small
  }

  /// A count of things of which each takes a byte at least, or a bit of a list already read.
  private mutating func count(atMost limit: Int? = nil) throws(Fault) -> Int {
    let value = try number()
    guard value <= limit ?? bytes.count else { throw Self.broken }
    return value
  }

  private mutating func bits(_ count: Int) throws(Fault) -> [Bool] {
    let packed = try take((count + 7) / 8)
    return (0..<count).map { packed[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
  }

  private mutating func checksums(_ count: Int) throws(Fault) -> [UInt32?] {
    let defined = try byte() != 0 ? [Bool](repeating: true, count: count) : try bits(count)
    var list: [UInt32?] = []
    for isDefined in defined {
      list.append(isDefined ? try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } : nil)
    }
    return list
  }

  mutating func parseHeader() throws(Fault) {
    var id = try byte()
    if id == 2 {
      id = try byte()
      while id != 0 {
        _ = try take(number())
        id = try byte()
      }
      id = try byte()
    }
    if id == 3 { throw .unknown }
    if id == 4 {
      try parseStreams()
      id = try byte()
    }
    if id == 5 { try parseFiles() }
  }

  mutating func parseStreams() throws(Fault) {
    var id = try byte()
    if id == 6 {
      try parsePackInfo()
      id = try byte()
    }
    if id == 7 {
      try parseFolders()
      id = try byte()
    }
    memberChecksums = folders.map { $0.checksum }
    if id == 8 {
      try parseSubStreams()
      id = try byte()
    }
    guard id == 0 else { throw Self.broken }
  }

  private mutating func parsePackInfo() throws(Fault) {
    packPosition = try number()
    guard packPosition < 1 << 60 else { throw Self.broken }
    let streams = try count()
    var id = try byte()
    while id != 0 {
      switch id {
      case 9: for _ in 0..<streams { packSizes.append(try number()) }
      case 10: _ = try checksums(streams)
      default: throw Self.broken
      }
      id = try byte()
    }
  }

  private mutating func parseFolders() throws(Fault) {
    guard try byte() == 11 else { throw Self.broken }
    let number = try count()
    guard try byte() == 0 else { throw .unknown }
    for _ in 0..<number { folders.append(try parseFolder()) }
    guard try byte() == 12 else { throw Self.broken }
    for index in folders.indices {
      for _ in 0..<folders[index].outputs { folders[index].sizes.append(try self.number()) }
    }
    var id = try byte()
    if id == 10 {
      for (index, checksum) in try checksums(number).enumerated() { folders[index].checksum = checksum }
      id = try byte()
    }
    guard id == 0 else { throw Self.broken }
  }

  private mutating func parseFolder() throws(Fault) -> SevenZipFolder {
    var folder = SevenZipFolder()
    let coders = try count(atMost: 32)
    var inputs = 0
    for _ in 0..<coders {
      let flags = try byte()
      guard flags & 0x80 == 0 else { throw .unknown }
      let method = try take(Int(flags & 15))
      var coder = SevenZipCoder(method: method, properties: [], inputs: 1, outputs: 1)
      if flags & 16 != 0 {
        coder.inputs = try count(atMost: 32)
        coder.outputs = try count(atMost: 32)
      }
      if flags & 32 != 0 { coder.properties = try take(number()) }
      inputs += coder.inputs
      folder.coders.append(coder)
    }
    guard folder.outputs > 0 else { throw Self.broken }
    for _ in 0..<folder.outputs - 1 {
      _ = try number()
      folder.boundOutputs.insert(try number())
    }
    let packed = inputs - (folder.outputs - 1)
    if packed > 1 { for _ in 0..<packed { _ = try number() } }
    return folder
  }

  private mutating func parseSubStreams() throws(Fault) {
    var id = try byte()
    var total = folders.count
    if id == 13 {
      total = 0
      for index in folders.indices {
        folders[index].members = try number()
        guard folders[index].members <= (1 << 24) - total else { throw .tooLarge }
        total += folders[index].members
      }
      id = try byte()
    }
    if id == 9 {
      for folder in folders where folder.members > 1 { for _ in 1..<folder.members { _ = try number() } }
      id = try byte()
    }
    // Members alone in a folder with a checksum have the folder's.
    let missing = folders.reduce(0) { $0 + ($1.members == 1 && $1.checksum != nil ? 0 : $1.members) }
    var given: [UInt32?] = []
    while id != 0 {
      guard id == 10 else { throw Self.broken }
      given = try checksums(missing)
      id = try byte()
    }
    var next = given.makeIterator()
    memberChecksums = []
    for folder in folders {
      if folder.members == 1, let checksum = folder.checksum {
        memberChecksums.append(checksum)
      } else {
        for _ in 0..<folder.members { memberChecksums.append(next.next() ?? nil) }
      }
    }
  }

  private mutating func parseFiles() throws(Fault) {
    entries = try number()
    guard entries <= bytes.count * 8 else { throw Self.broken }
    while true {
      let id = try byte()
      if id == 0 { return }
      let size = try number()
      guard size <= bytes.count - position else { throw Self.broken }
      let end = position + size
      if id == 14 { isEmptyStream = try bits(entries) }
      position = end
    }
  }
}
