// How surprising some minutes of a component's warnings and errors are beside its own night.

internal import Glibc

/// A scan of a component's lines: are those of a few minutes more than its night brings by chance?
///
/// A line now and then makes three of them come together sooner or later. What is compared is a likelihood ratio of Poisson counts
/// (Kulldorff, "A spatial scan statistic", Communications in Statistics 26, 1997). Usual is what more than half of the night's parts have
/// at least (`NightParts`), and one occasion in the whole night (Laplace's rule). Lines that come in clumps, as a stack of them for one request does, are as many occasions as they are clumps.
struct LineScan {
  /// Fewer minutes tell nothing of what is usual.
  private static let leastMinutes = 24

  private let lines: [Int: Int]
  private let slots: [Int: Int]
  private let minutes: Int
  private let allLines: Int
  private let allSlots: Int
  /// Occasions that a minute usually has.
  private let usual: Double

  /// - Parameters:
  ///   - lines: by minute.
  ///   - slots: by minute, fine slots with lines.
  ///   - minutes: of the night.
  init(lines: [Int: Int], slots: [Int: Int], minutes: Int) {
    self.lines = lines
    self.slots = slots
    self.minutes = minutes
    allLines = lines.values.reduce(0, +)
    allSlots = slots.values.reduce(0, +)
    var parts = [Double](repeating: 0, count: NightParts.count)
    for (minute, count) in slots { parts[NightParts.part(of: minute, among: minutes)] += Double(count) }
    usual = (NightParts.lowerMedian(parts) * Double(NightParts.count) + 1) / Double(max(minutes, 1))
  }

  /// The log likelihood ratio of the lines in some minutes, 0 where they are no more than usual; infinite in a night too short for it.
  func news(in window: ClosedRange<Int>) -> Double {
    guard minutes >= Self.leastMinutes else { return .infinity }
    let written = window.reduce(0) { $0 + (lines[$1] ?? 0) }
    let otherSlots = allSlots - window.reduce(0) { $0 + (slots[$1] ?? 0) }
    let clump = otherSlots > 0 ? Double(allLines - written) / Double(otherSlots) : 1
    let occasions = Double(written) / clump
    let expected = usual * Double(window.count)
    return occasions > expected ? occasions * log(occasions / expected) - (occasions - expected) : 0
  }
}
