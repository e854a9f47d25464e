internal import Model
internal import CLibArchive

/// An open libarchive reader that knows one format and no filter. Freed with its owner.
@safe struct LibarchiveHandle: ~Copyable {
  let pointer: OpaquePointer

  /// Fails only when memory is exhausted.
  init?(_ format: ContainerFormat) {
    guard let reader = unsafe archive_read_new() else { return nil }
    switch format {
    case .tar: unsafe archive_read_support_format_tar(reader)
    case .zip: unsafe archive_read_support_format_zip(reader)
    case .sevenZip: unsafe archive_read_support_format_7zip(reader)
    }
    unsafe pointer = reader
  }

  deinit { unsafe archive_read_free(pointer) }

  /// The last error, in libarchive's words.
  var message: String {
    guard let text = unsafe archive_error_string(pointer) else { return "no reason given" }
    return unsafe String(cString: text)
  }

  /// Bytes that the format reader has used.
  var position: Int { unsafe Int(clamping: archive_filter_bytes(pointer, 0)) }
}

/// What became of a request for a member's data.
enum DataStep {
  /// Bytes at an offset of the member; offsets that are passed over are holes.
  case bytes(Chunk, offset: Int)
  /// The end of the data, at an offset that is behind the last byte where the member ends in a hole.
  case end(offset: Int)
  /// The data is damaged from here on; the piece, where not empty, is doubtful and still handed out.
  case damaged(Chunk, offset: Int, message: String)
}

extension LibarchiveHandle {
  /// The next block of the current member's data.
  func readData() -> DataStep {
    var start: UnsafeRawPointer?
    var count = 0
    var offset: Int64 = 0
    let result = unsafe archive_read_data_block(pointer, &start, &count, &offset)
    let chunk = unsafe Chunk(start?.assumingMemoryBound(to: UInt8.self), count: count)
    switch result {
    case ARCHIVE_OK: return .bytes(chunk, offset: Int(clamping: offset))
    case ARCHIVE_EOF: return .end(offset: Int(clamping: offset))
    case ARCHIVE_WARN: return .damaged(chunk, offset: Int(clamping: offset), message: message)
    default: return .damaged(.empty, offset: Int(clamping: offset), message: message)
    }
  }
}

extension LibarchiveHandle {
  /// What the header of the next entry came to.
  enum HeaderStep {
    case entry(ArchiveEntry, warning: String?)
    case end
    /// Something is wrong here, what follows may still be read.
    case damaged(String)
    case fatal(String)
  }

  func nextHeader() -> HeaderStep {
    var entry: OpaquePointer?
    let result = unsafe archive_read_next_header(pointer, &entry)
    switch result {
    case ARCHIVE_EOF: return .end
    case ARCHIVE_RETRY: return .damaged(message)
    case ARCHIVE_OK, ARCHIVE_WARN:
      guard let entry = unsafe entry else { return .fatal("no entry") }
      return unsafe .entry(Self.describe(entry), warning: result == ARCHIVE_WARN ? message : nil)
    default: return .fatal(message)
    }
  }

  private static func describe(_ entry: OpaquePointer) -> ArchiveEntry {
    let name =
      if let text = unsafe archive_entry_pathname(entry) {
        unsafe String(cString: text)
      } else if let text = unsafe archive_entry_pathname_utf8(entry) {
        unsafe String(cString: text)
      } else {
        "(unnamed)"
      }
    let size = unsafe archive_entry_size_is_set(entry) != 0 ? Int(clamping: archive_entry_size(entry)) : nil
    let kind: EntryKind
    if let target = unsafe archive_entry_hardlink(entry) {
      kind = unsafe .link(to: String(cString: target))
    } else {
      // The file types of libarchive are casts in macros and do not import: S_IFREG and its like.
      switch unsafe archive_entry_filetype(entry) {
      case 0o120000:
        let target = unsafe archive_entry_symlink(entry)
        kind = unsafe .link(to: target.map { unsafe String(cString: $0) } ?? "")
      case 0o040000: kind = .folder
      case 0o020000, 0o060000, 0o010000, 0o140000: kind = .special
      default: kind = .file
      }
    }
    let isEncrypted = unsafe archive_entry_is_encrypted(entry) != 0
    var modified: Int64?
    if unsafe archive_entry_mtime_is_set(entry) != 0 {
      let (seconds, tooLarge) = unsafe Int64(archive_entry_mtime(entry)).multipliedReportingOverflow(by: 1_000_000)
      if !tooLarge, seconds > 0 { modified = seconds }
    }
    return ArchiveEntry(name: name, size: size, kind: kind, isEncrypted: isEncrypted, modified: modified)
  }
}
