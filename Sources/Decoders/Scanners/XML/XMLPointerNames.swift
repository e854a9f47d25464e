// Names of elements and attributes by the place where libxml2 keeps them: one name has one place, and so a name is made into
// a text, and looked up among the words that reports use, once per document instead of once per tag.

internal import CLibXML2
internal import Glibc

/// Words of the hot path of JUnit reports: what nearly every element is called and says.
enum XMLWord: UInt8 {
  case other, testcase, name, classname, time, duration, file, line, timestamp, status, result, assertions, flaky
  case className, valueParameter, typeParameter

  init(_ text: String) {
    switch text {
    case "testcase": self = .testcase
    case "name": self = .name
    case "classname": self = .classname
    case "class": self = .className
    case "time": self = .time
    case "duration": self = .duration
    case "file": self = .file
    case "line": self = .line
    case "timestamp": self = .timestamp
    case "status": self = .status
    case "result": self = .result
    case "assertions": self = .assertions
    case "flaky": self = .flaky
    case "value_param": self = .valueParameter
    case "type_param": self = .typeParameter
    default: self = .other
    }
  }
}

struct XMLPointerNames {
  @safe private struct Slot {
    var name: UnsafePointer<xmlChar>?
    var prefix: UnsafePointer<xmlChar>?
    var number: Int32 = 0
    var word = XMLWord.other
  }

  private var slots: [Slot] = []
  /// By number. Names that fall into one slot may have several.
  private var texts: [String] = []
  /// Bytes that are kept of a name.
  private static let longest = 256
  /// A document of more names than this begins to number them anew.
  private static let limit = 1024

  /// A new tag begins: numbers of the one before are no longer asked for.
  @inline(__always) mutating func beginTag() {
    if texts.count > Self.limit { reset() }
  }

  private mutating func reset() {
    slots = [Slot](repeating: Slot(), count: 64)
    texts.removeAll()
  }

  /// The text of a number of this tag.
  @inline(__always) func text(_ number: Int32) -> String { texts[Int(number)] }

  /// The number of a name, and which of the known words it is.
  @inline(__always) mutating func number(
    _ name: UnsafePointer<xmlChar>, prefix: UnsafePointer<xmlChar>?
  ) -> (number: Int32, word: XMLWord) {
    let bits = UInt(bitPattern: name) ^ (UInt(bitPattern: prefix) &<< 1)
    let slot = Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) &>> 58)
    if !slots.isEmpty, unsafe slots[slot].name == name && slots[slot].prefix == prefix {
      return (slots[slot].number, slots[slot].word)
    }
    return unsafe add(name, prefix, slot)
  }

  @inline(never) private mutating func add(
    _ name: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?, _ slot: Int
  ) -> (number: Int32, word: XMLWord) {
    if slots.isEmpty { reset() }
    var text = unsafe Self.made(name)
    if let prefix = unsafe prefix {
      let space = unsafe Self.made(prefix)
      text = space + ":" + text
    }
    let number = Int32(truncatingIfNeeded: texts.count)
    texts.append(text)
    let word = XMLWord(text)
    slots[slot] = unsafe Slot(name: name, prefix: prefix, number: number, word: word)
    return (number, word)
  }

  /// The text of a name that is not kept.
  static func made(_ name: UnsafePointer<xmlChar>) -> String {
    let count = unsafe min(strnlen(UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self), longest), longest)
    return unsafe String(decoding: UnsafeBufferPointer(start: name, count: count), as: UTF8.self)
  }
}
