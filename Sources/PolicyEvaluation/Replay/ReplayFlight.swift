// What is on its way in a run of a replay: requests, and what comes due for them.

extension ReplayRun {
  /// A request on its way.
  package struct Flight {
    var episode: Int32
    var component: Int32
    var attempts = 0
    var follows = true
    var lastStart: Int64
    var lastEnd: Int64
    var run = RetryPolicy.Run()
    var lastCost: Int?
    var budgetRetries = 0
    var gateEpisode: UInt64 = 0
    /// What its own failures say about the component's state.
    var way: OutcomeModel.AttemptState?
    /// Hedged attempts that have not ended, hedges that are due, and whether the call is decided.
    var open = 0
    var hedgesDue = 0
    var isSettled = false
    /// Its place in the line of a client that holds calls back; nil where it is not held back.
    var ticket: Int?
    /// Whether an attempt of it failed or was refused.
    var isTroubled = false
    /// Whether its first attempt failed as it did in the log, where a draw might have been another one.
    var isKept = false
  }

  /// `turn` is of a client whose held-back calls may go on, `timeout` of a held-back call whose deadline comes.
  package enum Occasion { case start, end, hedge, turn, timeout }

  package struct Event: Comparable {
    var time: Int64
    var sequence: Int
    /// The request, of a `turn` the client.
    var flight: Int32
    var occasion: Occasion
    var failure: UInt8
    var length: Int64

    package static func < (a: Event, b: Event) -> Bool { a.time != b.time ? a.time < b.time : a.sequence < b.sequence }
  }
}
