internal import ArgumentParser
internal import Runs
internal import Simulation
internal import Verbs

/// A synthetic world with its truth, for trying and testing.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "A synthetic night with its truth beside it.",
    discussion: """
      hindcast generate --seed 7 -o world           a service night with one fault of every kind
      hindcast generate --seed 7 --world ci -o world a night of test reports with flaky and cascading tests
      """)

  enum Kind: String, ExpressibleByArgument, CaseIterable { case services, ci, samples }

  @Option(help: "services, ci, or samples: what the project ships.")
  var world = Kind.services

  @Option(help: "Equal seeds give equal bytes.")
  var seed: UInt64 = 1

  @Option(help: "Nights of a CI world.")
  var nights: Int?

  @Option(help: "Builds of a CI night.")
  var builds: Int?

  @Option(help: "Tests of a CI world.")
  var tests: Int?

  @Option(help: "Configurations of a CI world: cells of a matrix that every build runs on.")
  var configurations: Int?

  @Option(help: "Minutes of a service night.")
  var minutes: Int?

  @Option(help: "Components of a service night.")
  var components: Int?

  @Option(help: "Users' requests per second of a service night.")
  var rate: Double?

  @Option(name: [.short, .customLong("output")], help: "The folder to write into.")
  var output: String

  func validate() throws {
    if let minutes, !(1...100_000).contains(minutes) { throw ValidationError("--minutes takes 1 to 100000") }
    if let nights, !(1...3_650).contains(nights) { throw ValidationError("--nights takes 1 to 3650") }
    if let builds, !(1...1_000).contains(builds) { throw ValidationError("--builds takes 1 to 1000") }
    if let tests, !(20...1_000_000).contains(tests) { throw ValidationError("--tests takes 20 to 1000000") }
    if let configurations, !(1...16).contains(configurations) {
      throw ValidationError("--configurations takes 1 to 16")
    }
    if let components, !(2...5_000).contains(components) { throw ValidationError("--components takes 2 to 5000") }
    if let rate, !(rate > 0 && rate <= 100_000) { throw ValidationError("--rate takes a number up to 100000") }
  }

  func run() throws {
    do throws(WorldFailure) {
      switch world {
      case .services:
        var spec = WorldSpec.everyFault(seed: seed)
        if let minutes { spec.minutes = minutes }
        if let components { spec.components = components }
        if let rate { spec.rate = rate }
        let (input, _) = try World.writeServiceNight(spec, to: output)
        Console.tell("wrote \(input)")
      case .ci:
        var spec = CISpec(seed: seed)
        if let nights { spec.nights = nights }
        if let builds { spec.builds = builds }
        if let tests { (spec.testsPerSuite, spec.suites) = tests < 1000 ? (20, tests / 20) : (50, tests / 50) }
        if let configurations, configurations > 1 { spec.configurations = World.configurations(configurations) }
        let (inputs, _) = try World.writeCINights(spec, to: output)
        Console.tell("wrote \(inputs.count) nights into \(output)")
      case .samples:
        try Samples.write(to: output)
        Console.tell("wrote the samples into \(output)")
      }
    } catch {
      Console.tell("\(error)")
      throw ExitCode(Exit.cannotCreate)
    }
  }
}
