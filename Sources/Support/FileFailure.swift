// Why a file could not be read or written: one type for inputs of verbs, files between phases, histories, outputs and scratch files.

/// Which file, what kind of failure, and why.
package struct FileFailure: Error, Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// There is no such file, and nobody was asked to make one.
    case missing
    /// It cannot be opened for reading, or reading the device failed.
    case unreadable
    /// It cannot be made, written or renamed.
    case unwritable
    /// Its content breaks the rules of its format, or our own.
    case damaged
    /// It belongs to another program.
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
    /// A run's own temporary file: rows or test cases cannot be put away, or had back.
    case scratch
    /// Rows or test cases that were put away are not what was put away.
    case scratchDamaged
  }

  package var kind: Kind
  /// Empty for a scratch file, which has no name.
  package var path: String
  package var message: String

  package init(_ kind: Kind, _ path: String, _ message: String) {
    self.kind = kind
    self.path = path
    self.message = message
  }

  /// A failure of a run's own temporary file.
  ///
  /// - Parameters:
  ///   - message: what was tried, or what is wrong.
  ///   - code: the system's error number, 0 where the stored bytes were damaged.
  package init(scratch message: String, code: Int32 = 0) {
    self.init(
      code == 0 ? .scratchDamaged : .scratch, "", code == 0 ? message : message + ": " + CheckedFile.reason(code))
  }

  /// Whether it is a run's own temporary file that failed, which no other input mends.
  package var isScratch: Bool { kind == .scratch || kind == .scratchDamaged }

  /// One line: which file, what about it, why.
  package var line: String {
    switch kind {
    case .unwritable: "cannot write \(path): \(message)"
    case .missing, .unreadable: "cannot read \(path): \(message)"
    case .scratch, .scratchDamaged: message
    default: "\(path): \(message)"
    }
  }
}
