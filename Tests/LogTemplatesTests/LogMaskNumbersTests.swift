import LogTemplates
import Support
import Testing

/// The runs of digits that a message's form does not depend on; nil where it depends on numbers in another way.
private func numbers(_ line: String) -> [String]? {
  let bytes = Array(line.utf8)
  var ranges: [Range<Int>] = []
  guard LogMask().numbers(in: bytes.span, into: &ranges) != nil else { return nil }
  return ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
}

@Test(
  "Numbers that any others may stand for, and those that mean something by how many digits they have",
  arguments: [
    ("create done for user 2600 in 41 ms", ["2600", "41"]), ("took=12.5ms, rows=(3)", ["12", "5", "3"]),
    ("listening on db:5432 since 02:00:00", []), ("read /var/log/12 of 7", ["7"]), ("peer 10.0.0.1 gone", []),
    ("retry -3 of +4", []), ("worker12 of 5", ["5"]), ("1h30m left", ["1"]), ("", []),
  ] as [(String, [String])])
func finds(line: String, expected: [String]) { #expect(numbers(line) == expected) }

@Test(
  "Where a day or a month is named, what numbers mean depends on them",
  arguments: ["up since Nov 27 02:00:00 2026", "on Mon, 5 rows"])
func refuses(line: String) { #expect(numbers(line) == nil) }
