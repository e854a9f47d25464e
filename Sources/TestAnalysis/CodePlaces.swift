// Where in the code a failure happened: `file.ext:12`, `file.ext(12)` or `File "file.ext", line 12` in its text.

internal import Support

enum CodePlaces {
  /// Bytes of a text that are looked at.
  private static let looked = 4096

  /// The first place that one of the texts names.
  static func first(in texts: [String]) -> (file: String, line: Int)? {
    for text in texts where !text.isEmpty {
      if let place = first(in: Array(text.utf8.prefix(looked))) { return place }
    }
    return nil
  }

  private static func first(in bytes: [UInt8]) -> (file: String, line: Int)? {
    var i = 0
    while i < bytes.count {
      guard bytes[i] == 0x2E, i > 0, isName(bytes[i - 1]) else {
        i += 1
        continue
      }
      // An ending of letters, and a number behind `:`, `(`, `:line ` or `", line `.
      var end = i + 1
      while end < bytes.count, isLetter(bytes[end]), end - i <= 5 { end += 1 }
      if end > i + 1, let line = number(bytes, end) {
        var start = i
        while start > 0, isName(bytes[start - 1]) || bytes[start - 1] == 0x2E { start -= 1 }
        let file = bytes[start..<i]
        if file.contains(where: isLetter), bytes[i + 1..<end] != [0x63, 0x6F, 0x6D] {
          return (String(decoding: bytes[start..<end], as: UTF8.self).cut(toBytes: 300), line)
        }
      }
      i = max(end, i + 1)
    }
    return nil
  }

  private static let marks: [StaticString] = [":line ", "\", line ", "(", ":"]

  private static func number(_ bytes: [UInt8], _ start: Int) -> Int? {
    for mark in marks {
      let word = Array(String(describing: mark).utf8)
      guard bytes[start...].starts(with: word) else { continue }
      let first = start + word.count
      var end = first
      while end < bytes.count, bytes[end] >= 0x30, bytes[end] <= 0x39, end - first < 8 { end += 1 }
      if end > first { return Int(String(decoding: bytes[first..<end], as: UTF8.self)) }
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
  private static func isName(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte >= 0x30 && byte <= 0x39 || byte == 0x5F || byte == 0x2D || byte == 0x2F || byte == 0x5C
      || byte >= 0x80
  }
}
