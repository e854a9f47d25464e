internal import LogTemplates
internal import Model
internal import Support

/// Messages that differ from one met before in nothing but the digits of numbers: their masked form need not be made again.
///
/// A program writes few statements, and most of what differs between two lines of one are numbers. A message is kept as the text between
/// the numbers that its form does not depend on (`LogMask.numbers`). The form that is found is the one that the mask would make.
struct KnownForms: Sendable {
  /// What a message says.
  struct Found {
    var message: Symbol
    /// Where in the text the number stands that tells a duration; nil where none does.
    var told: Int?
  }

  /// Longer messages are not kept, bytes.
  private static let longest = 512
  private var texts = NumberedTexts(longest: Self.longest)
  /// By symbol: whether messages of the form hold other variables than numbers.
  private var isOther: [Bool] = []
  private var numbers: [Range<Int>] = []

  /// Forgets what was seen, for a new table.
  mutating func reset() {
    texts.removeAll()
    isOther.removeAll(keepingCapacity: true)
  }

  /// What a message says, where it is known by the text between its numbers.
  func find(_ text: Span<UInt8>) -> Found? {
    texts.find(text).map { Found(message: Symbol($0.value), told: $0.marked) }
  }

  /// Whether a message of a form may be kept: else what `keep` asks for need not be found out.
  func mayKeep(_ message: Symbol, length: Int) -> Bool {
    let index = Int(message.index)
    return length <= Self.longest && (index >= isOther.count || !isOther[index])
  }

  /// Keeps the form of a message, which was met before.
  ///
  /// - Parameters:
  ///   - text: the message.
  ///   - message: its masked form.
  ///   - masked: the bytes of that.
  ///   - told: where the number stands that tells a duration; nil where none does.
  ///   - mask: what made the form.
  mutating func keep(_ text: Span<UInt8>, as message: Symbol, masked: [UInt8], told: Int?, by mask: LogMask) {
    let index = Int(message.index)
    if index >= isOther.count { isOther += Array(repeating: false, count: index + 1 - isOther.count) }
    guard !isOther[index] else { return }
    numbers.removeAll(keepingCapacity: true)
    if let variables = mask.numbers(in: text, into: &numbers), variables == Self.variables(masked) {
      texts.keep(text, numbers: numbers, value: message.index, marked: told)
    } else {
      isOther[index] = true
    }
  }

  /// How many variables a masked form has.
  private static func variables(_ form: [UInt8]) -> Int {
    var count = 0
    var i = 2
    while i < form.count {
      if form[i] == 0x3E, form[i - 1] == 0x2A, form[i - 2] == 0x3C { count += 1 }
      i += 1
    }
    return count
  }
}
