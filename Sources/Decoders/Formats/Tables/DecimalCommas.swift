// Numbers with a decimal comma in tables whose columns are no commas apart.

internal import Model

/// Tells which columns of a table write `0,5`, from the first rows.
///
/// Spreadsheets of locales with a decimal comma separate columns by semicolons (CLDR, `numbers/symbols/decimal`); their thousands have
/// dots. `1,250` may be either: in such a table it has a decimal comma, unless its column has numbers without a comma, as those below a
/// thousand are, or shows that its commas are of thousands.
struct DecimalCommas {
  /// What the numbers of one column show.
  private struct Column {
    var isDecimal = false
    var isGrouped = false
    var mayBeDecimal = false
    /// Whether some number has no comma.
    var hasPlain = false
    /// Whether dots stand between thousands.
    var hasDots = false
  }

  private var columns: [Int: Column] = [:]
  private let isOfSemicolons: Bool

  init(delimiter: UInt8) { isOfSemicolons = delimiter == 0x3B }

  /// How a number is written; nil where it is none.
  private struct Form {
    /// Where its digits begin and end, a unit not among them.
    var digits: Range<Int>
    var commas = 0
    var dots = 0
    /// Digits in front of the first comma, dots among them.
    var front = 0
    /// Digits behind the last comma.
    var places = 0
    var isDotLast = false
    /// Digits behind the last dot.
    var behindDot = 0

    init?(_ b: Span<UInt8>, _ field: Range<Int>) {
      var i = field.lowerBound
      if i < field.upperBound, b[i] == 0x2D || b[i] == 0x2B { i += 1 }
      let start = i
      while i < field.upperBound, b[i] &- 0x30 <= 9 || b[i] == 0x2C || b[i] == 0x2E {
        if b[i] == 0x2C {
          if commas == 0 { front = i - start }
          (commas, places, isDotLast) = (commas + 1, 0, false)
        } else if b[i] == 0x2E {
          (dots, isDotLast, behindDot) = (dots + 1, true, 0)
        } else {
          places += 1
          behindDot += 1
        }
        i += 1
      }
      digits = start..<i
      guard i > start, b[start] &- 0x30 <= 9, b[i - 1] &- 0x30 <= 9 else { return nil }
      // A unit may stand behind it, a date or a time of day not.
      for k in i..<field.upperBound where b[k] &- 0x21 < 0x20 { return nil }
    }
  }

  mutating func add(_ b: Span<UInt8>, _ field: Range<Int>, of column: Int) {
    guard let form = Form(b, field) else { return }
    var seen = columns[column] ?? Column()
    if form.commas == 0 {
      seen.hasPlain = true
    } else if form.commas > 1 || form.isDotLast {
      seen.isGrouped = true
    } else if form.places != 3 || form.front > 3 || b[form.digits.lowerBound] == 0x30 || form.dots > 0 {
      seen.isDecimal = true
      seen.hasDots = seen.hasDots || form.dots > 0
    } else {
      seen.mayBeDecimal = true
    }
    columns[column] = seen
  }

  /// The columns with decimal commas, and whether dots stand between their thousands.
  var decided: [(column: Int, hasDots: Bool)] {
    let isDecimal = columns.values.contains { $0.isDecimal && !$0.isGrouped }
    let isLikely = isOfSemicolons || isDecimal
    return columns.filter { !$1.isGrouped && ($1.isDecimal || $1.mayBeDecimal && !$1.hasPlain && isLikely) }
      .map { ($0.key, $0.value.hasDots) }.sorted { $0.column < $1.column }
  }

  /// Writes a decimal point for the comma of a field, and zeros in front for the dots of thousands: it stays as long as it was.
  static func replace(_ bytes: inout [UInt8], _ field: Range<Int>, hasDots: Bool) {
    var start = field.lowerBound
    while start < field.upperBound, bytes[start] == 0x20 { start += 1 }
    guard let form = Form(bytes.span, start..<field.upperBound),
      form.commas == 1 && !form.isDotLast || form.commas == 0 && form.dots > 0 && hasDots && form.behindDot == 3
    else { return }
    var to = form.digits.upperBound
    for from in form.digits.reversed() where bytes[from] != 0x2E {
      to -= 1
      bytes[to] = bytes[from] == 0x2C ? 0x2E : bytes[from]
    }
    for k in form.digits.lowerBound..<to { bytes[k] = 0x30 }
  }
}

extension TableMapping {
  /// The columns that hold numbers.
  var numbers: [Int] {
    ([value, start, end, duration, time, sampleRate] + values.map(\.column)).filter { $0 >= 0 }
  }
}
