// What the database's errors mean for the history's file. Never a reason to lose a report: a run goes on without baselines and says so.

internal import GRDB
internal import Support

extension FileFailure {
  init(_ error: DatabaseError, path: String) {
    let kind: Kind =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_FULL: .full
      case .SQLITE_IOERR, .SQLITE_NOMEM: .device
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN: .denied
      default: .damaged
      }
    self.init(kind, path, "\(kind.rawValue): \(error.message ?? error.resultCode.description)")
  }

  /// One line of a history that could not be used: which, and why.
  package var historyLine: String { "history \(path): \(message)" }
}
