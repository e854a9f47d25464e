// Values of the collector's debug exporter as OTLP's JSON.

internal import Support

extension CollectorDump {
  /// `Str(x)`, `Int(1)`, `Double(0.5)`, `Bool(true)` as a value of OTLP; what is nested stays the text that it is.
  static func encode(_ value: Span<UInt8>, into out: inout [UInt8]) {
    func inner(_ type: StaticString) -> Range<Int>? {
      let start = type.utf8CodeUnitCount
      guard JSONScanner.matches(value, 0, type), value.count > start, value[value.count - 1] == 0x29 else { return nil }
      return start..<value.count - 1
    }
    let (key, text): (StaticString, Range<Int>)
    if let found = inner("Int(") {
      (key, text) = ("intValue", found)
    } else if let found = inner("Str(") {
      (key, text) = ("stringValue", found)
    } else if let found = inner("Bool("), FieldText.isWord(value.extracting(found), "true") {
      JSONQuote.appendPlain("{\"boolValue\":true}", to: &out)
      return
    } else if inner("Bool(") != nil {
      JSONQuote.appendPlain("{\"boolValue\":false}", to: &out)
      return
    } else if let found = inner("Double("), let number = FieldText.double(value.extracting(found)), number.isFinite {
      out += Array("{\"doubleValue\":\(number)}".utf8)
      return
    } else {
      (key, text) = ("stringValue", 0..<value.count)
    }
    JSONQuote.appendPlain("{\"", to: &out)
    JSONQuote.appendPlain(key, to: &out)
    JSONQuote.appendPlain("\":", to: &out)
    JSONQuote.append(value.extracting(text), to: &out)
    out.append(0x7D)
  }
}
