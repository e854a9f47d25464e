import LogTemplates
import Model
import Segments
import Support
import Testing

@testable import Traces

@Suite("Forms known by the text between their numbers")
struct KnownFormsTests {
  private struct Reading: Equatable {
    var form: String
    var took: UInt32
  }

  /// Messages read one after the other, as an input's are.
  private struct Reader {
    var symbols = SymbolTable()
    var mask = LogMask()
    var told = ToldDuration()
    var forms = KnownForms()
    var known = 0

    /// By the mask alone.
    mutating func slowly(_ text: [UInt8]) -> (Symbol, [UInt8], Reading) {
      var masked: [UInt8] = []
      mask.mask(text.span, into: &masked)
      let form = symbols.intern(masked.span)
      let took = told.microseconds(in: text.span, form: form, symbols)
      return (form, masked, Reading(form: symbols.text(form), took: took))
    }

    /// By what is known of it, where anything is.
    mutating func quickly(_ text: [UInt8]) -> Reading {
      if let found = forms.find(text.span) {
        known += 1
        let took = found.told.map { ToldDuration.microseconds(in: text.span, at: $0) } ?? 0
        return Reading(form: symbols.text(found.message), took: took)
      }
      let (form, masked, reading) = slowly(text)
      let place = told.place(in: text.span, form: form, symbols)
      forms.keep(text.span, as: form, masked: masked, told: place, by: mask)
      return reading
    }
  }

  @Test("a message whose numbers alone differ is known, and tells what it would have told")
  func known() {
    var reader = Reader()
    for (text, form, took) in [
      ("create done for user 2600 in 41 ms", "create done for user <*> in <*> ms", UInt32(41_000)),
      ("create done for user 7 in 1234 ms", "create done for user <*> in <*> ms", 1_234_000),
      ("took=12.5ms rows=3", "took=<*> rows=<*>", 12_500), ("took=0.25ms rows=30000", "took=<*> rows=<*>", 250),
      ("cache is warm", "cache is warm", 0), ("cache is warm", "cache is warm", 0),
    ] {
      #expect(reader.quickly(Array(text.utf8)) == Reading(form: form, took: took), "\(text)")
    }
    #expect(reader.known == 3)
  }

  @Test("any text has the form that the mask makes of it, whatever was met before", arguments: [1, 2, 3] as [UInt64])
  func same(seed: UInt64) {
    let words = [
      "user", "for", "by", "in", "took", "ms", "s", "Nov", "Mon", "Nov,", "done", "rows", "=", "(", ")", ",", ":", "/",
      ".", "-",
      "_", "#", "%", "true", "deadbeef", "a.example.com", "10.0.0.", "v", "T", "ab12", "<*>", "\t", "\"", "µs", "\u{0}",
    ]
    var random = SplitMix64(seed: seed)
    var reader = Reader()
    for _ in 0..<4_000 {
      let statement = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        (
          word: words.randomElement(using: &random) ?? "", isNumber: Bool.random(using: &random),
          isGlued: Int.random(in: 0..<3, using: &random) == 0
        )
      }
      for _ in 0..<4 {
        var text = ""
        for part in statement {
          let digits = Int.random(in: 1...(Bool.random(using: &random) ? 2 : 12), using: &random)
          text +=
            part.isNumber ? (0..<digits).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined() : part.word
          if !part.isGlued { text += " " }
        }
        let bytes = Array(text.utf8)
        let expected = reader.slowly(bytes).2
        #expect(reader.quickly(bytes) == expected, "\(text)")
      }
    }
    #expect(reader.known > 1_000)
  }

  @Test("more statements than there is room for are still read rightly")
  func many() {
    var reader = Reader()
    for round in 0..<3 {
      for statement in 0..<3_000 {
        let name = String(
          String(statement).unicodeScalars.compactMap { Unicode.Scalar($0.value + 0x37) }.map(Character.init))
        let text = Array("wrote \(name) x to disk \(round + 7)".utf8)
        let expected = reader.slowly(text).2
        #expect(reader.quickly(text) == expected)
      }
    }
  }
}

@Suite("The order of requests")
struct RequestOrderTests {
  @Test("requests come by the time of their first record, then by id")
  func order() {
    var random = SplitMix64(seed: 11)
    for span in [1, 50, 1_000_000, Int64.max] {
      var index = RequestIndex(expected: 0)
      var first: [RequestID: Int64] = [:]
      for _ in 0..<3_000 {
        let request = RequestID(high: 0, low: random.next() % 1_500 + 1)
        let time = Int.random(in: 0..<40, using: &random) == 0 ? .min : Int64.random(in: -span...span, using: &random)
        _ = index.number(request, at: time)
        first[request] = min(first[request] ?? .max, time)
      }
      let expected = first.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
      #expect(index.byTime().map { index.met[Int($0)].request } == expected)
    }
    #expect(RequestIndex(expected: 0).byTime().isEmpty)
  }
}
