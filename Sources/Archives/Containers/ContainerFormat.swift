/// The archives that are opened.
enum ContainerFormat {
  case tar
  case zip
  case sevenZip

  var name: String {
    switch self {
    case .tar: "tar"
    case .zip: "zip"
    case .sevenZip: "7z"
    }
  }

  /// The endings of names that promise this format.
  var extensions: [String] {
    switch self {
    case .tar: ["tar"]
    case .zip: ["zip"]
    case .sevenZip: ["7z"]
    }
  }
}

/// What a container says about a member before its data.
struct EntryHeader {
  var name: String
  var size: Int?
  /// When it was written, microseconds since the epoch.
  var modified: Int64?
}

/// An open archive: its members one after another, and the data of the one that was opened last.
///
/// Damage is reported to the container's trail, damage of one member's data to the trail given with `data(on:)`.
protocol Container: AnyObject {
  /// Entries met so far, of every kind.
  var entries: Int { get }
  /// The next member that holds data; nil at the end.
  func nextEntry() -> EntryHeader?
  /// The data of the member just opened.
  func data(on trail: MemberPath) -> any ByteStream
}
