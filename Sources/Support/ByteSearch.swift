// Looking for fixed words in foreign text, byte by byte: the library's search builds tables for every question.

internal import Glibc

/// Words in the UTF-8 of texts.
package enum ByteSearch {
  /// Where a word begins in a text, as an offset into its UTF-8.
  package static func find(_ word: StaticString, in text: String) -> Int? {
    var text = text
    return text.withUTF8 { bytes in
      unsafe find(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), in: bytes)
    }
  }

  /// Whether a word stands in a text.
  package static func contains(_ word: StaticString, in text: String) -> Bool { find(word, in: text) != nil }

  /// Whether a word stands in bytes.
  package static func contains(_ word: StaticString, in bytes: [UInt8]) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe find(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), in: bytes) != nil
    }
  }

  /// Whether a word stands in bytes.
  package static func contains(_ word: String, in bytes: [UInt8]) -> Bool {
    var word = word
    return word.withUTF8 { word in
      unsafe bytes.withUnsafeBufferPointer { bytes in unsafe find(word, in: bytes) != nil }
    }
  }

  private static func find(_ word: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = unsafe word.first, let wanted = word.baseAddress else { return 0 }
    guard let base = text.baseAddress else { return nil }
    var start = 0
    while start + word.count <= text.count {
      let room = text.count - word.count + 1 - start
      guard let hit = unsafe memchr(base + start, Int32(first), room) else { return nil }
      if unsafe memcmp(hit, wanted, word.count) == 0 { return unsafe UnsafeRawPointer(base).distance(to: hit) }
      start = unsafe UnsafeRawPointer(base).distance(to: hit) + 1
    }
    return nil
  }

  /// The text's UTF-8 with the letters of ASCII in lower case.
  package static func lowered(_ text: String) -> [UInt8] {
    text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
  }
}
