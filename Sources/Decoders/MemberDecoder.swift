// The room Decoders: the bytes of one member in, records with their places out; the content tells the format.
// It never joins records of different members, corrects a clock, or drops anything without counting it.

internal import Support
package import Model

/// Decodes one member: finds its format from the first bytes, then hands everything to that format's decoder.
///
/// The sniffing order is: a rule of the settings, XML, JSON, a table with known columns, log lines. What is none of them
/// gives the note `unrecognizedFormat` and no records.
package struct MemberDecoder {
  private var context: MemberContext
  private let rule: FormatRule?
  /// The member's first bytes while there are too few to choose.
  private var head: [UInt8] = []
  private var decoder: (any FormatDecoder)?
  /// Whether lines end in a carriage return alone, as on the first Macs; each is read as a line feed.
  private var hasReturns = false

  /// Registers the member in the batch's source table.
  package init(input: String, member: String, settings: DecoderSettings, batch: inout RecordBatch) {
    let number = batch.sources.add(input: input, member: member)
    context = MemberContext(input: input, member: member, number: number, settings: settings)
    rule = settings.rule(input: input, member: member)
  }

  /// Goes on reading a member behind a cut of the `MemberCutter`.
  ///
  /// - Parameters:
  ///   - input: the input as the user named it.
  ///   - member: the path inside it.
  ///   - offset: of the first byte to come, in the member.
  ///   - line: its 1-based line.
  ///   - settings: those that the member's beginning was read with.
  ///   - batch: the member is registered in its source table.
  package init(
    input: String, member: String, continuingAt offset: Int, line: Int, settings: DecoderSettings,
    batch: inout RecordBatch
  ) {
    self.init(input: input, member: member, settings: settings, batch: &batch)
    decoder = JSONMemberDecoder(context: context, rule: rule, continuingAt: offset, line: line)
  }

  /// The format's name once it is known, else the empty text.
  package var format: String { decoder?.format ?? "" }

  package mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if decoder != nil {
      if hasReturns {
        decoder?.feed(Self.withLineFeeds(bytes).span, into: &batch)
      } else {
        decoder?.feed(bytes, into: &batch)
      }
      return
    }
    if head.isEmpty, bytes.count >= Sniffer.headSize {
      choose(bytes.extracting(first: Sniffer.headSize), into: &batch)
      feed(bytes, into: &batch)
      return
    }
    head.append(copying: bytes)
    if head.count >= Sniffer.headSize { decideOnHead(into: &batch) }
  }

  /// Says, before `finish`, that the member goes on elsewhere: values of no known kind are skipped records then, and not
  /// the sign of a foreign format.
  package mutating func cut() {
    guard var json = decoder as? JSONMemberDecoder else { return }
    json.records.isContinued = true
    decoder = json
  }

  package mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    if decoder == nil { decideOnHead(into: &batch) }
    decoder?.finish(complete: complete, into: &batch)
  }

  private mutating func decideOnHead(into batch: inout RecordBatch) {
    let bytes = head
    head = []
    choose(bytes.span.extracting(first: Sniffer.headSize), into: &batch)
    feed(bytes.span, into: &batch)
  }

  /// Whether a text has carriage returns and not one line feed.
  private static func endsLinesInReturns(_ head: Span<UInt8>) -> Bool {
    if ByteScan.find(0x0D, in: head, from: 0) == head.count || ByteScan.lineEnd(head, 0) < head.count { return false }
    var returns = 0
    for i in head.indices {
      if head[i] == 0 { return false }
      if head[i] == 0x0D { returns &+= 1 }
    }
    return returns >= 2
  }

  private static func withLineFeeds(_ bytes: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(copying: bytes)
    for i in copy.indices where copy[i] == 0x0D { copy[i] = 0x0A }
    return copy
  }

  private mutating func choose(_ head: Span<UInt8>, into batch: inout RecordBatch) {
    if !hasReturns, Self.endsLinesInReturns(head) {
      hasReturns = true
      choose(Self.withLineFeeds(head).span, into: &batch)
      return
    }
    let format = Sniffer.sniff(head, rule: rule)
    if rule == nil, AllureEnvironmentDecoder.names(context.member.isEmpty ? context.input : context.member) {
      decoder = AllureEnvironmentDecoder(context: context)
      return
    }
    if rule == nil, case .json = format, ContainerDescriptions.recognizes(head) {
      decoder = ContainerDescriptions(context: context)
      return
    }
    decoder = Self.decoder(for: format, rule: rule, context: context, learning: head, into: &batch)
  }

  /// A format's decoder that has learned from the member's first bytes.
  static func decoder(
    for format: SniffedFormat, rule: FormatRule?, context: MemberContext, learning head: Span<UInt8>,
    into batch: inout RecordBatch
  ) -> any FormatDecoder {
    switch format {
    case .table(let delimiter):
      var table = TableDecoder(context: context, rule: rule, delimiter: delimiter)
      table.learn(head: head)
      return table
    case .otlpProtobuf(let wire):
      var binary = OTLPProtobufDecoder(context: context, wire: wire)
      binary.learn(head: head, into: &batch)
      return binary
    case .json, .numberedJSON:
      var json = JSONMemberDecoder(context: context, rule: rule)
      json.isNumbered = format == .numberedJSON
      json.learn(head: head, into: &batch)
      return json
    default: return Self.decoder(for: format, rule: rule, context: context)
    }
  }

  /// The sniffing table: which decoder reads which family.
  static func decoder(for format: SniffedFormat, rule: FormatRule?, context: MemberContext) -> any FormatDecoder {
    switch format {
    case .xml: XMLReportDecoder(context: context)
    case .json, .numberedJSON: JSONMemberDecoder(context: context, rule: rule)
    case .reportJSON(let dialect): JSONReportDecoder(context: context, dialect: dialect)
    case .tap: TAPDecoder(context: context)
    case .table(let delimiter): TableDecoder(context: context, rule: rule, delimiter: delimiter)
    case .logLines: PlainLogDecoder(context: context)
    case .journalExport: JournalExportDecoder(context: context)
    case .journalVerbose: JournalExportDecoder(context: context, isVerbose: true)
    case .windowsEvents: WindowsEventDecoder(context: context)
    case .windowsText: WindowsTextDecoder(context: context)
    case .eventStream: EventStreamDecoder(context: context, rule: rule)
    case .utf16(let bigEndian): UTF16Decoder(context: context, rule: rule, bigEndian: bigEndian)
    case .otlpProtobuf(let wire): OTLPProtobufDecoder(context: context, wire: wire)
    case .binary: UnknownDecoder(context: context, isEmpty: false)
    case .empty: UnknownDecoder(context: context, isEmpty: true)
    }
  }
}

/// Reads nothing and says so.
struct UnknownDecoder: FormatDecoder {
  let format = "unknown"
  var context: MemberContext
  let isEmpty: Bool
  /// What the first bytes look like.
  private var look: MessageText = ""
  private var sawBytes = false

  init(context: MemberContext, isEmpty: Bool) {
    self.context = context
    self.isEmpty = isEmpty
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    if !sawBytes, !bytes.isEmpty { look = ForeignContent.describe(binary: bytes) }
    sawBytes = sawBytes || !bytes.isEmpty
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    if isEmpty {
      context.report("emptyMember", .note, at: .whole, "nothing in it", into: &batch)
    } else {
      context.report("unrecognizedFormat", .note, at: .whole, look, into: &batch)
    }
    context.close(into: &batch)
  }
}

/// Turns UTF-16 text into UTF-8 and sniffs that.
struct UTF16Decoder: FormatDecoder {
  var format: String { inner.format ?? "UTF-16 text" }
  private var units: UTF16Units
  private var isStart = true
  private var inner: UnwrappedMember

  init(context: MemberContext, rule: FormatRule?, bigEndian: Bool) {
    inner = UnwrappedMember(context: context, rule: rule)
    units = UTF16Units(bigEndian: bigEndian, torn: Array("\u{FFFD}".utf8))
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    units.decode(bytes, into: &out)
    pass(out, last: false, into: &batch)
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    var out: [UInt8] = []
    units.finish(into: &out)
    pass(out, last: true, into: &batch)
    inner.finish(complete: complete, into: &batch)
  }

  private mutating func pass(_ bytes: [UInt8], last: Bool, into batch: inout RecordBatch) {
    var bytes = bytes
    if isStart, !bytes.isEmpty {
      isStart = false
      // The mark of the byte order.
      if bytes.starts(with: "\u{FEFF}".utf8) { bytes.removeFirst(3) }
    }
    inner.feed(bytes, isLast: last, otherwise: { if case .utf16 = $0 { .binary } else { nil } }, into: &batch)
  }
}
