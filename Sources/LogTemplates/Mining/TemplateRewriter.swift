// The set of texts that learning works on, and the passes that rewrite it.

/// A set of message texts that passes rewrite step by step: texts that become equal are one template.
///
/// Every pass looks at the set alone, never at counts or order, and only ever replaces tokens by `<*>`. So the outcome is
/// the same for any order of the input and any split of it, and the passes come to an end.
struct TemplateRewriter {
  struct Text {
    var bytes: [UInt8]
    var tokens: [UInt32]
    /// False for a text of an earlier night that nothing of tonight has touched: such texts do not merge by themselves.
    var isFresh: Bool
  }

  var table = TokenTable()
  private(set) var texts: [Text] = []
  /// The text that each input has become.
  private(set) var current: [Int] = []

  /// - Parameter inputs: byte-sorted and without duplicates.
  init(_ inputs: [(bytes: [UInt8], isFresh: Bool)]) {
    texts.reserveCapacity(inputs.count)
    for input in inputs {
      texts.append(Text(bytes: input.bytes, tokens: table.tokens(input.bytes.span), isFresh: input.isFresh))
    }
    current = Array(texts.indices)
  }

  /// Runs all passes until nothing changes, at most `rounds` times.
  mutating func run(rounds: Int = 6) {
    _ = rewrite(lists())
    _ = rewrite(units())
    _ = rewrite(folds())
    for _ in 0..<rounds {
      var isChanged = rewrite(columns(.digits))
      isChanged = rewrite(columns(.identifiers)) || isChanged
      isChanged = rewrite(columns(.values)) || isChanged
      isChanged = rewrite(singlePositions()) || isChanged
      isChanged = rewrite(singleWords()) || isChanged
      isChanged = rewrite(folds()) || isChanged
      if !isChanged { return }
    }
  }

  /// Replaces texts and joins those that became equal. Returns whether anything changed.
  private mutating func rewrite(_ changes: [(text: Int, bytes: [UInt8])]) -> Bool {
    var isChanged = false
    for (index, bytes) in changes where texts[index].bytes != bytes {
      texts[index] = Text(bytes: bytes, tokens: table.tokens(bytes.span), isFresh: true)
      isChanged = true
    }
    guard isChanged else { return false }
    var places: [[UInt8]: Int] = [:]
    places.reserveCapacity(texts.count)
    var kept: [Text] = []
    var moved: [Int] = []
    moved.reserveCapacity(texts.count)
    for text in texts {
      if let place = places[text.bytes] {
        kept[place].isFresh = kept[place].isFresh || text.isFresh
        moved.append(place)
      } else {
        places[text.bytes] = kept.count
        moved.append(kept.count)
        kept.append(text)
      }
    }
    texts = kept
    for i in current.indices { current[i] = moved[current[i]] }
    return true
  }

  // MARK: whole texts

  private func lists() -> [(text: Int, bytes: [UInt8])] {
    texts.indices.filter { texts[$0].isFresh }.map { ($0, TemplateText.withoutLists(texts[$0].bytes)) }
  }

  /// Texts that are equal once neighbouring marks are folded become their folded text.
  private func folds() -> [(text: Int, bytes: [UInt8])] {
    var buckets = Buckets<[UInt8]>()
    for index in texts.indices { buckets.add(index, TemplateText.folded(texts[index].bytes)) }
    var changes: [(text: Int, bytes: [UInt8])] = []
    for (key, members) in buckets.shared where isFresh(members) {
      for index in members { changes.append((index, key)) }
    }
    return changes
  }

  /// Texts that are equal but for the units behind their numbers lose the units that differ.
  private func units() -> [(text: Int, bytes: [UInt8])] {
    var split: [[MeasuredWord]] = []
    var buckets = Buckets<[UInt8]>()
    for index in texts.indices {
      let words = MeasuredWord.split(texts[index].bytes)
      buckets.add(index, Array(words.map { $0.word + $0.tail }.joined(separator: [0x20])))
      split.append(words)
    }
    var changes: [(text: Int, bytes: [UInt8])] = []
    for (_, members) in buckets.shared
    where isFresh(members) && members.allSatisfy({ split[$0].count == split[members[0]].count }) {
      let isSame = split[members[0]].indices.map { position in
        members.allSatisfy { split[$0][position].unit == split[members[0]][position].unit }
      }
      for index in members {
        let words = split[index].enumerated().map { $1.word + (isSame[$0] ? $1.unit : []) + $1.tail }
        changes.append((index, Array(words.joined(separator: [0x20]))))
      }
    }
    return changes
  }

  func isFresh(_ members: [Int]) -> Bool { members.contains { texts[$0].isFresh } }
}

/// Numbers grouped by key; groups stand in the order of their first member.
struct Buckets<Key: Hashable> {
  private var places: [Key: Int] = [:]
  private(set) var groups: [(key: Key, members: [Int])] = []

  mutating func add(_ member: Int, _ key: Key) {
    if let place = places[key] {
      groups[place].members.append(member)
    } else {
      places[key] = groups.count
      groups.append((key, [member]))
    }
  }

  /// The groups with two members or more.
  var shared: [(key: Key, members: [Int])] { groups.filter { $0.members.count > 1 } }
}
