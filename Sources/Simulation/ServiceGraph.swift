/// Who calls whom in a generated world: services in layers with operations, and peers without spans of their own.
struct ServiceGraph: Sendable {
  var services: [Service] = []
  /// Operations that requests enter by, as (service, operation), with their share of the traffic.
  var entries: [(service: Int, operation: Int, share: Double)] = []

  /// Where a user's request enters.
  func entry(_ random: inout WorldRandom) -> (service: Int, operation: Int, share: Double) {
    let total = entries.reduce(0) { $0 + $1.share }
    var draw = random.uniform(0, total)
    var entry = entries[0]
    for candidate in entries {
      entry = candidate
      draw -= candidate.share
      if draw <= 0 { break }
    }
    return entry
  }

  struct Service: Sendable {
    var name: String
    var layer: Int
    /// Databases, caches and third parties: called, never heard.
    var isVirtual = false
    /// `postgresql`, `redis`, …: the system of a virtual one.
    var system = ""
    var operations: [Operation] = []
    /// Share of its requests that fail for no reason of ours.
    var noise = 0.0
    var logsJSON = false
    /// Chance of an information line per request.
    var chatter = 0.0
  }

  struct Operation: Sendable {
    var name: String
    /// Median of the operation's own work, microseconds.
    var work: Double
    var sigma: Double
    /// Steps one after the other; the calls of one step run at once.
    var steps: [[Call]]
  }

  struct Call: Sendable {
    var service: Int
    var operation: Int
    /// Chance that a request makes it.
    var probability: Double
    /// Microseconds.
    var timeout: Int64
    /// The first one included.
    var attempts: Int
    /// Microseconds before the second attempt at most; doubled for each further one.
    var backoff: Double
    /// Whether the caller goes on without an answer.
    var isOptional: Bool
  }

  /// The services that call a service, directly or through others, itself included.
  func callers(of target: Int) -> Set<Int> {
    var found: Set<Int> = [target]
    var grew = true
    while grew {
      grew = false
      for (i, service) in services.enumerated() where !found.contains(i) {
        let calls = service.operations.flatMap { $0.steps.flatMap { $0 } }
        if calls.contains(where: { found.contains($0.service) }) {
          found.insert(i)
          grew = true
        }
      }
    }
    return found
  }
}

extension ServiceGraph {
  private static let nouns = [
    "cart", "catalog", "checkout", "payments", "orders", "shipping", "stock", "pricing", "profile", "search", "ads",
    "reviews", "ratings", "recommend", "invoice", "tax", "currency", "email", "notify", "auth", "session", "audit",
    "geo", "routes", "seats", "station", "train", "ticket", "voucher", "loyalty", "fraud", "ledger", "quota", "media",
    "images", "comments", "feed", "friends", "travel", "basic", "config", "verify", "contacts", "food", "consign",
  ]
  private static let suffixes = ["", "-service", "-api", "-svc"]
  private static let verbs = ["get", "list", "create", "update", "query", "calculate", "check", "reserve", "find"]
  private static let systems = [
    ("db", "postgresql"), ("mysql", "mysql"), ("mongo", "mongodb"), ("cache", "redis"), ("external", ""),
  ]

  /// A random graph of `components` components, peers without spans among them.
  static func random(components: Int, requestSize: Int, seed: UInt64) -> ServiceGraph {
    var random = WorldRandom(seed: seed, stream: "graph")
    var graph = ServiceGraph()
    let virtualCount = max(1, components / 5)
    let serviceCount = max(2, components - virtualCount)
    let layers = serviceCount < 6 ? 3 : random.int(3...5)
    let suffix = random.pick(suffixes) ?? ""
    let names = random.shuffled(nouns)
    for i in 0..<serviceCount {
      let isEntry = i == 0 || (i == 1 && serviceCount > 12)
      let turn = i / names.count
      let name = isEntry ? (i == 0 ? "frontend" : "mobile-gateway") : names[i % names.count] + suffix
      graph.services.append(
        Service(
          name: turn == 0 ? name : name + "-\(turn + 1)", layer: isEntry ? 0 : 1 + (i - 1) % (layers - 1),
          noise: random.chance(0.5) ? random.uniform(0, 0.004) : 0, logsJSON: random.chance(0.4),
          chatter: random.uniform(0, 0.4)))
    }
    for i in 0..<virtualCount {
      let (kind, system) = random.pick(systems) ?? ("db", "postgresql")
      let owner = names[(i * 7 + 3) % names.count]
      graph.services.append(
        Service(
          name: "\(owner)-\(kind)\(i >= names.count ? "-\(i)" : "")", layer: layers, isVirtual: true, system: system))
    }
    // From the last layer up, so that an operation's weight (calls below it) is known when it is called.
    var weight: [[Int]] = graph.services.map { _ in [] }
    for index in graph.services.indices.sorted(by: { graph.services[$0].layer > graph.services[$1].layer }) {
      graph.addOperations(to: index, weight: &weight, requestSize: requestSize, &random)
    }
    graph.connectUnused(&weight, &random)
    for (i, service) in graph.services.enumerated() where service.layer == 0 {
      for operation in service.operations.indices {
        graph.entries.append((i, operation, random.uniform(0.5, 1.5)))
      }
    }
    return graph
  }

  private mutating func addOperations(
    to index: Int, weight: inout [[Int]], requestSize: Int, _ random: inout WorldRandom
  ) {
    let service = services[index]
    let count = service.isVirtual ? 1 : service.layer == 0 ? 4 : random.int(1...2)
    let verbs = random.shuffled(Self.verbs)
    for i in 0..<count {
      var operation = Operation(
        name: service.isVirtual ? "query" : "\(verbs[i % verbs.count])", work: random.uniform(800, 9_000),
        sigma: random.uniform(0.25, 0.5), steps: [])
      var total = 1
      if !service.isVirtual {
        let below = services.indices.filter { services[$0].layer > service.layer }
        let near = below.filter { services[$0].layer == service.layer + 1 || services[$0].isVirtual }
        let steps = service.layer == 0 ? random.int(2...3) : random.int(0...2)
        for _ in 0..<steps {
          var step: [Call] = []
          for _ in 0..<(random.chance(0.25) ? 2 : 1) {
            guard let target = random.pick(random.chance(0.85) ? near : below), total < requestSize,
              !weight[target].isEmpty
            else { continue }
            let operation = random.int(0...weight[target].count - 1)
            if total + weight[target][operation] > requestSize { continue }
            total += weight[target][operation]
            step.append(Self.call(target, operation, &random))
          }
          if !step.isEmpty { operation.steps.append(step) }
        }
      }
      services[index].operations.append(operation)
      weight[index].append(total)
    }
  }

  /// Every service below the entries is called by someone.
  private mutating func connectUnused(_ weight: inout [[Int]], _ random: inout WorldRandom) {
    for layer in stride(from: services.map(\.layer).max() ?? 0, to: 0, by: -1) {
      for target in services.indices where services[target].layer == layer {
        let isCalled = services.contains {
          $0.operations.contains { $0.steps.contains { $0.contains { $0.service == target } } }
        }
        if isCalled { continue }
        let above = services.indices.filter { !services[$0].isVirtual && services[$0].layer < layer }
        let near = above.filter { services[$0].layer == layer - 1 }
        guard let caller = random.pick(near.isEmpty ? above : near), !services[target].operations.isEmpty else {
          continue
        }
        let operation = random.int(0...services[caller].operations.count - 1)
        services[caller].operations[operation].steps.append([Self.call(target, 0, &random)])
      }
    }
  }

  private static func call(_ target: Int, _ operation: Int, _ random: inout WorldRandom) -> Call {
    let retries = random.chance(0.4)
    return Call(
      service: target, operation: operation, probability: random.chance(0.7) ? 1 : random.uniform(0.4, 0.9),
      timeout: Int64(random.int(8...20)) * 100_000, attempts: retries ? 3 : 1, backoff: 50_000,
      isOptional: random.chance(0.12))
  }
}
