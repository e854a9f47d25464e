// Whose records other components quote.

internal import Support

/// Warnings and errors that stand whole within those of others: "cannot store order: ERROR: could not extend file …: No space left on
/// device" of a shop quotes what its database says itself. Who quotes passes on what it was told, as who wraps an error does.
struct QuotedRecords {
  /// Shorter texts are anybody's: "connection refused", "context deadline exceeded".
  private static let leastWords = 4
  private static let leastLetters = 20
  /// The texts that are looked for: those with the most lines.
  private static let most = 2000

  private let finder: NameFinder
  /// By text that is looked for: its name's number, and who writes it.
  private let texts: [(name: Int32, writers: Set<Int>)]

  /// - Complexity: O(cells · log cells + bytes of the texts)
  init(_ grid: ComponentTimeline) {
    var lines: [Int32: (count: Int, writers: Set<Int>)] = [:]
    for (cell, logs) in grid.partial.logs.cells {
      guard let component = grid.component(cell.a) else { continue }
      lines[cell.b, default: (0, [])].count += logs.count
      lines[cell.b]?.writers.insert(component)
    }
    let names = grid.partial.names
    let told = lines.filter { Self.tells(names[$0.key]) }.sorted { a, b in
      a.value.count != b.value.count ? a.value.count > b.value.count : names[a.key] < names[b.key]
    }
    texts = told.prefix(Self.most).map { ($0.key, $0.value.writers) }
    finder = NameFinder(texts.map { names[$0.name] })
  }

  /// Whose records a text quotes that some components write: none that one of these writes, too.
  ///
  /// - Parameters:
  ///   - text: with its name's number.
  ///   - name: of the text.
  /// - Returns: components, ascending.
  func quoted(in text: String, name: Int32) -> [Int] {
    guard !texts.isEmpty else { return [] }
    var own: Set<Int> = []
    var found: Set<Int> = []
    for index in finder.names(in: text) {
      if texts[index].name == name {
        own.formUnion(texts[index].writers)
      } else {
        found.formUnion(texts[index].writers)
      }
    }
    return found.isDisjoint(with: own) ? found.sorted() : []
  }

  private static func tells(_ text: String) -> Bool {
    var words = 0
    var letters = 0
    var isWord = false
    for byte in text.utf8 {
      let isLetter = (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
      if isLetter {
        letters += 1
        if !isWord { words += 1 }
      }
      isWord = isLetter
    }
    return words >= leastWords && letters >= leastLetters
  }
}
