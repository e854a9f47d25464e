import Support
import Testing

@Suite("JSON as it is written")
struct JSONTextTests {
  /// The rule character by character, as slow as it is plain.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: out += "\\\""
      case 0x5C: out += "\\\\"
      case 0x0A: out += "\\n"
      case 0x0D: out += "\\r"
      case 0x09: out += "\\t"
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x061C:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  @Test("every character is escaped or kept as the plain rule says, alone and between others")
  func characters() {
    let scalars = Array(0..<0x3000) + [0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF]
    for scalar in scalars.compactMap({ Unicode.Scalar(UInt32($0)) }) {
      let character = String(Character(scalar))
      for text in [character, "a" + character, character + "\u{e9}b", "\u{2028}" + character + character] {
        if JSONValue.string(text).canonical != Self.quoted(text) {
          Issue.record("U+\(String(scalar.value, radix: 16)) in \(text.count) characters")
        }
      }
    }
  }

  @Test("numbers are whole where they can be, and the ends of the range are written")
  func numbers() {
    let values: [(JSONValue, String)] = [
      (.int(Int64.min), "-9223372036854775808"), (.int(Int64.max), "9223372036854775807"), (.int(Int64(0)), "0"),
      (.int(Int64(-10)), "-10"), (.double(-0.0), "0"), (.double(1e15), "1000000000000000.0"), (.double(-3), "-3"),
      (.double(0.1), "0.1"), (.double(.nan), "null"),
    ]
    for (value, text) in values { #expect(value.canonical == text) }
  }

  @Test("keys stand in the order of their bytes, nested values two spaces further in")
  func order() {
    let value = JSONValue.object([
      "b": .array([]), "aa": .object([:]), "a": .array([.bool(true), .null]), "\u{e9}": .int(Int64(1)),
      "Z": .string(""),
    ])
    #expect(value.canonical == #"{"Z":"","a":[true,null],"aa":{},"b":[],"é":1}"#)
    #expect(
      value.pretty
        == "{\n  \"Z\": \"\",\n  \"a\": [\n    true,\n    null\n  ],\n  \"aa\": {},\n  \"b\": [],\n  \"é\": 1\n}\n")
  }
}
