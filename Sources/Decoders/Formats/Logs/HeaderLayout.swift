// What stands in front of a log message: elements by form, and the layout that a file's lines share.

package import Model
internal import Support

/// One element in front of a message.
struct HeaderElement {
  enum Kind: UInt8, CaseIterable {
    case time
    case level
    case number
    /// `[main]`, `(x)`.
    case bracket
    /// `[orders,TRACE,SPAN]`: an application and its request.
    case traced
    /// A name with a colon behind it: `sshd[24200]:`.
    case tag
    case word
    /// `-`, `--`, `:`, `|`, `*` by themselves.
    case dash
    /// A field that ends with `|`.
    case field
  }

  var kind: Kind
  /// What the element says, without brackets and marks around it.
  var content: Range<Int>
  /// One past the element and the mark that ends it.
  var end: Int
  var time: LogTime?
  var severity: Severity = .unknown
  /// Whether the message begins right behind it, whatever stands there.
  var endsHeader = false
  /// Whether a level may as well be a word of a sentence: `Alert manager started`.
  var isProse = false
  /// Whether it is a dotted name and nothing else, as loggers have: no test of names takes it for anything else.
  var isLogger = false

  /// In front of the first time or level a dash is a column like any other: it stands where others have a word.
  func kind(anchored: Bool) -> Kind { kind == .dash && !anchored ? .word : kind }
}

/// The layouts of the headers of one file, learned from its first lines.
///
/// The lines' element kinds form a trie with counts. From the root on, an element is taken for a part of the header where
/// enough of the lines that came this far have it; words and numbers count only where something stronger follows. A file
/// may mix layouts. Where no layout holds a time or a level, the lines have no header.
package struct HeaderLayout: Sendable {
  struct Node: Sendable {
    var children = [Int32](repeating: -1, count: HeaderElement.Kind.allCases.count)
    var count = 0
    /// How many were followed by two blanks or more: a padded column.
    var padded = 0
    var dotted = 0
    /// How many levels may have been words of a sentence, and how many names ended with a number of theirs.
    var prose = 0
    var numbered = 0
    /// Whether levels are levels there without a mark that tells them from words: most lines have one.
    var takesProse = false
    /// Whether the names are numbered: threads, requests and connections have such, loggers have not.
    var isNumbered: Bool { numbered * 2 > count }
    /// Whether the names are dotted: loggers have such, threads have not.
    var isDotted: Bool { dotted * 2 > count }
    /// Hashes of the texts seen, up to 32 of them.
    var texts: Set<UInt64> = []
    /// Whether a header may end with this element.
    var isEnd = false
    /// Whether some header goes through this element.
    var isPart = false
    /// Whether some header goes on behind it: else nobody looks at what the message begins with.
    var goesOn = false
    /// Whether the same few texts stand there again and again.
    var isRepeated: Bool { texts.count < 32 && texts.count * 4 <= count }
  }

  /// The words that stand in front of a time at most: host, peer, ident and user of access lines.
  private static let mostBeforeTime = 4

  private(set) var nodes: [Node] = [Node()]
  private let scanner: HeaderScanner
  /// The share of the learned lines, in percent, that have a header with a time.
  package private(set) var timedPercent = 0
  /// Whether the lines name the spans around their events, as Rust's tracing does.
  private var hasScopes = false
  /// Where the lines name their logger behind what it says.
  private var lateLogger = LateLogger.none
  /// The share of the learned lines, in percent, that have a header at all.
  private(set) var headedPercent = 0

  /// Whether the lines have headers at all.
  package var isEmpty: Bool { !nodes[0].isPart }

  package init(clock: LogClock = LogClock()) { scanner = HeaderScanner(clock: clock) }

  /// Learns from lines, given as ranges of `text`; blank lines are left out by the caller.
  package mutating func learn(_ text: Span<UInt8>, _ lines: [Range<Int>]) {
    for range in lines { count(text.extracting(range)) }
    nodes[0].count = lines.count
    decide()
    guard !isEmpty, !lines.isEmpty else { return }
    var timed = 0
    var headed = 0
    // The targets of Rust's events are looked for where one line in twenty has one behind spans.
    hasScopes = true
    hasScopes = lines.count { header(of: text.extracting($0)).isScoped } * 20 >= lines.count
    var loggers = LateLogger.Evidence()
    for range in lines {
      let line = text.extracting(range)
      let header = header(of: line)
      if header.time != .min { timed += 1 }
      if header.messageStart > 0 { headed += 1 }
      loggers.add(line, header)
    }
    lateLogger = loggers.place
    timedPercent = timed * 100 / lines.count
    headedPercent = headed * 100 / lines.count
  }

  private mutating func count(_ line: Span<UInt8>) {
    var node = 0
    var cursor = 0
    var isAnchored = false
    for _ in 0..<HeaderScanner.depth {
      // What ends the line is the message's end: no header is without a message.
      guard let element = scanner.element(line, at: cursor), element.end < line.count else { return }
      let kind = Int(element.kind(anchored: isAnchored).rawValue)
      isAnchored = isAnchored || element.kind == .time || element.kind == .level
      if nodes[node].children[kind] < 0 {
        nodes[node].children[kind] = Int32(nodes.count)
        nodes.append(Node())
      }
      node = Int(nodes[node].children[kind])
      nodes[node].count += 1
      let text = line.extracting(element.content)
      if element.isProse { nodes[node].prose += 1 }
      if HeaderName.isNumbered(text) { nodes[node].numbered += 1 }
      if element.end + 1 < line.count, line[element.end] == 0x20, line[element.end + 1] == 0x20 {
        nodes[node].padded += 1
      }
      for i in text.indices where text[i] == 0x2E {
        nodes[node].dotted += 1
        break
      }
      if nodes[node].texts.count < 32 { nodes[node].texts.insert(StableHash.hash(text)) }
      if element.endsHeader { return }
      cursor = element.end
    }
  }

  /// How far the path to a node has come.
  private struct Progress {
    var hasTime = false
    var hasLevel = false
    var hasTag = false
    /// Whether the element before is an application with its request: what is no column behind it is the message.
    var isTraced = false
    /// Whether a dash stands behind a level and a name: it opens the message.
    var isClosed = false
    /// Lines that reached the last element that is a header's for its own sake; all lines before the first one.
    var base = 0
    /// Words and numbers since then.
    var weak = 0
    var last: HeaderElement.Kind?
  }

  /// A node was made after its parent: ascending numbers visit parents first, descending ones children first.
  private mutating func decide() {
    var progress = [Progress](repeating: Progress(), count: nodes.count)
    progress[0].base = nodes[0].count
    for index in nodes.indices {
      let own = progress[index]
      for kind in HeaderElement.Kind.allCases {
        let child = Int(nodes[index].children[Int(kind.rawValue)])
        guard child > 0 else { continue }
        if kind == .level { nodes[child].takesProse = nodes[child].count * 2 >= own.base }
        let isStrong = isStrong(nodes[child], kind, after: own)
        var next = own
        next.last = kind
        next.hasTime = own.hasTime || isStrong && kind == .time
        next.hasLevel = own.hasLevel || isStrong && kind == .level
        next.hasTag = own.hasTag || kind == .tag
        next.isTraced = kind == .traced || own.isTraced && kind != .dash
        next.isClosed =
          own.isClosed || kind == .dash && own.hasLevel && (own.last == .word || own.last == .bracket)
        if isStrong {
          next.base = nodes[child].count
          next.weak = 0
        } else {
          next.weak += 1
        }
        progress[child] = next
        nodes[child].isEnd = isStrong && (next.hasTime || next.hasLevel)
      }
    }
    for index in nodes.indices.reversed() {
      var isPart = nodes[index].isEnd
      for kind in HeaderElement.Kind.allCases {
        let child = Int(nodes[index].children[Int(kind.rawValue)])
        guard child > 0, nodes[child].isPart else { continue }
        let isCommon = nodes[child].count * 100 >= nodes[0].count
        if isCommon {
          (isPart, nodes[index].goesOn) = (true, true)
        } else {
          nodes[index].children[Int(kind.rawValue)] = -1
        }
      }
      nodes[index].isPart = isPart
    }
  }

  /// Whether an element belongs to the header for its own sake; shares are of the lines that reached the last such one.
  private func isStrong(_ node: Node, _ kind: HeaderElement.Kind, after path: Progress) -> Bool {
    let percent = path.base == 0 ? 0 : node.count * 100 / path.base
    let isAnchored = path.hasTime || path.hasLevel
    switch kind {
    case .time:
      // Behind a level and words a time is the message's own.
      // So it is behind more words than stand in front of a time anywhere: uWSGI's greeting names its start at the end.
      return percent >= 20 && (!path.hasTag || path.last == .tag) && !(path.hasLevel && path.weak > 0)
        && (path.weak <= Self.mostBeforeTime || percent >= 90)
    case .level:
      // Behind words that few lines share a level is a word of the message: `Unhandled Error`. So is one that only looks like a level in
      // a stream most of whose lines have none: `Critical section entered`.
      let told = path.base == 0 || node.takesProse ? percent : (node.count - node.prose) * 100 / path.base
      return told >= (path.weak > 0 ? 50 : 20) && !path.hasLevel && (!path.hasTag || path.last == .tag)
        && (path.hasTime || path.weak <= 1)
    // Words in front of a bar, behind a level: the message has begun, and the bar is its own.
    case .field: return percent >= 60 && !(path.hasLevel && path.weak > 0)
    // Behind a tag the message has begun.
    case .tag:
      return percent >= 60 && !path.hasTag && !path.isTraced && path.weak <= 2 && !(path.isClosed && path.weak > 0)
    case .traced: return percent >= 60 && !path.hasTag
    // Two brackets in a row: the second one is more likely the message's own.
    // Behind a level and a word it is the message's own, too.
    case .bracket:
      return percent >= (path.last == .bracket ? 90 : 60) && !path.hasTag && path.weak <= 2
        && !(path.hasLevel && path.last == .word)
    case .dash: return percent >= 20 && isAnchored && !path.hasTag && path.weak <= 3
    case .word:
      let isColumn = percent >= 90 && node.texts.count < 32 && path.hasLevel && !path.hasTag && path.weak == 0
      return isColumn && (node.padded * 10 >= node.count * 9 || node.dotted * 10 >= node.count * 9) && node.count >= 20
    case .number: return isAnchored && percent >= 95 && node.texts.count <= 2 && node.count >= 20 && path.last == .time
    }
  }
}

/// What a header says.
package struct LogHeader: Sendable {
  /// Microseconds since the epoch; `Int64.min` where the header has no time that names a day.
  package var time: Int64 = .min
  /// Whether the year is assumed.
  package var yearAssumed = false
  /// Whether the time names its zone.
  var hasZone = false
  package var severity: Severity = .unknown
  /// Where the component's name lies in the line: the tag or logger, else the host; empty where there is none.
  package var component = 0..<0
  /// Whether that is the application's own name.
  var namesService = false
  /// Where the message begins.
  package var messageStart = 0
  /// Whether the component is the target of an event of Rust's behind spans.
  var isScoped = false
}

extension HeaderLayout {
  /// Reads a line's header as far as a layout goes; a line without one is all message.
  package func header(of line: Span<UInt8>) -> LogHeader {
    var header = LogHeader()
    guard !isEmpty else { return header }
    var taken = LogHeader()
    var form = LogTime.Form.timeOfDay
    var rank = 0
    var (seenLevel, levelEnd) = (false, 0)
    var isAnchored = false
    var node = 0
    var cursor = 0
    var depth = 0
    while depth < HeaderScanner.depth, nodes[node].goesOn, let element = scanner.element(line, at: cursor),
      !beginsRequest(line, element), !beginsPanic(line, element)
    {
      let kind = isLevel(element, of: node) ? element.kind : .word
      guard let child = part(of: node, kind == .dash ? element.kind(anchored: isAnchored) : kind) else { break }
      isAnchored = isAnchored || kind == .time || kind == .level
      node = child
      cursor = element.end
      depth &+= 1
      var nameRank = 0
      switch kind {
      case .time:
        if let time = element.time, time.isPlaced, taken.time == .min || time.form > form {
          taken.time = time.time
          taken.yearAssumed = time.form == .withoutYear
          taken.hasZone = time.hasZone
          form = time.form
        }
        if taken.severity.isUnknown {
          taken.severity = element.severity
          if let name = HeaderName.target(line, element) { (taken.component, rank) = (name, 3) }
        }
      case .level:
        if taken.severity.isUnknown { taken.severity = element.severity }
        if !seenLevel { levelEnd = element.end }
        seenLevel = true
      case .tag:
        nameRank = 4
        if taken.severity.isUnknown { taken.severity = element.severity }
      case .word, .field: nameRank = seenLevel ? 3 : taken.time != .min ? 2 : 1
      case .number: if taken.severity.isUnknown { taken.severity = element.severity }
      case .traced:
        nameRank = 5
        taken.namesService = true
      case .bracket:
        if rank < 3,
          let name = HeaderName.bracketed(line, element, behind: levelEnd, isDotted: nodes[node].isDotted)
        {
          (taken.component, rank) = (name, 3)
        }
      case .dash: break
      }
      if nameRank > rank,
        let name = HeaderName.choose(
          line, element, rank: nameRank, isRepeated: rank == 0 && taken.component.isEmpty && nodes[node].isRepeated,
          isNumbered: nodes[node].isNumbered)
      {
        taken.component = name.range
        if name.isOwn { rank = nameRank }
      }
      if nodes[node].isEnd, cursor < line.count || header.messageStart == 0 || Self.mayEndLine(kind) {
        header = taken
        header.messageStart = cursor
      }
      if element.endsHeader { break }
    }
    complete(&header, of: line, levelEnd: levelEnd)
    return header
  }

  /// Whether an element at the end of a line is the last one in front of an empty message: a level, a name with its colon, a dash.
  private static func mayEndLine(_ kind: HeaderElement.Kind) -> Bool { kind == .level || kind == .tag || kind == .dash }

  /// Adds to a header what stands behind the learned elements.
  private func complete(_ header: inout LogHeader, of line: Span<UInt8>, levelEnd: Int) {
    if hasScopes, header.messageStart > 0, let target = RustScope.target(line, after: levelEnd) {
      header.component = target.range
      header.messageStart = target.range.upperBound &+ 1
      header.isScoped = target.isScoped
    }
    var start = header.messageStart
    while start < line.count, line[start] == 0x20 || line[start] == 0x09 { start &+= 1 }
    header.messageStart = start
    if lateLogger != .none, header.component.isEmpty, start > 0 {
      header.component = lateLogger.find(in: line, from: start) ?? 0..<0
    }
    guard header.severity.isUnknown, start > 0, start < line.count,
      line[start] == 0x5B || (line[start] | 0x20) &- 0x61 < 26
    else { return }
    if header.time != .min {
      LateLevel.complete(&header, of: line, scanner)
    } else if line[start] &- 0x61 < 26 {
      _ = LateLevel.completeBehindPairs(&header, of: line)
    }
  }

  /// Whether what looks like a name and a level is what Go's server says of a handler's panic.
  private func beginsPanic(_ line: Span<UInt8>, _ element: HeaderElement) -> Bool {
    element.kind == .tag && TraceFollower.isRecovered(line, from: element.content.lowerBound)
  }

  /// Whether an element is the client of a request in quotes, `10.0.0.9:41 - "GET`: the message begins with it (uvicorn.access).
  private func beginsRequest(_ line: Span<UInt8>, _ element: HeaderElement) -> Bool {
    guard element.kind == .word else { return false }
    // The common log format has its identity and user there (Jetty's `RequestLog` behind a logger).
    let start = element.content.lowerBound
    if line[start] &- 0x30 <= 9, JSONScanner.matches(line, element.content.upperBound, " - "),
      AccessLines.mayBeMessage(line.extracting(start..<line.count))
    {
      return true
    }
    guard JSONScanner.matches(line, element.end, " - \"") else { return false }
    return AccessServers.isMethod(line, element.end &+ 4) > 0
  }

  /// Whether an element is what it looks like: a level without a mark is one where most lines have one.
  private func isLevel(_ element: HeaderElement, of node: Int) -> Bool {
    guard element.isProse else { return true }
    let child = Int(nodes[node].children[Int(HeaderElement.Kind.level.rawValue)])
    return child > 0 && nodes[child].takesProse
  }

  /// The part of a layout that an element is; a level or a number may stand where most lines have some other word.
  private func part(of node: Int, _ kind: HeaderElement.Kind) -> Int? {
    let child = Int(nodes[node].children[Int(kind.rawValue)])
    if child > 0, nodes[child].isPart { return child }
    guard kind == .level || kind == .number else { return nil }
    let word = Int(nodes[node].children[Int(HeaderElement.Kind.word.rawValue)])
    return word > 0 && nodes[word].isPart ? word : nil
  }
}
