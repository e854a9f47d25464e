// Records of zap whose keys are single capitals.

internal import Model
internal import Support

/// zap's `NewDevelopmentEncoderConfig` with the encoding `json`: `{"L":"WARN","T":…,"N":…,"C":…,"M":…,"S":…}` (zap, config.go).
///
/// Such letters are anybody's: only an object with a level under `L` and a text under `M` is a record, and only of it the others have their
/// meaning.
enum ZapDevelopment {
  /// What a key of one letter tells of its object, if a text stands under it.
  static func keys(_ letter: UInt8) -> JSONClassifier.Keys {
    switch letter {
    case 0x4C: JSONClassifier.Keys(rawValue: 1 << 41)
    case 0x4D: JSONClassifier.Keys(rawValue: 1 << 42)
    default: []
    }
  }

  private static let names: [(letter: UInt8, name: StaticString)] = [
    (0x4C, "level"), (0x54, "time"), (0x4E, "logger"), (0x43, "caller"), (0x46, "function"), (0x4D, "msg"),
    (0x53, "stacktrace"),
  ]

  /// A copy of the object under the names that zap has elsewhere; nil where its level is none.
  static func renamed(_ b: Span<UInt8>, at start: Int) -> [UInt8]? {
    var out: [UInt8] = []
    var hasLevel = false
    var reader = JSONScanner(at: start)
    _ = reader.eachMember(b) { reader, key in
      reader.skipSpace(b)
      let value = reader.position
      guard reader.skipValue(b) else { return false }
      out.append(out.isEmpty ? 0x7B : 0x2C)
      out.append(0x22)
      if key.count == 1, let known = names.first(where: { $0.letter == b[key.start] }) {
        if known.letter == 0x4C, reader.position > value + 2 {
          hasLevel = !Model.severity(ofField: b.extracting(value + 1..<reader.position - 1)).isUnknown
        }
        for i in 0..<known.name.utf8CodeUnitCount { unsafe out.append(known.name.utf8Start[i]) }
      } else {
        out.append(copying: b.extracting(key.start..<key.end))
      }
      out.append(0x22)
      out.append(0x3A)
      out.append(copying: b.extracting(value..<reader.position))
      return true
    }
    out.append(0x7D)
    return hasLevel && reader.failure == .none ? out : nil
  }
}
