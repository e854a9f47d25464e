// Is the recommended candidate truly the best? Every candidate is played in the world that made the log.
internal import Policies
internal import Model
internal import Glibc
internal import Runs
internal import Simulation
internal import Verbs

/// `benchmark policies-sample [plays]` and `policies-nights [nights] [plays]`.
enum PolicyTruthBenchmark {
  /// The candidates that the project ships, seen from its root.
  static let candidates = "pipelines/policies.yaml"

  /// The shipped sample.
  static func sample(plays: Int) throws {
    print(try judge(Samples.serviceNight, plays: plays, isLoud: true).text)
  }

  /// Nights made like the sample from other seeds, then nights with every fault.
  static func nights(_ count: Int, plays: Int) throws {
    for (name, make) in [("like the sample", like), ("every fault", every)] {
      var best = 0
      var near = 0
      var none = 0
      for number in 1...max(count, 1) {
        let verdict = try judge(make(UInt64(number)), plays: plays, isLoud: false)
        best += verdict.isBest ? 1 : 0
        near += verdict.isNear ? 1 : 0
        none += verdict.recommended == nil ? 1 : 0
        BenchmarkLine.tell("  \(name), seed \(number): \(verdict.text)")
      }
      BenchmarkLine.tell(
        "\(name): of \(count) recommendations \(best) are truly best, \(near) best or within two standard errors of it or "
          + "1 % of its gain; \(none) nights had none")
    }
  }

  private static func like(_ seed: UInt64) -> WorldSpec {
    var spec = Samples.serviceNight
    spec.seed = seed
    return spec
  }

  private static func every(_ seed: UInt64) -> WorldSpec { WorldSpec.everyFault(seed: seed) }

  private struct Verdict {
    var recommended: String?
    var isBest = false
    var isNear = false
    var text = ""
  }

  private static func judge(_ spec: WorldSpec, plays: Int, isLoud: Bool) throws -> Verdict {
    let folder = "\(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")/hindcast-truth-\(getpid())"
    defer { _ = ChildProcess.run(["rm", "-rf", folder]) }
    let (input, _) = try World.writeServiceNight(spec, to: folder)
    var options = RunSetup.Options()
    options.inputs = [input]
    options.policies = candidates
    options.noHistory = true
    options.quiet = true
    let (policies, findings) = try PolicyVerb.findings(options)
    guard let findings else { return Verdict(text: "no calls") }
    let trial = NightTrial(spec)
    let playable = policies.filter(NightTrial.canPlay)
    let before = trial.truth(nil, plays: plays)
    let truths = playable.map { (name: $0.name, truth: trial.truth($0, plays: plays)) }
    var lines: [String] = []
    func line(_ name: String, _ truth: NightTrial.Truth, _ said: String) {
      lines.append(
        "\(name): requests \(digits(truth.requestSuccess)) ±\(digits(truth.requestError)), calls "
          + "\(digits(truth.callSuccess)) ±\(digits(truth.callError)), attempts \(digits(truth.attemptsPerCall)); \(said)"
      )
    }
    if isLoud { line("as logged", before, "") }
    for (name, truth) in truths where isLoud {
      let said = findings.candidates.first { $0.name.text == name }
      let gain = said?.difference.successRate
      line(
        name, truth,
        "said \(gain?.value.map { digits($0) } ?? "nothing") (\(digits(gain?.low ?? 0)) to \(digits(gain?.high ?? 0)))")
    }
    guard let top = truths.max(by: { $0.truth.requestSuccess < $1.truth.requestSuccess }) else {
      return Verdict(text: "nothing to play")
    }
    var verdict = Verdict(recommended: findings.recommended?.text)
    let chosen = truths.first { $0.name == findings.recommended?.text }?.truth ?? before
    let error = (top.truth.requestError * top.truth.requestError + chosen.requestError * chosen.requestError)
      .squareRoot()
    let gap = top.truth.requestSuccess - chosen.requestSuccess
    let gain = top.truth.requestSuccess - before.requestSuccess
    verdict.isBest = gap <= 0
    verdict.isNear = gap <= 2 * error || gap <= 0.01 * gain
    lines.append(
      "recommended \(findings.recommended?.text ?? "none"), truly best \(top.name): \(digits(gain * 1e6)) more requests served in a "
        + "million than as logged; the recommended one falls short by \(digits(gap * 1e6)) ±\(digits(error * 1e6))")
    verdict.text = lines.joined(separator: "\n")
    return verdict
  }

  private static func digits(_ value: Double) -> String {
    let scaled = (value * 1e5).rounded() / 1e5
    return abs(scaled) >= 1000 ? String(Int(scaled.rounded())) : scaled.description
  }
}
