// The two readers of XML together: libxml2 as far as the text is well-formed, the scanner from there on, nothing twice and
// nothing lost between them.

import CLibXML2
import Foundation
import Model
import Support
import TestSupport
import Testing

@testable import Decoders

/// What both readers make of a text that comes in pieces.
private func read(_ bytes: [UInt8], chunk: Int) -> (events: EventLineDecoder, reader: XMLReader) {
  var events = EventLineDecoder()
  var reader = XMLReader(maximumDepth: 256, maximumTag: 1 << 20)
  var start = 0
  while start < bytes.count {
    let end = min(start + chunk, bytes.count)
    reader.feed(bytes.span.extracting(start..<end), &events)
    start = end
  }
  reader.finish(&events)
  events.flush()
  return (events, reader)
}

struct XMLReaderTests {
  @Test("every well-formed report goes through libxml2", .enabled(if: Corpus.isAvailable))
  func wellFormed() throws {
    let root = Corpus.path("test-reports")
    var (wellFormed, stopped) = (0, 0)
    for case let path as String in try #require(FileManager.default.enumerator(atPath: root)) {
      guard path.hasSuffix(".xml") || path.hasSuffix(".trx") else { continue }
      let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: root + "/" + path)))
      let isWellFormed = LibXML2Events.parse(bytes) != nil
      let report = ReadReport(bytes)
      guard let file = report.files.last, !file.parser.isEmpty else { continue }
      #expect((file.parser == "libxml2") == (file.parserStoppedAt < 0), "\(path)")
      if isWellFormed {
        wellFormed += 1
        #expect(file.parser == "libxml2", "\(path) at byte \(file.parserStoppedAt)")
      } else if file.parser == "scanner" {
        stopped += 1
        #expect(report.codes.contains("parserStopped"), "\(path)")
      }
    }
    #expect(wellFormed > 230 && stopped > 5, "\(wellFormed) well-formed, \(stopped) not")
  }

  private static let texts = [
    "<a/>", "<a></a>", "<a x='1'>t</a>", "  \n<?xml version='1.0'?>\n<!-- c --><a>\n<b/>\n</a>\n<!-- d -->\n",
    "<a><![CDATA[x]]></a>", "<a><![CDATA[]]><![CDATA[ ]] ]> ]]]></a>",
    "<a m='&lt;1&amp;2&#10;é😀' n=\"&quot;\">&gt;&#65;é</a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a><b/></a>",
    "<a>one</a><a>two</a>\n<a x='3'/>", "log line\n<a><b/></a> tail",
    "<a>\u{1B}[31mred<b/></a>", "<a><b x=\"1<2\"/><c/></a>", "<a><b>&nope;</b></a>", "<a><b></a>",
    "<a><b x='1' x='2'/></a>",
    "<a><![CDATA[ok \u{1}bad]]></a>", "<a><b", "<a><b>text", "<a><![CDATA[open", "<a>é</a", "<a><b/>\0</a>",
    "<p:a xmlns:p='u'><p:b p:x='1' y='2'/></p:a>", "<a/><a/><", "<a/>x<a>&x;</a><a/>",
  ]

  @Test("both readers tell what the scanner alone tells, wherever the chunks are cut", arguments: texts)
  func sameEvents(_ text: String) {
    let long = text.replacing("[CDATA[ok", with: "[CDATA[" + String(repeating: "ok]] é\n", count: 9000))
    for bytes in [Array(text.utf8), Array(long.utf8)] {
      var alone = EventLineDecoder.scan(bytes, chunk: 1 << 20)
      alone.flush()
      for chunk in [1, 2, 3, 7, 61, 4096, 1 << 20] where bytes.count / chunk < 5000 {
        let (events, _) = read(bytes, chunk: chunk)
        #expect(events.lines == alone.lines, "chunks of \(chunk)")
        #expect(Set(events.problems) == Set(alone.problems), "chunks of \(chunk)")
        #expect(events.completed == alone.completed, "chunks of \(chunk)")
      }
    }
  }

  @Test(
    "a CDATA section of any length passes the parser in linear time, its lines counted", arguments: [7, 4096, 1 << 16])
  func longSections(_ chunk: Int) {
    let body = String(repeating: "ok ]] ]> é\n", count: chunk == 7 ? 4000 : 200_000)
    let bytes = Array("<a>\n<b><![CDATA[\(body)]]></b>\n<c/></a>".utf8)
    let (events, reader) = read(bytes, chunk: chunk)
    #expect(
      events.lines == [
        "start a", "text \n", "start b", "text " + body, "end b", "text \n", "start c", "end c", "end a",
      ])
    #expect(reader.stoppedAt == nil && reader.parsedDocuments == 1)
    let report = ReadReport(
      Array(("<testsuite><testcase name='x'><system-out><![CDATA[" + body + "]]></system-out></testcase>\n").utf8)
        + Array("<testcase name='y'/></testsuite>".utf8), chunk: chunk)
    #expect(report.records[1].source.value == body.utf8.count { $0 == 0x0A } + 2)
  }

  @Test("bytes that are no text are read alike wherever the pieces end", arguments: 0..<60)
  func brokenText(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var bytes = Array("<a>\n".utf8)
    for i in 0..<Int.random(in: 3...400, using: &random) {
      bytes += "<é\(i) x='ü&lt;\(i)'>Müller 😀 &amp; \(i)".utf8
      bytes += [UInt8](repeating: 0x78, count: Int.random(in: 0...400, using: &random))
      bytes += "<!-- ö --><b/><![CDATA[ä]]>\n</é\(i)>".utf8
    }
    bytes += "</a>".utf8
    let odd: [UInt8] = [0x80, 0xBF, 0xC3, 0xED, 0xF0, 0xFF, 0x00, 0x1B, 0x3C, 0x3E, 0x26, 0x22, 0x2F, 0x0D]
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      bytes[Int.random(in: 3..<bytes.count, using: &random)] = odd.randomElement(using: &random) ?? 0xFF
    }
    let whole = read(bytes, chunk: bytes.count)
    for chunk in [19, 72, 997, 16_383] {
      let (events, reader) = read(bytes, chunk: chunk)
      #expect(events.lines == whole.events.lines && events.problems == whole.events.problems, "chunks of \(chunk)")
      #expect(reader.stoppedAt == whole.reader.stoppedAt && reader.stoppedLine == whole.reader.stoppedLine)
    }
  }

  @Test("where the parser stops is told to the byte")
  func places() {
    let text =
      "<testsuite>\n<testcase name='a'/>\n<testcase name='b'><failure>x\u{1B}[0m</failure></testcase></testsuite>"
    for chunk in [1, 5, 1 << 20] {
      let report = ReadReport(Array(text.utf8), chunk: chunk)
      #expect(report.files.last?.parser == "scanner")
      #expect(report.files.last?.parserStoppedAt == Array(text.utf8).firstIndex(of: 0x1B))
      #expect(report.diagnostics.first { $0.code == "parserStopped" }?.location.position == .line(3))
      #expect(report.records.map(\.name) == ["a", "b"] && report.records[1].message == "x")
    }
  }

  @Test("a start tag of many attributes costs its size, not the square of it")
  func manyAttributes() {
    var tag = "<a><b"
    for i in 0..<60_000 { tag += " a\(i)='1'" }
    tag += "/><c/></a>"
    let start = ContinuousClock.now
    let (events, reader) = read(Array(tag.utf8), chunk: 1 << 16)
    #expect(events.lines.count == 6 && reader.stoppedAt == 3)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test("Foundation and libxml2 stand in one file")
  func foundation() { #expect(Date(timeIntervalSince1970: 0) < Date() && hardened_xml_options() != 0) }
}
