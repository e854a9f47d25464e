// A component of a report's path, taken apart: the commit, number or date in it, the attempt or shard it tells of, and the
// words that are left. What the words that are left mean (configuration, module) their neighbours tell, never a list.

internal import Support

/// One folder, archive or file name on the way to a report.
struct PathComponent: Hashable, Sendable {
  /// As it stands in the path, without the ending of an archive or a report.
  var text: String
  /// The words that are left when everything below is taken away.
  var words: [String] = []
  var revision = ""
  /// The number of a build.
  var number: Int64?
  /// Whether a word or a revision beside it says that the number is a build's.
  var isNumberSure = false
  /// A number behind a revision: of its builds or of the attempts of one.
  var trailing: Int64?
  var date: Int64?
  /// 1-based; 0 for "a later one" that has no number.
  var attempt: Int?
  /// A folder of attempts: numbers below it count them, and the report beside it is the last one.
  var holdsAttempts = false
  /// The shard it names; a shard is a part of one run.
  var shard = ""
  /// Whether nothing but an identifier without meaning is left.
  var isOpaque = false
  /// Whether an identifier that was drawn at random stands in it.
  var isDrawn = false

  /// The words that are left as one text.
  var name: String { words.joined(separator: "-") }

  /// - Parameters:
  ///   - text: the folder, archive or file.
  ///   - isFile: whether it is the report itself.
  ///   - meanings: what the night's other reports say that words in it mean.
  init(_ text: Substring, isFile: Bool, words meanings: PathWords = PathWords()) {
    self.text = Self.withoutEnding(text)
    var tokens = Self.tokens(self.text)
    takeDrawn(&tokens, isFile && !meanings.filesNameRevisions)
    takeDate(&tokens)
    takeAttempt(&tokens)
    takeShard(&tokens, but: meanings.versions)
    takeRevisionAndNumber(&tokens, isFile: isFile)
    words = tokens
    isOpaque = isOpaque && words.isEmpty || words.count == 1 && words[0].utf8.count == 1
  }

  // MARK: - Words

  private static let endings = [
    ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tgz", ".tar", ".zip", ".7z", ".gz", ".xz", ".zst", ".bz2",
    ".xml", ".json", ".jsonl", ".ndjson", ".trx", ".tap", ".log", ".txt",
  ]

  static func withoutEnding(_ text: Substring) -> String {
    var text = String(text)
    for _ in 0..<3 {
      let lower = text.lowercased()
      guard let ending = endings.first(where: { lower.hasSuffix($0) && lower.utf8.count > $0.utf8.count }) else {
        break
      }
      text = String(text.utf8.dropLast(ending.utf8.count)) ?? text
    }
    return text
  }

  static func tokens(_ text: String) -> [String] {
    text.split { " -_()[]{},+=@#:".contains($0) }.map(String.init)
  }

  /// UUIDs (eight, four, four, four and twelve hex digits) and sums of 32, which are no commits.
  private mutating func takeDrawn(_ tokens: inout [String], _ takesRevisions: Bool) {
    let count = tokens.count
    tokens.removeAll { Self.isSum($0) || takesRevisions && Self.isRevision($0) }
    if tokens.count < count {
      isOpaque = true
      isDrawn = true
    }
    let lengths = [8, 4, 4, 4, 12]
    var i = 0
    while i + 5 <= tokens.count {
      if zip(tokens[i..<i + 5], lengths).allSatisfy({ $0.utf8.count == $1 && $0.utf8.allSatisfy { hexDigit($0) < 16 } })
      {
        tokens.removeSubrange(i..<i + 5)
        isOpaque = true
        isDrawn = true
      } else {
        i += 1
      }
    }
  }

  private mutating func takeDate(_ tokens: inout [String]) {
    func digits(_ i: Int, _ count: ClosedRange<Int>) -> Int64? {
      guard i < tokens.count, count.contains(tokens[i].utf8.count) else { return nil }
      return tokens[i].utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int64(tokens[i]) : nil
    }
    // `2026.11.02`, as Xcode writes it.
    if let i = tokens.firstIndex(where: Self.isDottedDate) {
      tokens.replaceSubrange(i...i, with: tokens[i].split(separator: ".").map(String.init))
    }
    for i in tokens.indices {
      // `20261102.3`: the third build of a day, as Azure numbers them.
      let parts = tokens[i].split(separator: ".", omittingEmptySubsequences: false)
      if parts.count == 2, let day = Int64(parts[0]), parts[0].utf8.count == 8, (1990_01_01...2199_12_31).contains(day),
        let turn = Int64(parts[1]), (0..<100_000).contains(turn), (1...12).contains(day / 100 % 100)
      {
        date = day * 1_000_000 + turn
        tokens.remove(at: i)
        return
      }
      if let year = digits(i, 4...4), (1970...2199).contains(year), let month = digits(i + 1, 1...2), month <= 12,
        i + 2 < tokens.count
      {
        // The day may have the time glued to it: `2026-11-02T01`.
        let day = tokens[i + 2].prefix { $0.isNumber }
        guard let number = Int64(day), (1...31).contains(number) else { continue }
        var value = (year * 100 + month) * 100 + number
        var end = i + 3
        var clock = [Int64(tokens[i + 2].dropFirst(day.count).filter(\.isNumber).prefix(2))].compactMap(\.self)
        // The time stands behind it: `2026-11-02_10-11-12`, or its minutes do.
        while clock.count < 3, let part = digits(end, 2...2), part < 60, !clock.isEmpty || digits(end + 1, 2...2) != nil
        {
          clock.append(part)
          end += 1
        }
        // A zone written as a number: `+0000`.
        if clock.count == 3, digits(end, 4...4) != nil { end += 1 }
        value = zip(clock + [0, 0, 0], [10_000, 100, 1]).reduce(value * 1_000_000) { $0 + $1.0 * $1.1 }
        date = value
        tokens.removeSubrange(i..<end)
        return
      }
      let glued = tokens[i].filter(\.isNumber)
      let rest = tokens[i].filter { !$0.isNumber }.uppercased()
      if [8, 12, 14].contains(glued.utf8.count), ["", "T", "TZ", "Z"].contains(rest), let year = Int64(glued.prefix(4)),
        (1990...2199).contains(year), let month = Int64(glued.dropFirst(4).prefix(2)), (1...12).contains(month),
        let value = Int64(glued.padded(to: 14))
      {
        date = value
        tokens.remove(at: i)
        return
      }
    }
  }

  private static func isDottedDate(_ token: String) -> Bool {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [4, 2, 2] && parts.allSatisfy { Int64($0) != nil }
  }

  /// A word and the number glued to it or standing behind it.
  private static func numbered(_ tokens: [String], _ i: Int) -> (word: String, number: Int64?, length: Int) {
    let word = tokens[i].lowercased()
    let letters = word.prefix { !$0.isNumber }
    if letters.count < word.count {
      let number = Int64(word.dropFirst(letters.count))
      return number == nil ? (word, nil, 1) : (String(letters), number, 1)
    }
    if i + 1 < tokens.count, let number = Int64(tokens[i + 1]), number >= 0 { return (word, number, 2) }
    return (word, nil, 1)
  }

  private mutating func takeAttempt(_ tokens: inout [String]) {
    var i = 0
    while i < tokens.count {
      if i + 1 < tokens.count, tokens[i].lowercased() == "re", tokens[i + 1].lowercased().hasPrefix("run") {
        tokens[i] += tokens.remove(at: i + 1)
      }
      let (word, number, length) = Self.numbered(tokens, i)
      if let number, number < 1000, Self.repetitions.contains(word), i + length + 1 < tokens.count,
        tokens[i + length].lowercased() == "of", Int64(tokens[i + length + 1]) != nil
      {
        // `run_1_of_3`: Bazel's `--runs_per_test`.
        attempt = Int(number)
        tokens.removeSubrange(i..<i + length + 2)
        continue
      }
      let isLater = ["retry", "rerun", "retries", "reruns", "retried"].contains(word)
      guard isLater || ["attempt", "attempts", "try", "tries"].contains(word) else {
        i += 1
        continue
      }
      if let number, number < 1000 {
        attempt = Int(number) + (isLater ? 1 : 0)
      } else if word == "attempts" || word == "retries" || word == "reruns" || word == "tries" {
        holdsAttempts = true
      } else if isLater {
        attempt = 0
      } else {
        i += 1
        continue
      }
      tokens.removeSubrange(i..<min(i + length, tokens.count))
      // What stood before a run's attempt belongs to it: `run_attempt_2`, `test_attempts`.
      if i > 0, ["run", "test"].contains(tokens[i - 1].lowercased()), holdsAttempts || i == 1 {
        tokens.remove(at: i - 1)
      }
    }
  }

  private static let repetitions: Set<String> = ["run", "iteration", "repetition", "repeat", "attempt"]

  static let shardWords: Set<String> = [
    "shard", "node", "part", "split", "chunk", "worker", "partition", "slice", "bucket", "parallel", "batch",
  ]

  private mutating func takeShard(_ tokens: inout [String], but versions: Set<String>) {
    var i = 0
    while i < tokens.count {
      var (word, number, length) = Self.numbered(tokens, i)
      let isCounted = i + length < tokens.count && ["of", "total"].contains(tokens[i + length].lowercased())
      if Self.shardWords.contains(word), versions.contains(word), !isCounted {
        i += 1
        continue
      }
      if !Self.shardWords.contains(word) {
        // `1-of-4` without a word.
        guard Int64(word) != nil || (word.isEmpty && number != nil), i + 2 < tokens.count,
          tokens[i + 1].lowercased() == "of", Int64(tokens[i + 2]) != nil
        else {
          i += 1
          continue
        }
        (number, length) = (Int64(tokens[i]), 1)
      }
      guard let number, number < 10_000 else {
        i += 1
        continue
      }
      var end = i + length
      if end + 1 < tokens.count, ["of", "total"].contains(tokens[end].lowercased()), Int64(tokens[end + 1]) != nil {
        end += 2
      }
      shard = String(number)
      tokens.removeSubrange(i..<end)
    }
  }

  private static let buildWords: Set<String> = [
    "build", "run", "pipeline", "ci", "workflow", "nightly", "bld", "id", "no",
  ]

  private mutating func takeRevisionAndNumber(_ tokens: inout [String], isFile: Bool) {
    if let i = tokens.firstIndex(where: Self.isRevision) {
      revision = Self.bareRevision(tokens[i])
      tokens.remove(at: i)
      if i > 0, ["rev", "sha", "commit", "revision", "git"].contains(tokens[i - 1].lowercased()) {
        tokens.remove(at: i - 1)
        takeNumbers(&tokens, around: i - 1)
      } else {
        takeNumbers(&tokens, around: i)
      }
      return
    }
    for i in tokens.indices {
      let (word, value, length) = Self.numbered(tokens, i)
      guard let value, Self.buildWords.contains(word) || word == "b" && tokens.count == length,
        !isFile || word == "build" || word == "pipeline"
      else { continue }
      number = value
      isNumberSure = true
      tokens.removeSubrange(i..<i + length)
      return
    }
    if !isFile, tokens.count == 1, let value = Int64(tokens[0]) {
      number = value
      tokens = []
    }
  }

  /// A number before the revision is the build's; one behind it may be the attempt's.
  private mutating func takeNumbers(_ tokens: inout [String], around place: Int) {
    if place < tokens.count, let value = Int64(tokens[place]) {
      trailing = value
      tokens.remove(at: place)
    }
    guard place > 0, place <= tokens.count else { return }
    let (word, value, _) = Self.numbered(tokens, place - 1)
    guard let value, word.isEmpty || Int64(word) != nil || Self.buildWords.contains(word) else { return }
    number = value
    isNumberSure = true
    tokens.remove(at: place - 1)
    if place > 1, Self.buildWords.contains(tokens[place - 2].lowercased()) { tokens.remove(at: place - 2) }
  }

  /// A commit: 7 to 40 hex digits with a letter and a figure among them.
  static func isRevision(_ token: String) -> Bool {
    let text = bareRevision(token)
    return (7...40).contains(text.utf8.count) && text.utf8.allSatisfy { hexDigit($0) < 16 }
      && text.contains(where: \.isLetter) && text.contains(where: \.isNumber)
  }

  /// 32 hex digits: what is named by its contents, or drawn.
  private static func isSum(_ token: String) -> Bool {
    token.utf8.count == 32 && token.utf8.allSatisfy { hexDigit($0) < 16 }
  }

  /// `r` before digits and `g` of git-describe are none of it.
  private static func bareRevision(_ token: String) -> String {
    guard let first = token.first, "rg".contains(first), token.utf8.count > 7 else { return token }
    return String(token.dropFirst())
  }
}

extension String {
  /// The text with zeros behind it.
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: "0", count: Swift.max(0, count - utf8.count))
  }
}
