// Whose records other components quote.

internal import Support

/// Warnings and errors that stand whole within those that others write at the same time: "cannot store order: ERROR: could not extend
/// file …: No space left on device" of a shop quotes what its database says itself. Who quotes passes on what it was told, as who wraps an
/// error does.
struct QuotedRecords {
  /// Shorter texts are anybody's: "connection refused", "context deadline exceeded".
  private static let leastWords = 4
  private static let leastLetters = 20
  /// The texts that are looked for: those with the most lines, and bytes of one and of all.
  private static let most = 500
  private static let longest = 200
  private static let mostBytes = 1 << 15

  private let finder: NameFinder
  /// By text that is looked for: its name's number, and who alone writes it.
  private var texts: [(name: Int32, writer: Int)] = []
  /// The minutes in which it does.
  private var minutes: [Set<Int32>] = []

  /// - Complexity: O(cells · log cells + bytes of the texts)
  init(_ grid: ComponentTimeline) {
    var lines: [Int32: (count: Int, writers: Set<Int>)] = [:]
    var writers: Set<Int> = []
    for (cell, logs) in grid.partial.logs.cells {
      guard let component = grid.component(cell.a) else { continue }
      lines[cell.b, default: (0, [])].count += logs.count
      lines[cell.b]?.writers.insert(component)
      writers.insert(component)
    }
    let names = grid.partial.names
    // What several write is none of theirs alone, and one alone quotes nobody.
    var told = lines.filter { writers.count > 1 && $0.value.writers.count == 1 && Self.tells(names[$0.key]) }
      .sorted { a, b in
        a.value.count != b.value.count ? a.value.count > b.value.count : names[a.key] < names[b.key]
      }
    told = Array(told.prefix(Self.most))
    var bytes = 0
    var places: [Int32: Int] = [:]
    for (name, line) in told {
      bytes += names[name].utf8.count
      guard bytes <= Self.mostBytes, let writer = line.writers.first else { break }
      places[name] = texts.count
      texts.append((name, writer))
    }
    minutes = Array(repeating: [], count: texts.count)
    for cell in grid.partial.logs.cells.keys {
      if let place = places[cell.b] { minutes[place].insert(IncidentPartial.minute(ofFine: cell.slot)) }
    }
    finder = NameFinder(texts.map { names[$0.name] })
  }

  /// The texts that stand within another one, to be asked for a time (`writers`).
  func quoted(in text: String, name: Int32) -> [Int] {
    texts.isEmpty ? [] : finder.names(in: text).filter { texts[$0].name != name }
  }

  /// Who writes some texts itself in a minute or in the one before or behind.
  func writers(of quoted: [Int], in minute: Int32) -> Set<Int> {
    Set(
      quoted.lazy.filter { text in (minute - 1...minute + 1).contains { minutes[text].contains($0) } }.map {
        texts[$0].writer
      })
  }

  private static func tells(_ text: String) -> Bool {
    guard text.utf8.count <= longest else { return false }
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
