import Decoders
import Testing

@Suite("Where members are cut")
struct MemberCutterTests {
  /// The pieces of a member, as text and line of their beginning, fed so many bytes at a time.
  private func pieces(_ text: String, size: Int, chunk: Int) -> [String] {
    var cutter = MemberCutter(size: size, settings: DecoderSettings())
    cutter.begin(input: "in", member: "")
    let bytes = Array(text.utf8)
    var pieces = [""]
    var start = 0
    while start < bytes.count {
      let end = min(start + chunk, bytes.count)
      var from = start
      while from < end, let length = cutter.advance(bytes[from..<end].span) {
        pieces[pieces.count - 1] += String(decoding: bytes[from..<from + length], as: UTF8.self)
        from += length
        pieces.append("\(cutter.line)@\(cutter.offset):")
      }
      pieces[pieces.count - 1] += String(decoding: bytes[from..<end], as: UTF8.self)
      start = end
    }
    return pieces
  }

  private let lines = "{\"a\":1}\n{\"a\":2}\n\n{\"a\":3}\n{\"a\":4}\n"

  @Test("lines of JSON are cut behind the first line end after so many bytes, however they arrive")
  func cut() {
    let wanted = ["{\"a\":1}\n{\"a\":2}\n", "3@16:\n{\"a\":3}\n{\"a\":4}\n"]
    for chunk in [1, 3, 8, 16, 100] { #expect(pieces(lines, size: 10, chunk: chunk) == wanted) }
  }

  @Test("a cut at the very end makes no piece")
  func end() {
    for chunk in [1, 5, 100] { #expect(pieces("{\"a\":1}\n", size: 4, chunk: chunk) == ["{\"a\":1}\n"]) }
  }

  @Test(
    "documents, tables, log lines and broken lines are not cut",
    arguments: ["{\n\"a\":1}\n{}\n", "a,b\n1,2\n3,4\n", "[{}]\n[{}]\n", "plain\nlines\n", "{\"a\":1\n{}\n{}\n"])
  func whole(text: String) {
    for chunk in [1, 100] { #expect(pieces(text, size: 2, chunk: chunk) == [text]) }
  }
}
