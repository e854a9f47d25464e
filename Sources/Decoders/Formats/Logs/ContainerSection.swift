// Sections of a dump that each hold the output of one container.

internal import Model
internal import Support

/// `==== START logs for container proxy of pod fair/orders-1 ====` and its `END`, the lines around a container's output (`kubectl
/// cluster-info dump`, kubernetes/kubectl, pkg/cmd/clusterinfo/clusterinfo_dump.go).
struct SectionMark {
  var isStart: Bool
  /// Where the container's name, or the workload's of a sidecar, lies in the line.
  var name: Range<Int>

  /// Nil for any other line.
  init?(_ line: Span<UInt8>) {
    guard line.count > 40, line[0] == 0x3D else { return nil }
    isStart = JSONScanner.matches(line, 0, "==== START logs for container ")
    guard isStart || JSONScanner.matches(line, 0, "==== END logs for container ") else { return nil }
    let start = isStart ? 30 : 28
    let end = ByteScan.find(0x20, in: line, from: start)
    guard end > start, JSONScanner.matches(line, end, " of pod ") else { return nil }
    let slash = ByteScan.find(0x2F, in: line, from: end &+ 8)
    let stop = ByteScan.find(0x20, in: line, from: end &+ 8)
    guard slash < stop, JSONScanner.matches(line, stop, " ====") else { return nil }
    name = LogOrigin.program(line, container: start..<end, pod: slash &+ 1..<stop)
  }
}

/// The section that the lines at hand stand in.
struct ContainerSection {
  /// What its mark told.
  var envelope: LineEnvelope
  /// Whether the headers of its lines are known, or were looked for.
  var isLearned: Bool
  /// How many streams there were before it: those behind are its own.
  var firstStream: Int
  /// Whether no line of it came yet.
  var isFresh = true
  /// Its first lines, as long as they are not.
  var held: [UInt8] = []
  var lines: [(end: Int, number: Int)] = []

  /// How much teaches the headers of a container's lines.
  var isFull: Bool { lines.count >= 256 || held.count >= 64 << 10 }
}

extension JSONRecords {
  /// The section that begins with a mark.
  func section(_ mark: SectionMark, _ line: Span<UInt8>, into batch: inout RecordBatch) -> ContainerSection {
    var envelope = LineEnvelope()
    envelope.name(batch.symbols.intern(line.extracting(mark.name)), .container)
    return ContainerSection(
      envelope: envelope, isLearned: intake.layouts.knows(envelope.component), firstStream: intake.streams.indices.count
    )
  }

  /// Learns the headers of a container's lines out of those that are held.
  mutating func learn(_ section: ContainerSection, into batch: inout RecordBatch) {
    var probe = self
    probe.intake.layouts = LogLayouts(clock: intake.unwrapper.times.clock)
    var evidence = TextEvidence()
    var start = 0
    for (end, _) in section.lines {
      let line = section.held.span.extracting(start..<end)
      start = end
      probe.withPlain(line) { $0.learnLine($1, section.envelope, &evidence, into: &batch) }
    }
    intake.layouts.learn(section.envelope.component, from: probe.intake.layouts)
    intake.knowsDigits = probe.intake.knowsDigits
  }
}

extension JSONMemberDecoder {
  /// Takes a mark, or a line that waits until the headers of its container's are learned; false for a line that can be read.
  mutating func takesSection(_ text: Span<UInt8>, line: Int, into batch: inout RecordBatch) -> Bool {
    if let mark = SectionMark(text) {
      endSection(into: &batch)
      if mark.isStart { records.intake.section = records.section(mark, text, into: &batch) }
      records.recognized &+= 1
      batch.recordCounts.repair("collectorLine")
      return true
    }
    guard var section = records.intake.section, !section.isLearned || section.isFresh else { return false }
    // What kubectl says where a container has no output.
    if section.isFresh,
      JSONScanner.matches(text, 0, "Request log error: ") || JSONScanner.matches(text, 0, "Create log request error: ")
    {
      batch.recordCounts.repair("collectorLine")
      return true
    }
    records.intake.section = nil
    section.isFresh = false
    let isHeld = !section.isLearned
    if isHeld {
      section.held.append(copying: text)
      section.lines.append((section.held.count, line))
    }
    let isFull = section.isFull
    records.intake.section = section
    if isFull { releaseSection(into: &batch) }
    return isHeld
  }

  /// Ends the section at hand: what is open in it ends, too.
  mutating func endSection(into batch: inout RecordBatch) {
    guard let section = records.intake.section else { return }
    releaseSection(into: &batch)
    // Of others' streams nothing is open: only its own end.
    let (own, count) = (records.intake.stream(section.envelope), records.intake.streams.indices.count)
    if own < section.firstStream { records.finishStream(own, into: &batch) }
    for stream in min(section.firstStream, count)..<count { records.finishStream(stream, into: &batch) }
    walkPending(line: 0, into: &batch)
    records.intake.section = nil
  }

  /// Learns from the lines that wait, and reads them.
  private mutating func releaseSection(into batch: inout RecordBatch) {
    guard let section = records.intake.section, !section.isLearned else { return }
    records.intake.section?.isLearned = true
    records.intake.section?.held = []
    records.intake.section?.lines = []
    records.learn(section, into: &batch)
    var start = 0
    for (end, number) in section.lines {
      takeTextLine(section.held.span.extracting(start..<end), line: number, into: &batch)
      start = end
    }
  }
}
