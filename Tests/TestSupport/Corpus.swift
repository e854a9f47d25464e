internal import Glibc

/// The real inputs with known answers that corpus tests run on, named by `HINDCAST_CORPUS`.
package enum Corpus {
  /// The corpus folder, nil where the variable is not set: tests that need it are skipped and say so.
  package static let root: String? = unsafe getenv("HINDCAST_CORPUS").map { unsafe String(cString: $0) }

  package static var isAvailable: Bool {
    if root == nil { print("SKIPPED corpus test: HINDCAST_CORPUS is not set") }
    return root != nil
  }

  /// The full path of a corpus file or folder.
  package static func path(_ relative: String) -> String { (root ?? "") + "/" + relative }
}
