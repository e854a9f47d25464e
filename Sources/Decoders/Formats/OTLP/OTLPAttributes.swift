// The attributes of an OTLP log record as one JSON object, the same out of both encodings.

internal import Model
internal import Support

enum OTLPAttributes {
  /// The object of attributes in OTLP/JSON, checked before.
  static func object(_ b: Span<UInt8>, json attributes: Range<Int>) -> [UInt8] {
    // CloudWatch holds them as one plain object.
    if !attributes.isEmpty, b[attributes.lowerBound] == 0x7B { return [UInt8](copying: b.extracting(attributes)) }
    var list = Array(#"{"kvlistValue":{"values":"#.utf8)
    list.append(copying: b.extracting(attributes))
    list += Array("}}".utf8)
    return OTLPBody(list.span, json: 0..<list.count).bytes
  }

  /// The object of attributes in binary OTLP.
  static func object(_ b: Span<UInt8>, protobuf attributes: [Range<Int>]) -> [UInt8] {
    // A list of pairs as the body of a record has it (common.proto, KeyValueList).
    var list = ByteWriter()
    for attribute in attributes {
      list.byte(0x0A)
      list.unsigned(UInt64(attribute.count))
      list.raw(b.extracting(attribute))
    }
    var body = ByteWriter()
    body.byte(0x32)
    body.blob(list.bytes)
    return OTLPBody(body.bytes.span, protobuf: 0..<body.bytes.count).bytes
  }
}

/// Records without a body whose attributes hold an exception (semantic conventions, "Exceptions in logs"): what it says is what the
/// record says.
enum OTLPExceptions {
  /// Gives a record without a text that of its exception.
  static func take(_ object: [UInt8], _ log: inout LogLine, _ texts: inout JSONTexts) {
    let b = object.span
    guard object.count > 2, b[0] == 0x7B else { return }
    var type: JSONStringSlice?
    var message: JSONStringSlice?
    var reader = JSONScanner(at: 0)
    _ = reader.eachMember(b) { reader, key in
      let isType = JSONScanner.equals(b, key, "exception.type")
      guard isType || JSONScanner.equals(b, key, "exception.message") || JSONScanner.equals(b, key, "message"),
        reader.peek(b) == 0x22
      else { return reader.skipValue(b) }
      guard let text = reader.keyText(b) else { return false }
      if isType { type = text } else { message = text }
      return true
    }
    guard let type else {
      if let message { texts.appendMessage(b, message, stripsHeader: false, &log) }
      return
    }
    var line = [UInt8](copying: b.extracting(type.start..<type.end))
    if let message {
      line += [0x3A, 0x20]
      line.append(copying: b.extracting(message.start..<message.end))
    }
    let text = JSONStringSlice(start: 0, end: line.count, isEscaped: type.isEscaped || message?.isEscaped == true)
    texts.appendMessage(line.span, text, stripsHeader: false, &log)
  }
}
