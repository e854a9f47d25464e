// What stands inside of another encoding of a whole member.

internal import Model

/// Sniffs the bytes that an outer decoder unwrapped, and hands them to the decoder of their format, as `MemberDecoder` does with a member's own.
struct UnwrappedMember {
  private let context: MemberContext
  private let rule: FormatRule?
  private var decoder: (any FormatDecoder)?
  /// Bytes while there are too few to choose a decoder.
  private var head: [UInt8] = []

  init(context: MemberContext, rule: FormatRule?) {
    self.context = context
    self.rule = rule
  }

  /// The format's name; nil where none was chosen yet.
  var format: String? { decoder?.format }

  /// - Parameters:
  ///   - bytes: the next ones.
  ///   - isLast: whether no more come.
  ///   - otherwise: the format to be read where another wrapping would be, for nothing is wrapped twice.
  ///   - batch: takes the records.
  mutating func feed(
    _ bytes: [UInt8], isLast: Bool, otherwise: (SniffedFormat) -> SniffedFormat?, into batch: inout RecordBatch
  ) {
    if decoder != nil {
      decoder?.feed(bytes.span, into: &batch)
      return
    }
    head += bytes
    guard isLast || head.count >= Sniffer.headSize else { return }
    let whole = head
    head = []
    let start = whole.span.extracting(first: Sniffer.headSize)
    let sniffed = Sniffer.sniff(start, rule: rule)
    let format = otherwise(sniffed) ?? sniffed
    decoder = MemberDecoder.decoder(for: format, rule: rule, context: context, learning: start, into: &batch)
    decoder?.feed(whole.span, into: &batch)
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    decoder?.finish(complete: complete, into: &batch)
  }
}
