internal import Archives
internal import Decoders

/// Takes the members of an input, large ones in pieces.
protocol PieceSink: AnyObject {
  func begin(_ member: MemberHeader)
  func bytes(_ bytes: BorrowedBytes)
  /// The member is cut here; `resume` follows at once.
  func cut()
  func resume(_ member: MemberHeader, offset: Int, line: Int)
  func end(complete: Bool)
}

/// Cuts large members where that can be done. A member is cut in the same places whatever the threads do, because what is
/// said of a piece, a note once a piece for one, must not depend on them.
final class CuttingSink: MemberSink {
  private let pieces: any PieceSink
  private var cutter: MemberCutter
  private var member = MemberHeader(input: "", path: "")

  init(_ pieces: any PieceSink, settings: ExtractSettings) {
    self.pieces = pieces
    cutter = MemberCutter(size: settings.stretchSize, settings: settings.decoders)
  }

  func beginMember(_ member: MemberHeader) {
    self.member = member
    cutter.begin(input: member.input, member: member.path)
    pieces.begin(member)
  }

  func memberBytes(_ bytes: BorrowedBytes) {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      guard let length = rest.withSpan({ cutter.advance($0) }) else {
        pieces.bytes(rest)
        return
      }
      if length > 0 { pieces.bytes(rest.extracting(0..<length)) }
      pieces.cut()
      pieces.resume(member, offset: cutter.offset, line: cutter.line)
      start += length
    }
  }

  func endMember(complete: Bool) { pieces.end(complete: complete) }
}

/// Decodes on the expanding thread itself.
final class DirectSink: PieceSink {
  var extraction: InputExtraction

  init(_ extraction: InputExtraction) { self.extraction = extraction }

  func begin(_ member: MemberHeader) { extraction.begin(member) }
  func bytes(_ bytes: BorrowedBytes) { bytes.withSpan { extraction.chunk($0) } }
  func cut() { extraction.cut() }
  func resume(_ member: MemberHeader, offset: Int, line: Int) { extraction.resume(member, offset: offset, line: line) }
  func end(complete: Bool) { extraction.end(complete: complete) }
}

/// Puts members into stretches for other threads to scan.
final class WorkUnitSink: PieceSink {
  private let ring: BoundedQueue
  private let stretchSize: Int
  private var stretch: WorkUnit?
  private var ordinal = 0
  private var bytes = 0
  private var parcel: ByteBuffer?

  /// - Parameters:
  ///   - ring: where stretches and parcels go.
  ///   - stretchSize: bytes after which the next member, or piece of one, begins a new stretch.
  init(_ ring: BoundedQueue, stretchSize: Int) {
    self.ring = ring
    self.stretchSize = stretchSize
  }

  func begin(_ member: MemberHeader) {
    if bytes >= stretchSize { endStretch() }
    mark(.begin(member))
  }

  func bytes(_ bytes: BorrowedBytes) {
    if let filled = parcel, !filled.hasRoom(for: bytes) {
      parcel = nil
      send(filled)
    }
    self.bytes += bytes.count
    fill { $0.take(bytes) }
  }

  func cut() { mark(.cut) }

  func resume(_ member: MemberHeader, offset: Int, line: Int) {
    if bytes >= stretchSize { endStretch() }
    mark(.resume(member, offset: offset, line: line))
  }

  func end(complete: Bool) { mark(.end(complete: complete)) }

  /// Ends the last stretch and sends the scanning threads home.
  func finish(scanners: Int) {
    endStretch()
    for _ in 0..<scanners { ring.open(nil) }
  }

  private func mark(_ mark: ByteBuffer.Mark) { fill { $0.marks.append(mark) } }

  private func fill(_ change: (inout ByteBuffer) -> Void) {
    var filling = parcel ?? ring.emptyParcel()
    parcel = nil
    change(&filling)
    if filling.isFull { send(filling) } else { parcel = filling }
  }

  private func send(_ parcel: ByteBuffer) {
    if stretch == nil {
      let opened = WorkUnit(ordinal)
      ordinal += 1
      stretch = opened
      ring.open(opened)
    }
    stretch?.put(parcel)
  }

  private func endStretch() {
    if let parcel { send(parcel) }
    parcel = nil
    stretch?.put(nil)
    stretch = nil
    bytes = 0
  }
}
