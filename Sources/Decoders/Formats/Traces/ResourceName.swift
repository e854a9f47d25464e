// Which attribute of a resource names the program.

internal import Model

/// The name of what a resource stands for: `service.name`, else what runtimes and operators call it (OpenTelemetry's semantic
/// conventions: Kubernetes, containers, functions; a collector that reads files knows no service).
struct ResourceName {
  private(set) var name: JSONStringSlice?
  private var rank = Int.max
  /// The object that a collector's record of the cluster's events is of, and whether it is a pod.
  private var object: JSONStringSlice?
  private var objectIsPod = false

  private static let keys: [StaticString] = [
    "service.name", "k8s.container.name", "container.name", "k8s.deployment.name", "k8s.statefulset.name",
    "k8s.daemonset.name", "k8s.cronjob.name", "k8s.job.name", "faas.name", "k8s.pod.name",
  ]

  /// Takes an attribute whose value is a text.
  mutating func take(_ b: Span<UInt8>, _ key: JSONStringSlice, _ value: JSONStringSlice) {
    guard !key.isEmpty, !value.isEmpty else { return }
    switch b[key.start] {
    case 0x73, 0x6B, 0x63, 0x66: break
    default: return
    }
    if b[key.start] == 0x6B, JSONScanner.matches(b, key.start, "k8s.object.") { takeObject(b, key, value) }
    for (index, candidate) in Self.keys.enumerated() where JSONScanner.equals(b, key, candidate) {
      // What an SDK says where nobody named the service (OpenTelemetry, "service.name") is better than nothing alone.
      let isDefault = index == 0 && JSONScanner.matches(b, value.start, "unknown_service")
      let order = isDefault ? Self.keys.count : index
      guard order < rank else { return }
      rank = order
      var text = value
      if index == Self.keys.count - 1 {
        text.end = text.start + LogOrigin.workload(ofPod: b.extracting(value.start..<value.end))
      }
      name = text
    }
  }

  /// `k8s.object.kind` and `k8s.object.name` of the collector's k8sevents receiver: worse than any name of what runs.
  private mutating func takeObject(_ b: Span<UInt8>, _ key: JSONStringSlice, _ value: JSONStringSlice) {
    if JSONScanner.equals(b, key, "k8s.object.kind") { objectIsPod = JSONScanner.equals(b, value, "Pod") }
    if JSONScanner.equals(b, key, "k8s.object.name") { object = value }
    guard rank > Self.keys.count, var text = object else { return }
    if objectIsPod { text.end = text.start + LogOrigin.workload(ofPod: b.extracting(text.start..<text.end)) }
    name = text
  }
}
