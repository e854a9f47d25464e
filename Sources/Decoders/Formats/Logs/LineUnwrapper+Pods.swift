// Prefixes that name a pod: kubectl's, stern's, kail's and kubetail's.

internal import Model
internal import Support

extension LineUnwrapper {
  func kubectl(_ line: Span<UInt8>) -> LineLayer? {
    guard JSONScanner.matches(line, 0, "[pod/") else { return podPrefix(line) }
    let end = ByteScan.find(0x5D, in: line, from: 5)
    guard end + 1 < line.count, line[end + 1] == 0x20, end < 512 else { return nil }
    var slash = end
    while slash > 4, line[slash] != 0x2F { slash -= 1 }
    guard slash > 5, slash + 1 < end else { return nil }
    let name = LogOrigin.program(line, container: slash + 1..<end, pod: 5..<slash)
    return LineLayer(name: name, rank: .container, start: end + 2)
  }

  /// `NAMESPACE/POD[CONTAINER]: ` of kail (boz/kail, writer.go), `[POD] ` and `[POD CONTAINER] ` of kubetail.
  private func podPrefix(_ line: Span<UInt8>) -> LineLayer? {
    guard line.count > 8, line[0] == 0x5B || line[0] &- 0x61 < 26 else { return nil }
    return line[0] == 0x5B ? kubetail(line) : kail(line)
  }

  /// Any pod: no program writes this in front of each of its lines. `postfix/smtpd[123]: ` is a process.
  private func kail(_ line: Span<UInt8>) -> LineLayer? {
    guard let namespace = labelEnd(line, 0), line[namespace] == 0x2F, let pod = labelEnd(line, namespace + 1),
      line[pod] == 0x5B, let end = labelEnd(line, pod + 1), JSONScanner.matches(line, end, "]:"),
      end + 2 == line.count || line[end + 2] == 0x20, (pod + 1..<end).contains(where: { line[$0] &- 0x61 < 26 })
    else { return nil }
    let name = LogOrigin.program(line, container: pod + 1..<end, pod: namespace + 1..<pod)
    return LineLayer(name: name, rank: .container, start: min(end + 3, line.count))
  }

  /// A deployment's pods only, for threads and modules stand in brackets, too.
  private func kubetail(_ line: Span<UInt8>) -> LineLayer? {
    guard var i = labelEnd(line, 1), i > 9, !Self.isUUID(line, 1..<i) else { return nil }
    let pod = 1..<i
    let workload = LogOrigin.workload(ofPod: line.extracting(pod))
    guard workload + 7 < pod.count else { return nil }
    var container = 1..<1 + workload
    if line[i] == 0x20 {
      let start = i + 1
      guard let end = labelEnd(line, start) else { return nil }
      container = LogOrigin.program(line, container: start..<end, pod: pod)
      i = end
    }
    guard JSONScanner.matches(line, i, "] ") else { return nil }
    return LineLayer(name: container, rank: .container, start: i + 2)
  }

  /// Where a name of Kubernetes ends: small letters, digits, hyphens and, of pods, full stops; nil where none stands, or nothing behind it.
  private func labelEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
    var i = start
    while i < line.count, i - start < 254, Self.isLabel(line[i]) && line[i] &- 0x41 > 25 || line[i] == 0x2E { i += 1 }
    return i > start && i < line.count ? i : nil
  }

  /// `+ POD › CONTAINER` and `- POD › CONTAINER` of stern, with `-A` the namespace in front: what it began and ended to read.
  static func isSternNotice(_ line: Span<UInt8>) -> Bool {
    guard line.count > 8, line[0] == 0x2B || line[0] == 0x2D, line[1] == 0x20 else { return false }
    let mark = ByteScan.find(0xE2, in: line.extracting(first: 600), from: 2)
    return JSONScanner.matches(line, mark, "\u{203A} ") && mark > 3 && line[mark - 1] == 0x20
  }

  /// A request's id in brackets, as tagged loggers write it, has the parts of a pod's name.
  private static func isUUID(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard word.count == 36 else { return false }
    let start = word.lowerBound
    return [8, 13, 18, 23].allSatisfy { line[start + $0] == 0x2D }
      && word.allSatisfy { line[$0] == 0x2D || line[$0] &- 0x30 <= 9 || line[$0] &- 0x61 < 6 }
  }

  func stern(_ line: Span<UInt8>) -> LineLayer? {
    var words: [Range<Int>] = []
    var i = 0
    while i < line.count, words.count < 3 {
      let start = i
      while i < line.count, line[i] != 0x20 {
        guard Self.isLabel(line[i]), line[i] &- 0x41 > 25 else { return pod(line, words) }
        i += 1
      }
      guard i > start else { return pod(line, words) }
      words.append(start..<i)
      i += 1
    }
    return pod(line, words)
  }

  /// The pod is the first or, behind a namespace, the second of the words; the container follows.
  private func pod(_ line: Span<UInt8>, _ words: [Range<Int>]) -> LineLayer? {
    for index in words.indices where index + 1 < words.count && index < 2 && isPod(line, words[index]) {
      let container = words[index + 1]
      guard container.upperBound + 1 < line.count else { return nil }
      let name = LogOrigin.program(line, container: container, pod: words[index])
      return LineLayer(name: name, rank: .container, start: container.upperBound + 1)
    }
    return nil
  }

  /// `orders-6d58f9c7b-x2x9k` of a deployment, `orders-x2x9k` of a job or daemon set, `orders-0` of a stateful set.
  private func isPod(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool {
    var hyphen = word.upperBound
    while hyphen > word.lowerBound, line[hyphen - 1] != 0x2D { hyphen -= 1 }
    guard hyphen > word.lowerBound + 1 else { return false }
    let tail = hyphen..<word.upperBound
    var digits = 0
    for i in tail where line[i] &- 0x30 <= 9 { digits += 1 }
    if digits == tail.count { return tail.count > 0 && tail.count <= 4 }
    // The alphabet of generated suffixes has no vowels (k8s.io/apimachinery, util/rand).
    guard tail.count == 5 else { return false }
    for i in tail where Self.isVowel(line[i]) { return false }
    return true
  }

  private static func isVowel(_ byte: UInt8) -> Bool {
    byte == 0x61 || byte == 0x65 || byte == 0x69 || byte == 0x6F || byte == 0x75
  }
}
