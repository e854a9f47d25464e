// Regular expressions of users, with a bound on steps.

internal import CPCRE2

/// A regular expression that a user wrote, matched by PCRE2 with a limit on its steps: a pattern that backtracks without end
/// gives up instead.
///
/// Each search may take `stepsPerSearch` steps; a text costs at most that for each match in it and once more.
@safe package struct BoundedPattern: Sendable, Hashable {
  /// The pattern as it was written.
  package let text: String
  private let code: Code

  /// PCRE2's default is 10,000,000, which takes seconds; patterns for names and keys need a few hundred.
  private static let stepsPerSearch: UInt32 = 20_000
  /// Matches that are looked for in one text.
  private static let mostMatches = 10_000
  private static let longest = 4_096

  /// - Returns: nil where the text is no regular expression.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.longest, let code = Code(bytes) else { return nil }
    self.text = text
    self.code = code
  }

  package static func == (a: BoundedPattern, b: BoundedPattern) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// Where the pattern matches, from left to right, none within another; nil where it gave up.
  package func matches(in subject: Span<UInt8>) -> [Range<Int>]? {
    var found: [Range<Int>] = []
    var start = 0
    while start <= subject.count, found.count < Self.mostMatches {
      switch search(subject, from: start, isWhole: false) {
      case .none: return found
      case .gaveUp: return nil
      case .match(let range):
        if !range.isEmpty { found.append(range) }
        start = max(range.upperBound, start + (range.isEmpty ? 1 : 0))
      }
    }
    return found
  }

  /// Whether the pattern matches all of a text; false where it gave up.
  package func matchesWhole(_ subject: Span<UInt8>) -> Bool {
    if case .match(let range) = search(subject, from: 0, isWhole: true) { return range == 0..<subject.count }
    return false
  }

  private enum Outcome { case match(Range<Int>), none, gaveUp }

  private func search(_ subject: Span<UInt8>, from start: Int, isWhole: Bool) -> Outcome {
    guard let data = unsafe pcre2_match_data_create_8(1, nil), let context = unsafe pcre2_match_context_create_8(nil)
    else {
      return .gaveUp
    }
    defer {
      unsafe pcre2_match_data_free_8(data)
      unsafe pcre2_match_context_free_8(context)
    }
    unsafe pcre2_set_match_limit_8(context, Self.stepsPerSearch)
    unsafe pcre2_set_depth_limit_8(context, 2_000)
    unsafe pcre2_set_heap_limit_8(context, 16_384)
    let options = isWhole ? UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED) : 0
    let result = unsafe subject.withUnsafeBufferPointer { buffer in
      var empty: UInt8 = 0
      return unsafe withUnsafePointer(to: &empty) { none in
        unsafe pcre2_match_8(code.pointer, buffer.baseAddress ?? none, buffer.count, start, options, data, context)
      }
    }
    if result == PCRE2_ERROR_NOMATCH { return .none }
    guard result >= 0, let ends = unsafe pcre2_get_ovector_pointer_8(data) else { return .gaveUp }
    let (first, last) = unsafe (ends[0], ends[1])
    return first <= last ? .match(first..<last) : .none
  }

  /// A compiled pattern; matching does not change it.
  @safe private final class Code: @unchecked Sendable {
    let pointer: OpaquePointer

    init?(_ bytes: [UInt8]) {
      var error: Int32 = 0
      var offset = 0
      // Names need not be UTF-8: invalid bytes match nothing but are no error.
      let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C)
      guard let made = unsafe pcre2_compile_8(bytes, bytes.count, options, &error, &offset, nil) else { return nil }
      unsafe pointer = made
    }

    deinit { unsafe pcre2_code_free_8(pointer) }
  }
}
