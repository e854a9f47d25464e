// What varies in one line, and the line again from it.

/// The parameters of one line under a template: template and parameters together are the line, byte for byte.
///
/// Templates have one space where a line may have any blanks; where a line has others they are kept beside the values.
package struct TemplateParameters: Hashable, Sendable {
  /// The text that stands for each `<*>`, in order.
  package var values: [[UInt8]]
  /// Blanks that are not one space: their place in the line with blanks made single, and what stands there.
  package var blanks: [Blanks]

  package struct Blanks: Hashable, Sendable {
    package var offset: Int
    package var bytes: [UInt8]
  }

  /// - Returns: nil where the line is no instance of the template.
  package init?(line: [UInt8], template: String) {
    let (text, blanks) = Self.singleSpaced(line)
    guard let ranges = TemplateGlob(Array(template.utf8)).match(text.span) else { return nil }
    values = ranges.map { Array(text[$0]) }
    self.blanks = blanks
  }

  /// The line that the parameters were taken from.
  package func line(of template: String) -> [UInt8] {
    let pieces = TemplateGlob(Array(template.utf8)).pieces
    var text = pieces.first ?? []
    for (value, piece) in zip(values, pieces.dropFirst()) { text += value + piece }
    var line: [UInt8] = []
    var from = 0
    for run in blanks {
      line += text[from..<min(max(run.offset, from), text.count)] + run.bytes
      // A run inside the line replaces the one space that stands for it; runs at the ends replace nothing.
      let isInner = run.offset > 0 && run.offset < text.count
      from = min(run.offset + (isInner ? 1 : 0), text.count)
    }
    return line + text[from...]
  }

  private static func singleSpaced(_ line: [UInt8]) -> (text: [UInt8], blanks: [Blanks]) {
    var text: [UInt8] = []
    var blanks: [Blanks] = []
    var i = 0
    while i < line.count {
      guard isBlank(line[i]) else {
        text.append(line[i])
        i += 1
        continue
      }
      let start = i
      while i < line.count, isBlank(line[i]) { i += 1 }
      let run = Array(line[start..<i])
      let isEnd = text.isEmpty || i == line.count
      if isEnd || run != [0x20] { blanks.append(Blanks(offset: text.count, bytes: run)) }
      if !isEnd { text.append(0x20) }
    }
    return (text, blanks)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D }
}
