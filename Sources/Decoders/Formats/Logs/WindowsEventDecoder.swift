// Windows events in XML (schemas.microsoft.com/win/2004/08/events/event), as Event Viewer and wevtutil write them.

internal import Model
internal import Support

/// Reads `Event` elements, whatever stands around them.
///
/// Provider, level, time and message are taken out of `System`, `RenderingInfo` and `EventData`; an event is read as soon as it
/// ends. What looks like an event and does not end within the limit of a line is left out and told.
struct WindowsEventDecoder: ChunkedDecoder {
  let format = "Windows events"
  var carry = PendingBytes()
  private var json: JSONMemberDecoder
  private var base = 0

  init(context: MemberContext) { json = JSONMemberDecoder(context: context, rule: nil) }

  private static let schema: StaticString = "schemas.microsoft.com/win/2004/08/events/event"

  /// Whether the first bytes of a member have the schema's name.
  static func recognizes(_ head: Span<UInt8>) -> Bool {
    let limit = min(head.count, 4096)
    var i = 0
    while i < limit {
      i = ByteScan.find(0x73, in: head, from: i)
      if i < limit, JSONScanner.matches(head, i, schema) { return true }
      i += 1
    }
    return false
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    finishCarry(into: &batch)
    if json.records.recognized == 0 {
      json.records.context.report("noRecords", .note, at: .whole, "no event in it", into: &batch)
    }
    json.finishText(into: &batch)
  }

  mutating func process(_ b: Span<UInt8>, isFinal: Bool, into batch: inout RecordBatch) -> Int {
    var i = 0
    while i < b.count {
      let start = find("<Event", in: b, from: i)
      guard start < b.count else {
        i = isFinal ? b.count : max(i, b.count - 6)
        break
      }
      let after = start + 6
      guard after < b.count else {
        i = isFinal ? b.count : start
        break
      }
      // `<Events>` and `<EventData>` are other elements.
      guard b[after] <= 0x20 || b[after] == 0x3E else {
        i = after
        continue
      }
      let end = find("</Event>", in: b, from: after)
      guard end < b.count else {
        if isFinal || b.count - start > json.records.context.settings.limits.line {
          json.records.recognized += 1
          batch.recordCounts.skip("cutOff")
          json.records.context.report(
            "cutOff", .error, at: .offset(base + start), "an event that does not end was left out", into: &batch)
          i = b.count
        } else {
          i = start
        }
        break
      }
      take(b.extracting(start..<end), at: base + start, into: &batch)
      i = end + 8
    }
    base += i
    return i
  }

  private func find(_ text: StaticString, in b: Span<UInt8>, from start: Int) -> Int {
    var i = start
    while i < b.count {
      i = ByteScan.find(0x3C, in: b, from: i)
      if JSONScanner.matches(b, i, text) { return i }
      i += 1
    }
    return b.count
  }

  private mutating func take(_ event: Span<UInt8>, at offset: Int, into batch: inout RecordBatch) {
    var around = json.records.origin(into: &batch)
    var message: [UInt8] = []
    var data: [UInt8] = []
    var id: [UInt8] = []
    var tags = XMLPieces(event)
    while let piece = tags.next() {
      if piece.isNamed("Provider") {
        if let name = piece.attribute("Name") ?? piece.attribute("EventSourceName") {
          around.name(batch.symbols.intern(name.span), .container)
        }
      } else if piece.isNamed("TimeCreated") {
        if let time = piece.attribute("SystemTime"),
          let moment = FieldText.moment(time.span, times: json.records.intake.unwrapper.times)
        {
          (around.time, around.hasZone) = moment
        }
      } else if piece.isNamed("Level") {
        if let level = FieldText.int(piece.text.span) { around.severity = LevelScale.windows.severity(level) }
      } else if piece.isNamed("EventID") {
        id = piece.text
      } else if piece.isNamed("Message") {
        message = piece.text
      } else if piece.isNamed("Data"), !piece.text.isEmpty {
        if !data.isEmpty { data.append(0x20) }
        data += piece.text
      }
    }
    if message.isEmpty { message = data.isEmpty ? Array("event ".utf8) + id : data }
    json.takeCarriedText(message.span, isPartial: false, around, at: offset, into: &batch)
  }
}

/// Start tags and the text right behind each, one after another, out of one small piece of XML.
private struct XMLPieces {
  struct Piece {
    /// The tag without its brackets.
    var tag: [UInt8]
    /// The text up to the next tag, entities resolved.
    var text: [UInt8]

    func isNamed(_ name: StaticString) -> Bool {
      let count = name.utf8CodeUnitCount
      guard JSONScanner.matches(tag.span, 0, name) else { return false }
      return tag.count == count || tag[count] <= 0x20 || tag[count] == 0x2F
    }

    func attribute(_ name: StaticString) -> [UInt8]? {
      var i = 0
      let count = name.utf8CodeUnitCount
      while i + count + 2 < tag.count {
        if tag[i] <= 0x20, JSONScanner.matches(tag.span, i + 1, name), tag[i + 1 + count] == 0x3D {
          let quote = tag[i + 2 + count]
          guard quote == 0x22 || quote == 0x27 else { return nil }
          let start = i + 3 + count
          guard let end = tag[start...].firstIndex(of: quote) else { return nil }
          return XMLPieces.resolved(tag.span.extracting(start..<end))
        }
        i += 1
      }
      return nil
    }
  }

  private let bytes: [UInt8]
  private var i = 0

  init(_ b: Span<UInt8>) { bytes = Array(copying: b) }

  mutating func next() -> Piece? {
    let held = bytes
    let b = held.span
    while i < b.count {
      let open = ByteScan.find(0x3C, in: b, from: i)
      guard open + 1 < b.count else { break }
      let close = ByteScan.find(0x3E, in: b, from: open)
      guard close < b.count else { break }
      i = close + 1
      guard b[open + 1] != 0x2F, b[open + 1] != 0x21, b[open + 1] != 0x3F else { continue }
      let end = ByteScan.find(0x3C, in: b, from: i)
      return Piece(
        tag: Array(copying: b.extracting(open + 1..<close)), text: Self.resolved(b.extracting(i..<end)))
    }
    return nil
  }

  /// The text with its five named entities and character references resolved; white space around it is left out.
  static func resolved(_ b: Span<UInt8>) -> [UInt8] {
    let range = FieldText.trimmed(b)
    var out: [UInt8] = []
    var i = range.lowerBound
    while i < range.upperBound {
      guard b[i] == 0x26 else {
        out.append(b[i])
        i += 1
        continue
      }
      let end = min(ByteScan.find(0x3B, in: b, from: i), range.upperBound)
      let name = b.extracting(i + 1..<max(end, i + 1))
      guard end < range.upperBound, name.count <= 8, let scalar = scalar(name) else {
        out.append(b[i])
        i += 1
        continue
      }
      UTF8Check.append(scalar, to: &out)
      i = end + 1
    }
    return out
  }

  private static func scalar(_ name: Span<UInt8>) -> UInt32? {
    for (entity, scalar) in [("lt", 0x3C), ("gt", 0x3E), ("amp", 0x26), ("quot", 0x22), ("apos", 0x27)]
      as [(StaticString, UInt32)]
    where name.count == entity.utf8CodeUnitCount && JSONScanner.matches(name, 0, entity) {
      return scalar
    }
    guard name.count > 1, name[0] == 0x23 else { return nil }
    let isHex = name[1] | 0x20 == 0x78
    var value: UInt32 = 0
    for i in (isHex ? 2 : 1)..<name.count {
      let digit = hexDigit(name[i])
      guard digit < (isHex ? 16 : 10) else { return nil }
      value = value &* (isHex ? 16 : 10) &+ UInt32(digit)
    }
    return value > 0 && value <= 0x10FFFF && value & 0xFFFF_F800 != 0xD800 ? value : nil
  }
}
