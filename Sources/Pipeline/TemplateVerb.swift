internal import Core
internal import Decoders
internal import Glibc
internal import Patterns

/// `templates --lines FILE`: a row per line, `id<TAB>template`.
package enum TemplateVerb {
  /// Bytes from which the header's layout is learned.
  private static let sample = 128 << 10

  package static func templates(lines path: String) -> Int32 {
    do {
      let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw FileFailure(errno == ENOENT ? .missing : .unreadable, path, CheckedFile.reason(errno))
      }
      defer { if path != "-" { close(descriptor) } }
      var reader = LineReader()
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw FileFailure(.unreadable, path, CheckedFile.reason(errno)) }
        if got == 0 { break }
        reader.feed(buffer.span.extracting(0..<got))
      }
      reader.finish()
      let rows = reader.table.learn()
      var out: [UInt8] = []
      for row in 0..<reader.table.count {
        out += rows.text(of: row).utf8
        if out.count > 1 << 20 {
          try Console.write(out)
          out.removeAll(keepingCapacity: true)
        }
      }
      try Console.write(out)
      return Exit.done
    } catch {
      return PhaseVerbs.told(error)
    }
  }

  /// Cuts bytes into lines, learns their header from the first ones, and gives the messages to the table.
  private struct LineReader {
    var table = TemplateTable()
    private var layout = HeaderLayout()
    private var held: [UInt8] = []
    private var isLearned = false

    mutating func feed(_ bytes: Span<UInt8>) {
      held.append(copying: bytes)
      if isLearned || held.count >= TemplateVerb.sample { takeLines() }
    }

    mutating func finish() {
      takeLines()
      let last = held
      held = []
      if !last.isEmpty { take(last.span) }
    }

    private mutating func takeLines() {
      let bytes = held
      if !isLearned { learn(bytes) }
      var start = 0
      var cursor = 0
      while cursor < bytes.count {
        if bytes[cursor] == 0x0A {
          take(bytes.span.extracting(start..<cursor))
          start = cursor + 1
        }
        cursor += 1
      }
      held = Array(bytes[start...])
    }

    private mutating func learn(_ bytes: [UInt8]) {
      isLearned = true
      var ranges: [Range<Int>] = []
      var start = 0
      for (i, byte) in bytes.enumerated() where byte == 0x0A && ranges.count < 1000 {
        if i > start, bytes[start] != 0x20, bytes[start] != 0x09 { ranges.append(start..<i) }
        start = i + 1
      }
      layout.learn(bytes.span, ranges)
    }

    private mutating func take(_ line: Span<UInt8>) {
      var end = line.count
      if end > 0, line[end - 1] == 0x0D { end -= 1 }
      let text = line.extracting(0..<end)
      table.add(text.extracting(min(layout.header(of: text).messageStart, end)..<end))
    }
  }
}
