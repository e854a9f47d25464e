internal import Support

/// What a generated log is made from. Equal specs give equal bytes.
package struct LogSpec: Hashable, Sendable {
  package var seed: UInt64
  package var lines = 600_000
  /// Different statements in the code that logs; a few of them write most of the lines.
  package var statements = 400
  /// Microseconds since the epoch: 2026-01-01T00:00:00Z.
  package var start: Int64 = 1_767_225_600_000_000

  package init(seed: UInt64) { self.seed = seed }
}

/// Generates one log of many statements under one header: words of its own, with values of every kind between them.
package struct LogWorld {
  private enum Piece {
    case word(String)
    case number, address, path, hex, uuid, user, duration, flag
  }

  private struct Statement {
    var head: String
    var pieces: [Piece]
  }

  private let spec: LogSpec
  private var random: WorldRandom
  private var statements: [Statement] = []
  /// Statements by how often they write: the k-th is drawn in proportion to 1/k.
  private var cumulative: [Double] = []

  private static let levels = ["INFO ", "INFO ", "INFO ", "WARN ", "ERROR", "DEBUG"]
  private static let syllables = [
    "ar", "bel", "con", "dat", "el", "fin", "gor", "hal", "im", "jun", "ker", "lo", "mar", "nor", "ot", "per", "qui",
    "ral", "sen", "tor", "ul", "vi", "wer", "zon",
  ]
  private static let verbs = [
    "started", "stopped", "accepted", "rejected", "created", "removed", "loaded", "expired", "moved", "scheduled",
  ]
  private static let users = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"]

  package init(_ spec: LogSpec) {
    self.spec = spec
    random = WorldRandom(seed: spec.seed, stream: "log")
    var weight = 0.0
    for rank in 1...max(spec.statements, 1) {
      statements.append(makeStatement())
      weight += 1 / Double(rank)
      cumulative.append(weight)
    }
  }

  private mutating func word() -> String {
    (0..<random.int(2...3)).map { _ in Self.syllables[random.int(0...Self.syllables.count - 1)] }.joined()
  }

  private mutating func makeStatement() -> Statement {
    let level = Self.levels[random.int(0...Self.levels.count - 1)]
    let type = (0..<2).map { _ in
      let part = word()
      return part.prefix(1).uppercased() + part.dropFirst()
    }.joined()
    var pieces: [Piece] = [.word(word()), .word(Self.verbs[random.int(0...Self.verbs.count - 1)])]
    let values: [Piece] = [.number, .number, .address, .path, .hex, .uuid, .user, .duration, .flag]
    for _ in 0..<random.int(2...9) {
      pieces.append(random.chance(0.4) ? values[random.int(0...values.count - 1)] : .word(word()))
    }
    return Statement(head: "\(level) [\(word())-\(word())] \(type): ", pieces: pieces)
  }

  /// Writes the log in pieces of about a megabyte, so that a log of any length takes bounded memory.
  ///
  /// - Returns: how many bytes were written.
  /// - Throws: the failure of the system call where the file cannot be written.
  package mutating func write(to path: String) throws(WorldFailure) -> Int {
    var file = try OutputFile(path)
    var out = TextBuffer()
    var time = spec.start
    var total = 0
    for _ in 0..<spec.lines {
      time += Int64(random.int(1...200_000))
      line(at: time, into: &out)
      if out.bytes.count >= 1 << 20 {
        total += out.bytes.count
        try file.write(out.bytes.span)
        out.bytes.removeAll(keepingCapacity: true)
      }
    }
    total += out.bytes.count
    try file.write(out.bytes.span)
    try file.close()
    return total
  }

  private mutating func line(at time: Int64, into out: inout TextBuffer) {
    let target = random.unit() * (cumulative.last ?? 0)
    let place = cumulative.dropLast().partitioningIndex { $0 > target }
    out.text(Timestamp(time).rfc3339)
    out.byte(0x20)
    out.text(statements[place].head)
    for (index, piece) in statements[place].pieces.enumerated() {
      if index > 0 { out.byte(0x20) }
      write(piece, into: &out)
    }
    out.byte(0x0A)
  }

  private mutating func write(_ piece: Piece, into out: inout TextBuffer) {
    switch piece {
    case .word(let text): out.text(text)
    case .number: out.int(random.int(0...999_999))
    case .address: out.text("10.\(random.int(0...255)).\(random.int(0...255)).7:\(random.int(1024...65_535))")
    case .path: out.text("/var/lib/\(random.int(0...99))/part-\(random.int(0...9999)).dat")
    case .hex: out.hex(random.bits())
    case .uuid:
      let digits = hexText(random.bits()) + hexText(random.bits())
      for (index, digit) in digits.utf8.enumerated() {
        if index == 8 || index == 12 || index == 16 || index == 20 { out.byte(0x2D) }
        out.byte(digit)
      }
    case .user: out.text("user " + (random.pick(Self.users) ?? "root"))
    case .duration: out.text("\(random.int(1...9000)) ms")
    case .flag: out.text(random.chance(0.5) ? "true" : "false")
    }
  }
}
