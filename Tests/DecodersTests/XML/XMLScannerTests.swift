// The scanner against libxml2 on well-formed XML, and on its own where libxml2 gives up.

@testable import Decoders
import CLibXML2
import Foundation
import TestSupport
import Testing

/// The events of a document as lines of text.
struct EventLineDecoder: XMLHandler {
  var lines: [String] = []
  var problems: [XMLProblem] = []
  var completed: [Bool] = []
  private var run: [UInt8] = []

  mutating func flush() {
    guard !run.isEmpty else { return }
    let text = String(decoding: run, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    lines.append("text " + text.replacingOccurrences(of: "\r", with: "\n"))
    run = []
  }
  mutating func start(_ tag: borrowing XMLTag) {
    flush()
    var line = "start " + tag.name
    for i in 0..<tag.count where !tag.name(i).hasPrefix("xmlns") {
      line += " \(tag.name(i).split(separator: ":").last ?? "")=\(tag.value(i))"
    }
    lines.append(line)
  }
  mutating func text(_ bytes: Span<UInt8>) { for i in bytes.indices { run.append(bytes[i]) } }
  mutating func end(_ name: String) {
    flush()
    lines.append("end " + name)
  }
  mutating func endDocument(complete: Bool) { completed.append(complete) }
  mutating func tooDeep(_ name: String) {}
  mutating func problem(_ problem: XMLProblem, line: Int) { problems.append(problem) }

  static func scan(_ bytes: [UInt8], chunk: Int) -> EventLineDecoder {
    var events = EventLineDecoder()
    var scanner = XMLScanner(maximumDepth: 256, maximumTag: 1 << 20)
    var start = 0
    while start < bytes.count {
      let end = min(start + chunk, bytes.count)
      scanner.feed(bytes.span.extracting(start..<end), &events)
      start = end
    }
    scanner.finish(&events)
    return events
  }
}

/// What libxml2 makes of the same bytes; nil where it finds an error.
@safe final class LibXML2Events {
  var lines: [String] = []
  var run: [UInt8] = []

  func flush() {
    guard !run.isEmpty else { return }
    let text = String(decoding: run, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
    lines.append("text " + text.replacingOccurrences(of: "\r", with: "\n"))
    run = []
  }

  /// Without entity substitution libxml2 hands `&amp;` in attributes over as `&#38;`.
  static func attribute(_ value: UnsafeBufferPointer<UInt8>) -> String {
    unsafe String(decoding: value, as: UTF8.self).replacingOccurrences(of: "&#38;", with: "&")
  }

  static func parse(_ bytes: [UInt8]) -> [String]? {
    let sink = LibXML2Events()
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = XML_SAX2_MAGIC
    unsafe handler.startElementNs = { context, name, _, _, _, _, count, _, attributes in
      guard let context = unsafe context, let name = unsafe name else { return }
      let sink = unsafe Unmanaged<LibXML2Events>.fromOpaque(context).takeUnretainedValue()
      sink.flush()
      var line = unsafe "start " + String(cString: name)
      for i in 0..<Int(count) {
        guard let attributes = unsafe attributes, let key = unsafe attributes[5 * i],
          let from = unsafe attributes[5 * i + 3], let to = unsafe attributes[5 * i + 4],
          !(unsafe String(cString: key).hasPrefix("xmlns"))
        else { continue }
        let value = unsafe UnsafeBufferPointer(start: from, count: to - from)
        unsafe line += " " + String(cString: key) + "=" + LibXML2Events.attribute(value)
      }
      sink.lines.append(line)
    }
    unsafe handler.endElementNs = { context, name, _, _ in
      guard let context = unsafe context, let name = unsafe name else { return }
      let sink = unsafe Unmanaged<LibXML2Events>.fromOpaque(context).takeUnretainedValue()
      sink.flush()
      unsafe sink.lines.append("end " + String(cString: name))
    }
    let characters: charactersSAXFunc = { context, bytes, count in
      guard let context = unsafe context, let bytes = unsafe bytes else { return }
      let sink = unsafe Unmanaged<LibXML2Events>.fromOpaque(context).takeUnretainedValue()
      unsafe sink.run += UnsafeBufferPointer(start: bytes, count: Int(count))
    }
    unsafe handler.characters = unsafe characters
    unsafe handler.cdataBlock = unsafe characters
    unsafe handler.ignorableWhitespace = unsafe characters
    unsafe handler.internalSubset = { context, _, _, _ in }
    let opaque = unsafe Unmanaged.passUnretained(sink).toOpaque()
    guard let parser = unsafe xmlCreatePushParserCtxt(&handler, opaque, nil, 0, nil) else { return nil }
    defer { unsafe xmlFreeParserCtxt(parser) }
    _ = unsafe xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue))
    let failed = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { text in
        unsafe xmlParseChunk(parser, text.baseAddress, Int32(text.count), 1)
      }
    }
    return unsafe failed == 0 && parser.pointee.wellFormed == 1 ? sink.lines : nil
  }
}

struct XMLScannerTests {
  @Test("well-formed reports give libxml2's events", .enabled(if: Corpus.isAvailable))
  func agreesWithLibXML2() throws {
    let root = Corpus.path("test-reports")
    var compared = 0
    for case let path as String in try #require(FileManager.default.enumerator(atPath: root)) {
      guard path.hasSuffix(".xml") || path.hasSuffix(".trx") else { continue }
      let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: root + "/" + path)))
      let head = String(decoding: bytes.prefix(400), as: UTF8.self)
      guard !head.contains("<!DOCTYPE"), XMLEncoding.detect(bytes.span).encoding == .utf8,
        let expected = LibXML2Events.parse(bytes)
      else { continue }
      let mine = EventLineDecoder.scan(bytes, chunk: 1 << 16)
      let difference = zip(mine.lines, expected).first { $0 != $1 }
      #expect(mine.lines.count == expected.count && difference == nil, "\(path): \(difference.map { "\($0)" } ?? "")")
      #expect(mine.problems.allSatisfy { !$0.recovers }, "\(path): \(mine.problems)")
      compared += 1
    }
    #expect(compared > 200)
  }

  @Test("where the chunks are cut makes no difference", arguments: [1, 2, 3, 7, 64])
  func chunks(_ size: Int) {
    let text = """
      <?xml version="1.0"?><!-- a -- b --><a x="1 &lt; 2" y='"'>t&amp;u é€😀 &#65;<![CDATA[ ]] ]>x]]><b/>\u{1B}[31mred
      <c n="`raw "quotes" < b`" m="&x;"/>&nope; & <</a>tail
      """
    let whole = EventLineDecoder.scan(Array(text.utf8), chunk: 1 << 20)
    let cut = EventLineDecoder.scan(Array(text.utf8), chunk: size)
    #expect(cut.lines == whole.lines)
    #expect(Set(cut.problems) == Set(whole.problems))
    #expect(whole.lines.contains("start c n=`raw \"quotes\" < b` m=&x;"))
    #expect(whole.lines.contains("text t&u é€😀 A ]] ]>x"))
  }

  @Test("control characters, bad bytes and bare markup are repaired and named")
  func repairs() {
    let bytes =
      Array("<a>x\u{1B}[1;31mred\u{1B}[0m\u{8}y &#27;[0mz &nope; & b".utf8) + [0xFF, 0xC3] + Array("</a>".utf8)
    let events = EventLineDecoder.scan(bytes, chunk: 1 << 16)
    #expect(events.lines == ["start a", "text xredy z &nope; & b\u{FFFD}\u{FFFD}", "end a"])
    #expect(Set(events.problems) == [.controlCharacter, .undefinedEntity, .rawAmpersand, .badUTF8])
    #expect(events.completed == [true])
  }

  @Test("end tags that do not match close what they can")
  func mismatched() {
    let events = EventLineDecoder.scan(Array("<a><b><c></b></x></a>".utf8), chunk: 1 << 16)
    #expect(events.lines == ["start a", "start b", "start c", "end c", "end b", "end a"])
    #expect(events.problems == [.mismatchedEnd, .strayEnd])
  }

  @Test("a DOCTYPE is stepped over, its entities stay as written")
  func doctype() {
    let text = "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\"><!-- ]> ' -->]><a>&e;</a>"
    let events = EventLineDecoder.scan(Array(text.utf8), chunk: 1 << 16)
    #expect(events.lines == ["start a", "text &e;", "end a"])
    #expect(events.problems == [.entityDeclarations, .undefinedEntity])
    let harmless = EventLineDecoder.scan(Array("<!DOCTYPE cunit SYSTEM \"x.dtd\"><a/>".utf8), chunk: 1 << 16)
    #expect(harmless.problems == [.externalDTD])
  }

  @Test("a start tag beyond the limit is cut, and what follows is read")
  func longTag() {
    let text = "<a><b n=\"" + String(repeating: "A", count: 3 << 20) + "\" m=\"/>\"/><c/></a>"
    let events = EventLineDecoder.scan(Array(text.utf8), chunk: 1 << 16)
    #expect(
      events.lines.map { String($0.prefix(9)) } == ["start a", "start b n", "end b", "start c", "end c", "end a"])
    #expect(events.problems == [.startTagLimit])
  }

  @Test("elements below the depth limit are left out and counted")
  func depth() {
    let text = String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000)
    let events = EventLineDecoder.scan(Array(text.utf8), chunk: 1 << 16)
    #expect(events.lines.count == 512)
    #expect(events.problems == [.depthLimit])
    #expect(events.completed == [true])
  }
}
