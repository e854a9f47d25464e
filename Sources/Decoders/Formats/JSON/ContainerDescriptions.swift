// What container runtimes write of a container beside its log: no records, but its name.

internal import Model
internal import Support

/// Reads `config.v2.json`, which Docker keeps beside `ID-json.log` (moby, daemon/container/container.go: `ID`, `Name`,
/// `Config.Labels`), what `docker inspect`, `podman inspect` and the API's lists print (`Id`, `Name` or `Names`), and
/// `overlay-containers/containers.json` of Podman and CRI-O (containers/storage: `id`, `names`).
struct ContainerDescriptions: FormatDecoder {
  let format = "container descriptions"
  private var context: MemberContext
  private var bytes: [UInt8] = []

  init(context: MemberContext) { self.context = context }

  /// Whether the first bytes are those of one: Docker's first field, or a container's whole id in front of its names or its creation.
  static func recognizes(_ head: Span<UInt8>) -> Bool {
    var i = 0
    skipSpace(head, &i)
    guard i < head.count, head[i] == 0x7B || head[i] == 0x5B else { return false }
    if head[i] == 0x5B {
      i += 1
      skipSpace(head, &i)
      guard i < head.count, head[i] == 0x7B else { return false }
    } else if JSONScanner.matches(head, i, "{\"StreamConfig\":") {
      return true
    }
    i += 1
    skipSpace(head, &i)
    guard JSONScanner.matches(head, i, "\"Id\"") || JSONScanner.matches(head, i, "\"id\"") else { return false }
    i += 4
    skip(0x3A, head, &i)
    guard i < head.count, head[i] == 0x22 else { return false }
    let end = i + 1 + idLength
    guard end < head.count, head[end] == 0x22, head.extracting(i + 1..<end).isHex else { return false }
    i = end + 1
    skip(0x2C, head, &i)
    if JSONScanner.matches(head, i, "\"names\"") || JSONScanner.matches(head, i, "\"Names\"") { return true }
    guard JSONScanner.matches(head, i, "\"Created\"") else { return false }
    // Anybody's record may have an id and a day; a program's path stands behind a container's.
    i += 9
    skip(0x3A, head, &i)
    guard i < head.count, head[i] == 0x22 else { return false }
    i = ByteScan.find(0x22, in: head, from: i + 1) + 1
    guard i < head.count else { return false }
    skip(0x2C, head, &i)
    return JSONScanner.matches(head, i, "\"Path\"") || JSONScanner.matches(head, i, "\"Name\"")
  }

  private static let idLength = 64

  private static func skipSpace(_ head: Span<UInt8>, _ i: inout Int) {
    while i < head.count, Sniffer.isSpace(head[i]) { i += 1 }
  }

  /// Passes over a sign and the blanks around it.
  private static func skip(_ sign: UInt8, _ head: Span<UInt8>, _ i: inout Int) {
    skipSpace(head, &i)
    if i < head.count, head[i] == sign { i += 1 }
    skipSpace(head, &i)
  }

  mutating func feed(_ bytes: Span<UInt8>, into batch: inout RecordBatch) {
    // One that is cut is no JSON.
    let room = context.settings.limits.line - self.bytes.count
    self.bytes.append(copying: bytes.extracting(first: min(room, bytes.count)))
  }

  mutating func finish(complete: Bool, into batch: inout RecordBatch) {
    do throws(JSONFailure) {
      switch try JSONParser.parse(bytes) {
      case .array(let containers): for container in containers { Self.note(container, in: &batch.containers) }
      case let container: Self.note(container, in: &batch.containers)
      }
    } catch {
      noteLines(into: &batch)
    }
    context.close(into: &batch)
  }

  /// Reads a description a line, as `docker inspect -f '{{json .}}'` prints them.
  private mutating func noteLines(into batch: inout RecordBatch) {
    var isWhole = true
    for line in bytes.split(separator: 0x0A) where !line.allSatisfy(Sniffer.isSpace) {
      do throws(JSONFailure) {
        Self.note(try JSONParser.parse(Array(line)), in: &batch.containers)
      } catch {
        isWhole = false
      }
    }
    if isWhole { return }
    context.report(
      "unrecognizedFormat", .note, at: .whole, "a container's description that is not whole", into: &batch)
  }

  private static func note(_ container: JSONValue, in names: inout ContainerNames) {
    guard case .object(let pairs) = container,
      let id = ["ID", "Id", "id"].lazy.compactMap({ text(pairs[$0]) }).first, id.utf8.count == idLength
    else { return }
    var labels = pairs["Labels"]
    if case .object(let config)? = pairs["Config"] { labels = config["Labels"] }
    names.add(labelled(labels) ?? plain(pairs), id: id)
  }

  /// What an orchestrator calls the program: its containers have a number or an id in their names.
  private static func labelled(_ labels: JSONValue?) -> String? {
    guard case .object(let labels)? = labels else { return nil }
    return programs.lazy.compactMap { text(labels[$0]) }.first { !$0.isEmpty }
  }

  private static let programs = [
    "com.docker.compose.service", "io.podman.compose.service", "io.kubernetes.container.name",
    "com.docker.swarm.service.name", "com.amazonaws.ecs.container-name", "com.hashicorp.nomad.task_name",
  ]

  /// The container's own name: with a slash in Docker (the first of several has no further one, which links would have), in
  /// `k8s_CONTAINER_POD_…` the container.
  private static func plain(_ pairs: [String: JSONValue]) -> String {
    var names: [String] = []
    if let name = text(pairs["Name"]) { names = [name] }
    if case .array(let list)? = pairs["Names"] ?? pairs["names"] { names = list.compactMap { text($0) } }
    let bare = names.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
    guard let name = bare.first(where: { !$0.contains("/") }) else { return "" }
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    return parts.count >= 6 && parts[0] == "k8s" ? String(parts[1]) : name
  }

  private static func text(_ value: JSONValue?) -> String? {
    if case .string(let text)? = value { text } else { nil }
  }
}

extension Span<UInt8> {
  /// Whether all of it are hexadecimal digits.
  fileprivate var isHex: Bool {
    for i in indices where hexDigit(self[i]) > 15 { return false }
    return true
  }
}
