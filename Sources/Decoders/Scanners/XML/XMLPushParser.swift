// libxml2's SAX2 push parser as the reader of one document, from its root element to that element's end.
//
// Everything well-formed is its work. It never sees a DOCTYPE (the scanner steps over what stands before the root), resolves
// nothing but the five entities of XML, and is stopped where a limit is hit. After each callback the place up to which
// everything was told is known to the byte: there the scanner goes on where this parser stops.
//
// It is pushed the same slices of a document wherever the pieces end that come, and nothing but text: what it makes of bytes that are
// none (it reads on as Latin-1 to the end of the slice) would depend on how many come with them.

internal import CLibXML2
internal import Glibc
internal import Support

/// One parser. A reference, because C holds the address of its state.
@safe final class XMLPushParser {
  enum Outcome {
    /// All was taken, and more may come.
    case more
    /// The root element has ended: the bytes from `told` on are not the document's.
    case ended
    /// The text is not well-formed at `told`, or beyond a limit.
    case stopped
  }

  let state: UnsafeMutablePointer<XMLParserState>
  private let maximumTag: Int
  /// Bytes that came and were not told yet: they begin at `told`.
  var untold: [UInt8] = []
  /// How many of them the parser has, where it stopped because what follows is no text.
  private(set) var sound = 0
  /// Bytes behind those that are less than a slice.
  private var pending: [UInt8] = []
  /// Whether a CDATA section is open that is told past the parser, which would look through all of it with every chunk.
  var passesCDATA = false

  /// Bytes that are pushed at once: what is a start tag and not complete then is long.
  static let sliceSize = 16 << 10
  /// A long start tag may have this many attributes: the parser compares each with all.
  private static let attributeLimit = 2000
  private static let isPrepared: Void = forbid_external_entities()

  /// - Parameters:
  ///   - maximumDepth: elements that may be open.
  ///   - maximumTag: bytes of the longest start tag, comment or instruction.
  ///   - line: the 1-based line on which the root element begins.
  init?(maximumDepth: Int, maximumTag: Int, line: Int) {
    self.maximumTag = maximumTag
    _ = Self.isPrepared
    unsafe state = UnsafeMutablePointer<XMLParserState>.allocate(capacity: 1)
    unsafe state.initialize(to: XMLParserState(maximumDepth: maximumDepth, line: line))
    var handler = unsafe XMLParserCallbacks.handler
    guard let context = unsafe xmlCreatePushParserCtxt(&handler, state, nil, 0, nil) else { return nil }
    _ = unsafe xmlCtxtUseOptions(context, hardened_xml_options())
    unsafe state.pointee.context = unsafe context
  }

  deinit {
    if let context = unsafe state.pointee.context { unsafe xmlFreeParserCtxt(context) }
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  /// How many bytes of the document were told.
  var told: Int { unsafe state.pointee.told }
  /// The 1-based line there.
  var toldLine: Int { unsafe state.pointee.toldLine }
  var isInCDATA: Bool { unsafe state.pointee.isInCDATA }
  /// The names of the open elements, the root first.
  var open: [String] { unsafe state.pointee.open }

  /// Reads the document's next bytes.
  func feed<Handler: XMLHandler>(_ bytes: Span<UInt8>, _ handler: inout Handler) -> Outcome {
    unsafe withUnsafeMutablePointer(to: &handler) { target in
      unsafe state.pointee.target = UnsafeMutableRawPointer(target)
      unsafe state.pointee.calls = XMLHandlerCalls(of: Handler.self)
      defer { unsafe state.pointee.target = nil }
      var i = 0
      while !pending.isEmpty {
        let end = min(i + Self.sliceSize - pending.count, bytes.count)
        pending.append(copying: bytes.extracting(i..<end))
        i = end
        guard pending.count == Self.sliceSize else { return .more }
        let outcome = readPending(isLast: false)
        if outcome == .more { continue }
        untold.append(copying: bytes.extracting(i..<bytes.count))
        return outcome
      }
      return read(bytes.extracting(i..<bytes.count), isLast: false)
    }
  }

  /// The text has ended: the last bytes are told as far as they go.
  func finish<Handler: XMLHandler>(_ handler: inout Handler) {
    unsafe withUnsafeMutablePointer(to: &handler) { target in
      unsafe state.pointee.target = UnsafeMutableRawPointer(target)
      unsafe state.pointee.calls = XMLHandlerCalls(of: Handler.self)
      defer { unsafe state.pointee.target = nil }
      guard readPending(isLast: true) == .more, !passesCDATA, let context = unsafe state.pointee.context else { return }
      let received = told + untold.count
      _ = unsafe xmlParseChunk(context, "", 0, 1)
      keep(received - told)
    }
  }

  /// Whether the root element has ended.
  var hasEnded: Bool { unsafe state.pointee.hasEnded }

  private func readPending(isLast: Bool) -> Outcome {
    var held: [UInt8] = []
    swap(&held, &pending)
    return read(held.span, isLast: isLast)
  }

  /// Reads bytes, with nothing pending; where more may come, what is left of them is pending, else nobody's.
  private func read(_ bytes: Span<UInt8>, isLast: Bool) -> Outcome {
    let (next, outcome) = readSlices(bytes, isLast: isLast)
    let left = bytes.extracting(next..<bytes.count)
    if outcome == .more { pending.append(copying: left) } else { untold.append(copying: left) }
    return outcome
  }

  /// Reads whole slices, the last bytes of the text whatever they are.
  ///
  /// - Returns: where it ended.
  private func readSlices(_ bytes: Span<UInt8>, isLast: Bool) -> (next: Int, outcome: Outcome) {
    var i = 0
    while i < bytes.count {
      let outcome: Outcome
      if passesCDATA {
        (i, outcome) = passCDATA(bytes, i)
      } else {
        guard isLast || bytes.count - i >= Self.sliceSize else { break }
        var end = min(i + Self.sliceSize, bytes.count)
        if end < bytes.count || !isLast { end = XMLText.wholeEnd(bytes, i, end) }
        let valid = XMLText.validEnd(bytes, i, end)
        outcome = valid > i ? push(bytes.extracting(i..<valid)) : .more
        i = valid
        if outcome == .more, valid < end {
          sound = untold.count
          return (i, .stopped)
        }
      }
      if outcome != .more { return (i, outcome) }
    }
    return (i, .more)
  }

  private func push(_ slice: Span<UInt8>) -> Outcome {
    guard let context = unsafe state.pointee.context, !isTooLong else {
      untold.append(copying: slice)
      return .stopped
    }
    let received = told + untold.count + slice.count
    unsafe slice.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { text in
        _ = unsafe xmlParseChunk(context, text.baseAddress, Int32(text.count), 0)
      }
    }
    let isOver = unsafe state.pointee.hasEnded || state.pointee.isRefused || xml_is_well_formed(context) == 0
    if !isOver { unsafe state.pointee.advance() }
    let wanted = received - told
    if wanted <= slice.count {
      if !untold.isEmpty { untold.removeAll(keepingCapacity: true) }
      if wanted > 0 { untold.append(copying: slice.extracting(last: wanted)) }
    } else {
      untold.append(copying: slice)
      keep(wanted)
    }
    if isOver { return unsafe state.pointee.hasEnded ? .ended : .stopped }
    if unsafe xml_is_in_cdata(context) != 0 { return startPassing() ? .more : .stopped }
    return .more
  }

  /// Keeps the last bytes of those that were not told.
  private func keep(_ wanted: Int) { if untold.count > wanted { untold.removeFirst(untold.count - max(0, wanted)) } }

  /// Whether a token that is not complete is longer than is let pass, or a start tag with too many attributes.
  private var isTooLong: Bool {
    guard untold.count > Self.sliceSize else { return false }
    if untold.count > maximumTag { return true }
    guard untold[0] == 0x3C, XMLText.isName(untold[1]) else { return false }
    var attributes = 0
    for i in 1..<untold.count where untold[i - 1] == 0x3D && (untold[i] == 0x22 || untold[i] == 0x27) {
      attributes += 1
    }
    return attributes > Self.attributeLimit
  }
}
