// What is learned from the first lines of a member before any of them is read.

internal import Model
internal import Support

extension JSONRecords {
  /// What a sample of lines tells of their file.
  struct TextEvidence {
    /// Whether anything in it is a log's.
    var isLog = false
    /// Whether its lines are those of a container runtime.
    var isContainerLog = false
    /// Lines that need no learned header.
    var known = 0
    /// The head of the file, as far as it was looked through.
    var head = LogFileHead()
  }

  /// Learns the wrappers and headers of text lines, given as ranges of `text`.
  mutating func learn(_ text: Span<UInt8>, _ all: [Range<Int>], into batch: inout RecordBatch) -> TextEvidence {
    var evidence = TextEvidence()
    let lines = all.filter { SectionMark(text.extracting($0)) == nil }
    learnZones(text, into: &batch)
    for range in lines { withPlain(text.extracting(range)) { $0.intake.unwrapper.vote($1) } }
    intake.unwrapper.decide(among: lines.count)
    // What stands inside of the layers may be layers, too: `kubectl logs --prefix --timestamps`.
    for _ in 1..<Self.mostLayers where learnInner(text, lines) == false { break }
    nameServer(text, lines, into: &batch)
    intake.isStamped =
      intake.unwrapper.kinds.isEmpty && StampedText.isForm(of: text, lines, intake.unwrapper.times)
    for range in all {
      withPlain(text.extracting(range)) { records, line in
        if let mark = SectionMark(line) {
          records.intake.section = mark.isStart ? records.section(mark, line, into: &batch) : nil
          evidence.isLog = true
        } else {
          records.learnLine(line, records.origin(into: &batch), &evidence, into: &batch)
        }
      }
    }
    intake.section = nil
    intake.layouts.learn()
    evidence.isLog = evidence.isLog || evidence.known > 0 || !intake.unwrapper.kinds.isEmpty || !intake.layouts.isEmpty
    evidence.isLog = evidence.isLog || intake.isStamped
    return evidence
  }

  /// Names a server by the form of its lines where the path says no more than `error.log`.
  private mutating func nameServer(_ text: Span<UInt8>, _ lines: [Range<Int>], into batch: inout RecordBatch) {
    guard intake.origin == nil, LogOrigin(context).isCommon else { return }
    for range in lines.prefix(8) {
      guard let name = ServerErrorLine.server(of: text.extracting(range)) else { continue }
      var envelope = LineEnvelope()
      envelope.name(batch.symbols.intern(name), .file)
      intake.origin = envelope
      return
    }
  }

  /// Learns which of its zones `CST` means, and tells of it.
  private mutating func learnZones(_ text: Span<UInt8>, into batch: inout RecordBatch) {
    let zones = AmbiguousZones(in: text)
    if let central = zones.central {
      var clock = intake.unwrapper.times.clock
      clock.central = central
      intake.unwrapper.times = LogTimeParser(clock: clock)
      intake.layouts = LogLayouts(clock: clock)
    }
    guard let note = zones.note else { return }
    context.report("ambiguousZone", .note, at: .whole, MessageText(own: note), into: &batch)
  }

  /// Counts the layers inside of those that are known; false where there are none that were not known.
  private mutating func learnInner(_ text: Span<UInt8>, _ lines: [Range<Int>]) -> Bool {
    var inner = LineUnwrapper(like: intake.unwrapper)
    var peeled = 0
    for range in lines {
      withPlain(text.extracting(range)) { records, line in
        var start = 0
        for _ in 0..<Self.mostLayers {
          let rest = line.extracting(start..<line.count)
          guard !rest.isEmpty, rest[0] &- 0x30 <= 9 || !records.intake.unwrapper.kinds.isEmpty,
            let layer = records.intake.unwrapper.peel(rest)
          else { break }
          start += layer.start
        }
        guard start > 0 else { return }
        peeled += 1
        if start < line.count { inner.vote(line.extracting(start..<line.count)) }
      }
    }
    inner.decide(among: peeled)
    return intake.unwrapper.add(inner.kinds)
  }

  mutating func withPlain(_ line: Span<UInt8>, _ body: (inout JSONRecords, Span<UInt8>) -> Void) {
    if ByteScan.find(0x1B, in: line, from: 0) < line.count, let plain = TerminalColours.removed(line) {
      body(&self, plain.span)
    } else {
      body(&self, line)
    }
  }

  /// Takes the layers off a sampled line, and samples what is left where only a learned header can read it.
  mutating func learnLine(
    _ whole: Span<UInt8>, _ origin: LineEnvelope, _ evidence: inout TextEvidence,
    into batch: inout RecordBatch
  ) {
    var start = 0
    var name = (symbol: origin.component, rank: origin.rank)
    for _ in 0..<Self.mostLayers {
      let line = whole.extracting(start..<whole.count)
      guard !line.isEmpty, line[0] &- 0x30 <= 9 || !intake.unwrapper.kinds.isEmpty,
        let layer = intake.unwrapper.peel(line)
      else { break }
      if layer.stream != 0 { (evidence.isLog, evidence.isContainerLog) = (true, true) }
      if layer.rank > name.rank { name = (batch.symbols.intern(line.extracting(layer.name)), layer.rank) }
      start += layer.start
    }
    let line = whole.extracting(start..<whole.count)
    guard !line.isEmpty else { return }
    if evidence.head.takes(line) {
      evidence.known += 1
      return
    }
    if line[0] == 0x5B && FluentBitLine.begins(line) || FluentBitFileLine(line) != nil || SpreadValue.opens(line)
      || DotnetConsole.isMember(line)
      || line[0] == 0x7B && line.count > 1 && (line[1] == 0x22 || line[1] == 0x20)
    {
      evidence.known += 1
    } else if AccessLines.looksLike(line) || KnownLines.read(line, intake.unwrapper.times, classifier.logKeys) != nil {
      evidence.known += 1
      if line[0] &- 0x30 <= 9 { intake.knowsDigits = true }
    } else {
      if TraceFollower.crash(line) != nil { evidence.known += 1 }
      intake.layouts.add(line, of: name.symbol)
    }
  }

  /// Whether a JSON member begins with a span whose duration may have any unit.
  func isNamedSpan(_ head: Span<UInt8>) -> Bool {
    let line = head.extracting(0..<ByteScan.lineEnd(head, 0))
    guard line.count > 20, line.count < 64 << 10, line[0] == 0x7B else { return isListOfNamedSpans(head) }
    var reader = JSONScanner(at: 0, depthLimit: context.settings.limits.jsonDepth)
    guard case .unit(.named, _) = classifier.classify(line, &reader) else { return isListOfNamedSpans(head) }
    return line.indices.contains { JSONScanner.matches(line, $0, "uration\"") }
  }

  /// Whether the first list of a document begins with such a span: `[{…`, `{"spans": [{…`.
  private func isListOfNamedSpans(_ head: Span<UInt8>) -> Bool {
    let start = head.extracting(first: 64 << 10)
    let begin = head.extracting(first: 256)
    var at = ByteScan.find(0x5B, in: begin, from: 0) &+ 1
    guard at <= begin.count else { return false }
    while at < start.count, at < 512, Sniffer.isSpace(start[at]) { at &+= 1 }
    guard at < min(start.count, 512), start[at] == 0x7B else { return false }
    var reader = JSONScanner(at: at, depthLimit: context.settings.limits.jsonDepth)
    guard case .unit(.named, _) = classifier.classify(start, &reader) else { return false }
    return (at..<min(reader.position, start.count)).contains { JSONScanner.matches(start, $0, "uration\"") }
  }

  /// Whether the first bytes of a JSON member hold records whose reading depends on the others: they carry the lines of other
  /// programs, or numbers for levels.
  func wantsSample(_ head: Span<UInt8>) -> Bool {
    let end = ByteScan.lineEnd(head, 0)
    let line = head.extracting(0..<end)
    if JSONLine.object(in: line, context.settings) != nil {
      return JSONLine.needsContext(anyOf: head, classifier.logKeys, context.settings)
    }
    return JSONLine.carriesLines(head)
  }
}

extension JSONMemberDecoder {
  /// Learns from the first bytes of the member: the scale of its levels, and the headers of the lines that its records carry.
  mutating func learn(head: Span<UInt8>, into batch: inout RecordBatch) {
    let isNamed = records.isNamedSpan(head)
    guard isNamed || records.wantsSample(head) else { return }
    var probe = self
    if isNamed { probe.records.named.durations = DurationEvidence() }
    var scratch = RecordBatch()
    swap(&scratch.symbols, &batch.symbols)
    probe.records.isSampling = true
    probe.feed(head, into: &scratch)
    probe.records.sampleParts(into: &scratch)
    // Names that only the sample holds stay in the table; nothing else of it is kept.
    swap(&scratch.symbols, &batch.symbols)
    records.intake.layouts = probe.records.intake.layouts
    records.intake.layouts.learn()
    records.intake.keepsLineFeeds = probe.records.intake.keepsLineFeeds
    records.logs.evidence = probe.records.logs.evidence
    records.logs.timeEvidence = probe.records.logs.timeEvidence
    records.named.learnedUnit = probe.records.named.durations?.units
  }
}
