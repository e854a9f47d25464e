// How a run ends, and which program ran: both are contracts with schedulers and reports.

/// The documented exit codes.
package enum Exit {
  package static let done: Int32 = 0
  package static let finding: Int32 = 1
  package static let noReport: Int32 = 2
  package static let partlyUnread: Int32 = 3
  package static let usage: Int32 = 64
  package static let damagedIntermediate: Int32 = 65
  package static let missingInput: Int32 = 66
  package static let cannotCreate: Int32 = 73
  package static let ioFailure: Int32 = 74
}

/// The program's version, as reports name it.
package enum Version {
  package static let text = "0.1.0"
}
