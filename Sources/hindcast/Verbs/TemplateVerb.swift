internal import Decoders
internal import Glibc
internal import LogTemplates
internal import Runs
internal import Support

/// `templates --lines FILE`: one row for each line of a file, `id<TAB>template`, blank lines included.
///
/// Headers (time, level, host, logger) are inferred from the lines themselves and left out; lines without a common header
/// are messages as they are. The file is read twice, in pieces: first a sample of its lines for the header, then every
/// line for its masked message. What is held is one number a line and each different masked message once.
package enum TemplateVerb {
  private static let sampled = 4096
  private static let lineLimit = 16 << 20

  /// - Parameter path: the file; `-` is standard input, which is held whole.
  /// - Returns: the exit code.
  package static func templates(lines path: String) -> Int32 {
    do throws(FileFailure) {
      let held = path == "-" ? try pieces(of: STDIN_FILENO, path) : nil
      var layout = HeaderLayout()
      var sample = LineSample(limit: sampled)
      try forEachLine(of: path, held) { sample.add($0) }
      layout.learn(sample.bytes.span, sample.lines)
      var table = TemplateTable()
      try forEachLine(of: path, held) { line in
        let start = layout.header(of: line).messageStart
        table.add(line.extracting(start..<line.count))
      }
      try write(table.learn())
      return Exit.done
    } catch {
      return PhaseVerbs.report(error)
    }
  }

  private static func write(_ rows: TemplateRows) throws(FileFailure) {
    let secrets = SecretMask()
    let texts = rows.model.templates.map { template in
      let form = secrets.maskedForm(template.text.utf8Span.span).map { String(decoding: $0, as: UTF8.self) }
      return Array((template.id + "\t" + Console.inert(form ?? template.text) + "\n").utf8)
    }
    let blank = Array((TemplateRows.blankID + "\t\n").utf8)
    var out: [UInt8] = []
    for row in rows.rows {
      out += row.map { texts[$0] } ?? blank
      if out.count >= 1 << 20 {
        try Console.write(out)
        out.removeAll(keepingCapacity: true)
      }
    }
    try Console.write(out)
  }

  // MARK: reading

  private static func forEachLine(
    of path: String, _ held: [[UInt8]]?, _ body: (Span<UInt8>) -> Void
  ) throws(FileFailure) {
    var cutter = LineCutter(limit: lineLimit)
    if let held {
      for piece in held { cutter.feed(piece.span, body) }
    } else {
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw FileFailure(errno == ENOENT ? .missing : .unreadable, path, CheckedFile.reason(errno))
      }
      defer { close(descriptor) }
      while let piece = try piece(of: descriptor, path) { cutter.feed(piece.span, body) }
    }
    cutter.finish(body)
    if cutter.cut > 0 { Console.tell("\(path): \(cutter.cut) lines longer than \(lineLimit) bytes were read in part") }
  }

  private static func pieces(of descriptor: Int32, _ path: String) throws(FileFailure) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    while let piece = try piece(of: descriptor, path) { pieces.append(piece) }
    return pieces
  }

  private static func piece(of descriptor: Int32, _ path: String) throws(FileFailure) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw FileFailure(.unreadable, path, CheckedFile.reason(errno)) }
      if got == 0 { return nil }
      buffer.removeLast(buffer.count - got)
      return buffer
    }
  }
}

/// Cuts a stream of pieces into lines; a carriage return before the line feed is no part of the line.
struct LineCutter {
  private let limit: Int
  private var held: [UInt8] = []
  private var isCutting = false
  /// How many lines were longer than the limit.
  private(set) var cut = 0

  init(limit: Int) { self.limit = limit }

  mutating func feed(_ piece: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    var start = 0
    for i in piece.indices where piece[i] == 0x0A {
      if held.isEmpty, !isCutting {
        let line = piece.extracting(start..<i)
        body(line.extracting(0..<Self.trimmedCount(line)))
      } else {
        hold(piece.extracting(start..<i))
        end(body)
      }
      start = i + 1
    }
    if start < piece.count { hold(piece.extracting(start..<piece.count)) }
  }

  /// A last line without a line feed is a line too.
  mutating func finish(_ body: (Span<UInt8>) -> Void) {
    if !held.isEmpty || isCutting { end(body) }
  }

  private mutating func hold(_ bytes: Span<UInt8>) {
    let room = limit - held.count
    for i in 0..<min(room, bytes.count) { held.append(bytes[i]) }
    if bytes.count > room, !isCutting {
      isCutting = true
      cut += 1
    }
  }

  private mutating func end(_ body: (Span<UInt8>) -> Void) {
    body(held.span.extracting(0..<Self.trimmedCount(held.span)))
    held.removeAll(keepingCapacity: true)
    isCutting = false
  }

  private static func trimmedCount(_ line: Span<UInt8>) -> Int {
    line.isEmpty || line[line.count - 1] != 0x0D ? line.count : line.count - 1
  }
}

/// Lines spread evenly over a stream of unknown length.
///
/// Every n-th line is kept; when there are too many, every other one is dropped and n doubles.
struct LineSample {
  private let limit: Int
  private(set) var bytes: [UInt8] = []
  private(set) var lines: [Range<Int>] = []
  private var stride = 1
  private var seen = 0

  init(limit: Int) { self.limit = limit }

  mutating func add(_ line: Span<UInt8>) {
    if line.isEmpty { return }
    defer { seen += 1 }
    guard seen % stride == 0 else { return }
    if lines.count >= limit { thin() }
    guard seen % stride == 0 else { return }
    let start = bytes.count
    // A header is at the beginning.
    for i in 0..<min(line.count, 1024) { bytes.append(line[i]) }
    lines.append(start..<bytes.count)
  }

  private mutating func thin() {
    var kept: [UInt8] = []
    var ranges: [Range<Int>] = []
    for index in Swift.stride(from: 0, to: lines.count, by: 2) {
      let start = kept.count
      kept += bytes[lines[index]]
      ranges.append(start..<kept.count)
    }
    bytes = kept
    lines = ranges
    stride *= 2
  }
}
