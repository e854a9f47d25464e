import Model
import Support
import Testing

@Suite("Symbols and request ids")
struct SymbolTests {
  @Test("equal texts give one symbol, different ones differ, also after the table grew")
  func interning() {
    var table = SymbolTable()
    let symbols = (0..<5000).map { table.intern("component-\($0)") }
    #expect(Set(symbols).count == 5000)
    for i in 0..<5000 {
      #expect(table.intern("component-\(i)") == symbols[i])
      #expect(table.text(symbols[i]) == "component-\(i)")
      #expect(table.find("component-\(i)") == symbols[i])
    }
    #expect(table.find("absent") == nil)
    #expect(table.intern("") == .none)
  }

  @Test("texts that become equal are found by the first of them, whatever their number")
  func replacing() {
    var table = SymbolTable()
    let symbols = (0..<20_000).map { table.intern("secret-\($0)") }
    let masked = table.replacing(
      Dictionary(uniqueKeysWithValues: symbols.dropFirst().map { ($0.index, Array("x".utf8)) }))
    #expect(masked.text(symbols[0]) == "secret-0")
    #expect(symbols.dropFirst().allSatisfy { masked.text($0) == "x" })
    #expect(masked.find("x") == symbols[1])
    #expect(masked.find("secret-0") == symbols[0])
    #expect(masked.find("secret-7") == nil)
  }

  @Test("hex ids are values: case and leading zeros do not matter; other texts keep their own identity")
  func requestIDs() {
    func id(_ text: String) -> RequestID { RequestID.parse(text.utf8Span.span).id }
    #expect(id("00ab") == id("AB"))
    #expect(id("5B8EFFF798038103D269B633813FC60C").hex == "5b8efff798038103d269b633813fc60c")
    #expect(id("trace-1") != id("trace-2"))
    #expect(RequestID.parse("trace-1".utf8Span.span).isHex == false)
    #expect(id("0000").isNone)
  }
}
