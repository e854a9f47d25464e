// Path patterns of the pipeline file, matched without backtracking more than one star.

/// Glob patterns: `*` stands for any text (folders included), `?` for one character.
package enum Glob {
  /// Whether a pattern matches a whole path. Linear in pattern times path, never exponential.
  package static func matches(_ pattern: String, _ path: String) -> Bool {
    let p = Array(pattern.unicodeScalars)
    let s = Array(path.unicodeScalars)
    var i = 0
    var j = 0
    var star = -1
    var mark = 0
    while j < s.count {
      if i < p.count, p[i] == "*" {
        star = i
        mark = j
        i += 1
      } else if i < p.count, p[i] == "?" || p[i] == s[j] {
        i += 1
        j += 1
      } else if star >= 0 {
        mark += 1
        i = star + 1
        j = mark
      } else {
        return false
      }
    }
    while i < p.count, p[i] == "*" { i += 1 }
    return i == p.count
  }
}
