import Support
import Testing

@Test("A JSON document read and written again is the same value")
func jsonRoundTrip() throws {
  let text = #"{"a":[1,-2,3.5,1e3,"x\n\u00e9\ud83d\ude00",null,true,false,{}],"b":{"c":[]},"max":9223372036854775807}"#
  let value = try JSONParser.parse(text)
  #expect(value["a"]?.elements?[4].text == "x\né😀")
  #expect(value["max"]?.integer == .max)
  #expect(value["a"]?.elements?[3].integer == 1000)
  #expect(try JSONParser.parse(value.canonical).canonical == value.canonical)
  #expect(try JSONParser.parse(value.pretty).canonical == value.canonical)
}

@Test(
  "What is not JSON is refused with its place",
  arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "01", "1.", "-", "+1", "1e999", "nul", "\"\u{1}\"", "\"\\x\"",
    "\"\\ud800\"", "\"\\udc00\"", "[1] 2", "'a'", "{a:1}", "[1 2]", "NaN", "\"abc",
  ])
func jsonRefused(text: String) {
  #expect(throws: JSONFailure.self) { try JSONParser.parse(text) }
}

@Test("Bytes that are not UTF-8 are refused, nesting is bounded, places are lines and columns")
func jsonPlaces() {
  #expect(throws: JSONFailure.self) { try JSONParser.parse([0x22, 0xC3, 0x28, 0x22]) }
  let deep = String(repeating: "[", count: 100_000)
  #expect(throws: JSONFailure.self) { try JSONParser.parse(deep) }
  let failure = #expect(throws: JSONFailure.self) { try JSONParser.parse("{\n  \"a\": x}") }
  #expect(failure?.line == 2)
  #expect(failure?.column == 8)
  #expect(failure?.offset == 9)
}
