// What the path of a log file tells of the program that wrote it.

internal import Support

/// How well a name names the program behind a record; of two names the stronger one is the component.
enum NameRank: UInt8, Comparable, Sendable {
  case none = 0
  /// A host is better than nothing.
  case host
  /// The file's own name.
  case file
  /// The file that a collector read the record out of.
  case collectedFile
  /// A logger, a tag of a module.
  case logger
  /// A container's id.
  case containerID
  /// A service that the record itself names.
  case service
  /// The container, unit or program that a runtime or collector names.
  case container

  static func < (a: NameRank, b: NameRank) -> Bool { a.rawValue < b.rawValue }
}

/// The name in a log file's path.
struct LogOrigin {
  var name: String
  var rank: NameRank
  /// Whether it is a word that says nothing of whose lines they are.
  var isCommon = false

  /// What the path of a member tells, below that of its input.
  init(_ context: borrowing MemberContext) {
    let (input, root) = (context.input, context.settings.root)
    let isBelow = !root.isEmpty && input.utf8.count > root.utf8.count && input.hasPrefix(root + "/")
    self.init(
      path: context.member.isEmpty ? input : input + "/" + context.member,
      outside: LogPath.parts(isBelow ? root : input).count)
  }

  /// What a path tells that stands in a record, of any system.
  init(recorded path: Span<UInt8>) {
    let slashed = [UInt8](copying: path).map { $0 == 0x5C ? 0x2F : $0 }
    self.init(path: String(decoding: slashed, as: UTF8.self))
  }

  /// - Parameters:
  ///   - path: of the member, with the names of the archives around it.
  ///   - outside: how many of its first parts the user chose.
  ///
  /// Known are `NAMESPACE_POD_UID/CONTAINER/N.log` and `POD_NAMESPACE_CONTAINER-ID.log` of the kubelet, `ID-json.log` of
  /// Docker, `ID/userdata/ctr.log` of Podman; of any other file its name up to the first dot, without a date at its end, or its folder's
  /// where the file is only numbered or called as in every program's folder (`LogPath`).
  init(path: String, outside: Int = 0) {
    let parts = LogPath.parts(path)
    guard let file = parts.last, path != "-" else {
      self.init(name: "", rank: .none)
      return
    }
    let base = Array(file.prefix { $0 != 0x2E })
    if parts.count >= 3, Self.isNumbered(base), Self.isPodFolder(parts[parts.count - 3]) {
      let pod = parts[parts.count - 3].split(separator: 0x5F).dropFirst().first.map { Array($0) } ?? []
      self.init(bytes: Self.program(parts[parts.count - 2], of: pod), rank: .container)
    } else if let container = Self.linkedContainer(base) {
      self.init(bytes: Self.program(container, of: Array(base.prefix { $0 != 0x5F })), rank: .container)
    } else if let id = Self.dockerID(base) {
      self.init(bytes: id, rank: .containerID)
    } else if parts.count >= 3, base.elementsEqual("ctr".utf8), parts[parts.count - 2].elementsEqual("userdata".utf8),
      parts[parts.count - 3].allSatisfy(Self.isHex)
    {
      self.init(bytes: parts[parts.count - 3], rank: .containerID)
    } else if Self.isNumbered(base), parts.count >= 2 {
      self.init(bytes: Array(parts[parts.count - 2].prefix { $0 != 0x2E }), rank: .file)
    } else if Self.unnamed.contains(String(decoding: base, as: UTF8.self)),
      let folder = parts.dropLast().last(where: { !Self.isPassedOver($0) })
    {
      self.init(bytes: Self.deployment(Array(folder.prefix { $0 != 0x2E }), isManaged: false), rank: .file)
    } else if LogPath.isCommon(Self.undated(base)), let owner = LogPath.owner(parts, outside: outside) {
      self.init(bytes: Self.deployment(owner, isManaged: false), rank: .file)
    } else if let name = LogPath.labelled(file) {
      self.init(bytes: name, rank: .file)
    } else {
      let isManaged = parts.contains { $0.elementsEqual(".pm2".utf8) || $0.elementsEqual("pm2".utf8) }
      let bare = Self.undated(base)
      self.init(bytes: Self.deployment(bare, isManaged: isManaged), rank: .file)
      isCommon = LogPath.isCommon(bare)
    }
  }

  /// Files and folders that are called by what they hold and not by whose it is: streams, the newest piece of a log (runit, s6,
  /// must-gather of OpenShift), what `kubectl cluster-info dump` writes.
  static let unnamed: Set<String> = ["current", "previous", "stdout", "stderr", "logs", "log"]

  /// Whether a folder says nothing of whose files it holds: such names, dates and numbers, ids, archives, the system's own.
  static func isPassedOver(_ folder: [UInt8]) -> Bool {
    let text = String(decoding: folder, as: UTF8.self)
    // `NAME/log/main/current`: where runit's services have their logs.
    if unnamed.contains(text) || text == "main" || text == "var" || text == "tmp" || text == "." { return true }
    if folder.allSatisfy({ $0 &- 0x30 <= 9 || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }) { return true }
    if folder.count >= 8, folder.allSatisfy({ isHex($0) || $0 == 0x2D }), folder.contains(where: { $0 &- 0x30 <= 9 }) {
      return true
    }
    return [".tar", ".tgz", ".zip", ".gz", ".zst", ".xz", ".bz2", ".7z"].contains { text.contains($0) }
  }

  /// A name without what the controller of a deployment's pods appended (`kubectl logs POD > POD.log`), or what a process manager
  /// appends for its streams (`NAME-out-0.log` of PM2, `NAME-stdout---supervisor-ID.log` of supervisord).
  private static func deployment(_ name: [UInt8], isManaged: Bool) -> [UInt8] {
    var parts = name.split(separator: 0x2D, omittingEmptySubsequences: false)
    if let stream = parts.firstIndex(where: { $0.elementsEqual("stdout".utf8) || $0.elementsEqual("stderr".utf8) }),
      stream > 0, stream + 3 < parts.count, parts[stream + 1].isEmpty, parts[stream + 2].isEmpty
    {
      return Array(parts[..<stream].joined(separator: [0x2D]))
    }
    if parts.count > 2, let last = parts.last, last.count <= 3, isNumbered(Array(last)),
      isStream(parts[parts.count - 2])
    {
      parts.removeLast(2)
    } else if isManaged, parts.count > 1, let last = parts.last, isStream(last) {
      parts.removeLast()
    } else if parts.count > 2, isGenerated(parts[parts.count - 1], 5...5),
      isGenerated(parts[parts.count - 2], 8...10), parts[parts.count - 2].contains(where: { $0 &- 0x30 <= 9 })
    {
      parts.removeLast(2)
    }
    return Array(parts.joined(separator: [0x2D]))
  }

  private static func isStream(_ part: ArraySlice<UInt8>) -> Bool {
    part.elementsEqual("out".utf8) || part.elementsEqual("error".utf8)
  }

  /// Of the alphabet of generated suffixes (k8s.io/apimachinery, util/rand; hashes of templates are encoded in it, too).
  private static func isGenerated(_ part: ArraySlice<UInt8>, _ length: ClosedRange<Int>) -> Bool {
    length.contains(part.count) && part.allSatisfy { generated.contains($0) }
  }

  private static let generated = Set("bcdfghjklmnpqrstvwxz2456789".utf8)

  private init(bytes: [UInt8], rank: NameRank) {
    self.init(name: String(decoding: bytes, as: UTF8.self), rank: bytes.isEmpty ? .none : rank)
  }

  private init(name: String, rank: NameRank) {
    self.name = name
    self.rank = rank
  }

  private static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 6 }

  private static func isNumbered(_ base: [UInt8]) -> Bool { !base.isEmpty && base.allSatisfy { $0 &- 0x30 <= 9 } }

  /// `shop_orders-6d58f9c7b-x2x9k_0b1c…`: two underscores, a hexadecimal id (with hyphens) at the end.
  private static func isPodFolder(_ name: [UInt8]) -> Bool {
    let parts = name.split(separator: 0x5F, omittingEmptySubsequences: false)
    return parts.count == 3 && !parts[0].isEmpty && !parts[1].isEmpty && !parts[2].isEmpty
      && parts[2].allSatisfy { isHex($0) || $0 == 0x2D }
  }

  /// Proxies that stand beside a program in every pod: what they log is the program's traffic.
  private static let sidecars = ["istio-proxy", "linkerd-proxy", "envoy", "envoy-sidecar", "consul-dataplane", "daprd"]

  /// The container of a line's prefix, or of a sidecar the workload.
  static func program(_ line: Span<UInt8>, container: Range<Int>, pod: Range<Int>) -> Range<Int> {
    guard container.count >= 5, isSidecar(line.extracting(container)) else { return container }
    let name = program(Array(sidecars[0].utf8), of: [UInt8](copying: line.extracting(pod)))
    return pod.lowerBound..<pod.lowerBound + name.count
  }

  /// Whether a container is a proxy beside a program.
  static func isSidecar(_ name: Span<UInt8>) -> Bool {
    name.count <= 20 && sidecars.contains(String(copying: name))
  }

  /// A pod's name without what its controller appended.
  static func workload(ofPod pod: Span<UInt8>) -> Int {
    program(Array(sidecars[0].utf8), of: [UInt8](copying: pod)).count
  }

  /// The container, or of a sidecar the workload: the pod's name without what its controller appended.
  private static func program(_ container: [UInt8], of pod: [UInt8]) -> [UInt8] {
    guard sidecars.contains(String(decoding: container, as: UTF8.self)), !pod.isEmpty else { return container }
    var parts = pod.split(separator: 0x2D)
    let isOrdinal = parts.last.map { $0.allSatisfy { $0 &- 0x30 <= 9 } } == true
    if parts.count > 1, isOrdinal || parts.last?.count == 5 { parts.removeLast() }
    // The hash of a replica set's template.
    if !isOrdinal, parts.count > 1, let hash = parts.last, hash.count >= 8, hash.count <= 10,
      hash.contains(where: { $0 &- 0x30 <= 9 })
    {
      parts.removeLast()
    }
    return Array(parts.joined(separator: [0x2D]))
  }

  /// `orders-6d58f9c7b-x2x9k_shop_orders-` and 64 hexadecimal digits.
  private static func linkedContainer(_ base: [UInt8]) -> [UInt8]? {
    let parts = base.split(separator: 0x5F, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].count > 13, let hyphen = parts[2].lastIndex(of: 0x2D) else { return nil }
    let id = parts[2][(hyphen + 1)...]
    guard id.count >= 12, id.allSatisfy(isHex), hyphen > parts[2].startIndex else { return nil }
    return Array(parts[2][..<hyphen])
  }

  private static func dockerID(_ base: [UInt8]) -> [UInt8]? {
    guard base.count > 5, base.suffix(5).elementsEqual("-json".utf8) else { return nil }
    let id = base.dropLast(5)
    return id.allSatisfy(isHex) ? Array(id) : nil
  }

  /// Without `20261125`, `2026-11-25` or `261125` behind letters: one program's files of two nights have one name.
  private static func undated(_ base: [UInt8]) -> [UInt8] {
    var end = base.count
    var digits = 0
    while end > 0, base[end - 1] &- 0x30 <= 9 || base[end - 1] == 0x2D || base[end - 1] == 0x5F {
      if base[end - 1] &- 0x30 <= 9 { digits += 1 }
      end -= 1
    }
    return end > 0 && (digits == 6 || digits == 8 || digits == 10 || digits == 14) ? Array(base[..<end]) : base
  }
}
