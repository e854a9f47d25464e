// Why history could not be used. Never a reason to lose a report: a run goes on without baselines and says so.

internal import GRDB

/// An error of the history file.
package struct HistoryFailure: Error, Hashable, Sendable {
  package enum Code: String, Hashable, Sendable {
    /// There is no such file, and the verb does not make one.
    case missing
    /// The file is no database, or its content breaks the database's or our own rules.
    case damaged
    /// The file is a database of another program.
    case foreign
    /// Written by a newer version of this program.
    case newerSchema
    /// Another run held it for longer than we were willing to wait.
    case busy
    /// It cannot be opened or written with the rights we have.
    case denied
    /// The device is full.
    case full
    /// Reading or writing the device failed.
    case device
  }

  package var code: Code
  package var path: String
  package var message: String

  package init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  /// One line: what, where, why.
  package var description: String { "history \(path): \(message)" }

  init(_ error: DatabaseError, path: String) {
    let code: Code =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
      case .SQLITE_FULL: .full
      case .SQLITE_IOERR, .SQLITE_NOMEM: .device
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN: .denied
      default: .damaged
      }
    self.init(code, path: path, "\(code.rawValue): \(error.message ?? error.resultCode.description)")
  }
}
