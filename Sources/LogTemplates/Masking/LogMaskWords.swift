/// What the log mask knows of bytes and names: classes of bytes, top-level domains, names of days and months.
enum ByteClass {
  static let blank: UInt8 = 1
  static let digit: UInt8 = 2
  /// ASCII letters and every byte above 0x7F.
  static let letter: UInt8 = 4
  /// Ends a chunk: `,!;:=|"'[](){}`.
  static let delimiter: UInt8 = 8
  /// Ends an atom inside a chunk: `.-+@#$%&/`.
  static let joint: UInt8 = 16
  static let slash: UInt8 = 32
  static let dot: UInt8 = 64
  /// Between two variables of one word these make no second variable: `.:-/`.
  static let fold: UInt8 = 128

  fileprivate static let table: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 256)
    for byte in [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D] { table[byte] |= blank }
    for byte in 0x30...0x39 { table[byte] |= digit }
    for byte in 0x41...0x5A { table[byte] |= letter }
    for byte in 0x61...0x7A { table[byte] |= letter }
    for byte in 0x80...0xFF { table[byte] |= letter }
    for byte in ",!;:=|\"'[](){}".utf8 { table[Int(byte)] |= delimiter }
    for byte in ".-+@#$%&/".utf8 { table[Int(byte)] |= joint }
    for byte in "/\\".utf8 { table[Int(byte)] |= slash }
    for byte in ".:-/".utf8 { table[Int(byte)] |= fold }
    table[0x2E] |= dot
    return table
  }()
}

/// The classes of all 256 bytes. There is an entry for every byte, so that looking one up needs no check; the table is made
/// once and stays.
@safe struct ByteClasses: @unchecked Sendable {
  private let table: UnsafePointer<UInt8>

  static let shared = ByteClasses()

  private init() {
    let made = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for (byte, classes) in ByteClass.table.enumerated() { unsafe made[byte] = classes }
    unsafe table = UnsafePointer(made)
  }

  @inline(__always) subscript(byte: UInt8) -> UInt8 { unsafe table[Int(byte)] }

  /// Goes on to the first byte of one of the classes.
  ///
  /// - Parameters:
  ///   - line: the line.
  ///   - start: where to begin.
  ///   - end: where to stop at the latest.
  ///   - classes: what ends the stretch.
  /// - Returns: where the stretch ends, and the classes of the bytes in it.
  func scan(_ line: Span<UInt8>, _ start: Int, _ end: Int, until classes: UInt8) -> (end: Int, seen: UInt8) {
    precondition(start >= 0 && end <= line.count)
    return unsafe line.withUnsafeBufferPointer { bytes in
      var i = start
      var seen: UInt8 = 0
      while i < end {
        let found = unsafe table[Int(bytes[i])]
        if found & classes != 0 { break }
        seen |= found
        i &+= 1
      }
      return (i, seen)
    }
  }
}

/// Top-level domains, as far as a name that ends in one is taken for a host.
enum Domains {
  static func isGeneric(_ label: Span<UInt8>) -> Bool { label.count <= 8 && generic.contains(pack(label)) }

  static func isCountry(_ label: Span<UInt8>) -> Bool { label.count == 2 && countries.contains(pack(label)) }

  private static let generic: Set<UInt64> = set(
    "com net org edu gov mil io biz local internal lan")

  /// Country codes without those that are also common file extensions or words of code.
  private static let countries: Set<UInt64> = set(
    "at au be bg br by ca ch ci cl cn cz de dk ee es eu fi fr gr hk hr hu id ie il in ir is it jp ke kr kz lt lu lv "
      + "mx my ng nl no nz om pe ph pk pt ro ru sa se sg si sk su th tr tw ua uk us uy uz ve vn za")

  private static func set(_ words: String) -> Set<UInt64> {
    Set(words.split(separator: " ").map { word in word.utf8.reduce(0) { $0 << 8 | UInt64($1) } })
  }

  private static func pack(_ label: Span<UInt8>) -> UInt64 {
    var key: UInt64 = 0
    for i in label.indices { key = key << 8 | UInt64(label[i]) }
    return key
  }
}

/// Words in front of `user` behind which a name follows; `due to user request` has none of them.
enum UserWords {
  static func precede(_ word: Span<UInt8>) -> Bool {
    guard word.count <= 8, !word.isEmpty else { return false }
    var key: UInt64 = 0
    for i in word.indices { key = key << 8 | UInt64(word[i] | 0x20) }
    return words.contains(key)
  }

  private static let words: Set<UInt64> = Set(
    ["for", "by", "as", "of", "invalid", "illegal", "unknown", "from"].map { word in
      word.utf8.reduce(0) { $0 << 8 | UInt64($1) }
    })
}

/// English names of days and months, three letters.
enum Calendar {
  static func day(_ word: Span<UInt8>) -> Bool {
    switch pack(word) {
    case 0x4D6F6E, 0x547565, 0x576564, 0x546875, 0x467269, 0x536174, 0x53756E: true
    default: false
    }
  }

  /// 1 to 12.
  static func month(_ word: Span<UInt8>) -> Int? {
    switch pack(word) {
    case 0x4A616E: 1
    case 0x466562: 2
    case 0x4D6172: 3
    case 0x417072: 4
    case 0x4D6179: 5
    case 0x4A756E: 6
    case 0x4A756C: 7
    case 0x417567: 8
    case 0x536570: 9
    case 0x4F6374: 10
    case 0x4E6F76: 11
    case 0x446563: 12
    default: nil
    }
  }

  private static func pack(_ word: Span<UInt8>) -> UInt32 {
    word.count == 3 ? UInt32(word[0]) << 16 | UInt32(word[1]) << 8 | UInt32(word[2]) : 0
  }
}
