package import Glibc

/// Which file a path or a descriptor leads to, and what kind of file it is.
package struct FileIdentity: Hashable, Sendable {
  package enum Kind: Sendable { case file, folder, link, other }
  package var device: UInt64
  package var number: UInt64
  package var kind: Kind

  package init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }
}
