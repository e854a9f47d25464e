// The room fuzz: hostile bytes for every parser, in CI for a minute and under libFuzzer for longer.
// It never judges a result: it looks for traps, hangs, and promises of balance that break.

// Short fuzzing without a sanitizer: seeded mutations of the seed corpus, the same inputs everywhere.

#if !FUZZER
  internal import Glibc
  internal import Support

  @main
  enum Fuzz {
    static let usage = """
      usage: fuzz run COUNT [SEED] [TARGET…]     COUNT mutated inputs for every target
             fuzz input TARGET SEED NUMBER       one of them, to standard output
             fuzz replay TARGET FILE…            files as inputs
             fuzz seeds FOLDER                   the seed corpora, a folder each
      """

    static func main() {
      let arguments = Array(CommandLine.arguments.dropFirst())
      do {
        exit(try run(arguments))
      } catch {
        print("fuzz: \(error)")
        exit(2)
      }
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
      switch (arguments.first, arguments.count) {
      case ("run", 2...):
        guard let count = Int(arguments[1]) else { break }
        let named = arguments.compactMap(FuzzTarget.init)
        let seed = arguments.count > 2 ? UInt64(arguments[2]) ?? 1 : 1
        return try mutate(count, seed: seed, named.isEmpty ? FuzzTarget.allCases : named)
      case ("input", 4):
        guard let target = FuzzTarget(rawValue: arguments[1]), let seed = UInt64(arguments[2]),
          let number = Int(arguments[3])
        else { break }
        try CheckedFile.write(
          Mutation(seeds: try SeedCorpus.seeds(target), seed: seed).input(number), to: "\(target)-\(seed)-\(number)")
        return 0
      case ("replay", 3...):
        guard let target = FuzzTarget(rawValue: arguments[1]) else { break }
        var code: Int32 = 0
        for path in arguments.dropFirst(2) {
          guard let broken = target.brokenPromise(try CheckedFile.read(path)) else { continue }
          print("\(path): \(broken)")
          code = 1
        }
        return code
      case ("seeds", 2):
        for target in FuzzTarget.allCases {
          let folder = "\(arguments[1])/\(target)"
          try CheckedFile.makeFolder(folder)
          for (i, seed) in try SeedCorpus.seeds(target).enumerated() {
            try CheckedFile.write(seed, to: "\(folder)/\(100 + i)")
          }
        }
        return 0
      default: break
      }
      print(usage)
      return 64
    }

    /// Runs every seed and `count` mutations of each target; 1 where a promise was broken.
    private static func mutate(_ count: Int, seed: UInt64, _ targets: [FuzzTarget]) throws -> Int32 {
      var code: Int32 = 0
      for target in targets {
        let count = max(1, count / target.cost)
        let mutation = Mutation(seeds: try SeedCorpus.seeds(target), seed: seed)
        let clock = ContinuousClock()
        let start = clock.now
        LastInput.watch(target, seed: seed)
        for (i, bytes) in mutation.seeds.enumerated() {
          LastInput.begin(-1 - i)
          guard let broken = target.brokenPromise(bytes) else { continue }
          print("\(target): seed \(i) of the corpus: \(broken)")
          code = 1
        }
        for number in 0..<count {
          LastInput.begin(number)
          guard let broken = target.brokenPromise(mutation.input(number)) else { continue }
          print("fuzz input \(target) \(seed) \(number): \(broken)")
          code = 1
        }
        LastInput.rest()
        let elapsed = clock.now - start
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        print("\(target): \(mutation.seeds.count) seeds, \(count) inputs, \(Int(Double(count) / seconds)) per second")
      }
      var usage = rusage()
      _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      let peak = usage.ru_maxrss / 1024
      if peak > 512 {
        print("\(peak) MiB of memory at most: more than 512")
        code = 1
      }
      return code
    }
  }

  /// Names the input at work when a signal ends the program.
  private enum LastInput {
    private nonisolated(unsafe) static var name: StaticString = ""
    private nonisolated(unsafe) static var seed: UInt64 = 0
    private nonisolated(unsafe) static var number = 0
    /// Seconds after which an input counts as a hang.
    private static let longest: UInt32 = 10

    static func watch(_ target: FuzzTarget, seed: UInt64) {
      unsafe self.seed = seed
      unsafe name =
        switch target {
        case .archives: "archives "
        case .json: "json "
        case .protobuf: "protobuf "
        case .lines: "lines "
        case .access: "access "
        case .tables: "tables "
        case .xml: "xml "
        case .results: "results "
        case .segments: "segments "
        case .pipeline: "pipeline "
        case .policies: "policies "
        case .lists: "lists "
        case .report: "report "
        case .capture: "capture "
        case .history: "history "
        case .partial: "partial "
        }
      for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
        _ = Glibc.signal(signal) { signal in
          LastInput.tell()
          _ = Glibc.signal(signal, SIG_DFL)
          raise(signal)
        }
      }
    }

    static func begin(_ number: Int) {
      unsafe self.number = number
      alarm(longest)
    }

    static func rest() { alarm(0) }

    /// Only system calls and arithmetic: the program is already broken here.
    private static func tell() {
      write("crash or hang: fuzz input ")
      unsafe write(name)
      unsafe digits(seed)
      write(unsafe number < 0 ? " seed " : " ")
      unsafe digits(number < 0 ? UInt64(-1 - number) : UInt64(number))
      write("\n")
    }

    private static func write(_ text: StaticString) {
      _ = unsafe Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount)
    }

    private static func digits(_ value: UInt64) {
      var divisor: UInt64 = 1
      while value / divisor >= 10 { divisor *= 10 }
      while divisor > 0 {
        var digit = UInt8(0x30 + value / divisor % 10)
        _ = unsafe Glibc.write(2, &digit, 1)
        divisor /= 10
      }
    }
  }
#endif
