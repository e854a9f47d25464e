import Model
import Archives
import Testing

@Suite("Limits")
struct LimitTests {
  let line = Array("a line\n".utf8)

  @Test("archives inside one another, down to the depth and no further")
  func depth() throws {
    func nest(_ levels: Int) -> [UInt8] {
      (1..<levels).reduce(TestArchives.tar([("x", line)])) { inner, level in
        TestArchives.gzip(TestArchives.tar([("l\(level).tar.gz", TestArchives.gzip(inner))]))
      }
    }
    let four = walk(nest(4))
    #expect(four.members.map { $0.text } == ["a line\n"])
    #expect(four.codes == [])
    let nine = walk(nest(9))
    #expect(nine.members.isEmpty)
    #expect(nine.limits == ["depth"])
  }

  @Test("compressions around one another, down to the depth and no further")
  func filters() throws {
    let eight = (0..<8).reduce(line) { inner, _ in TestArchives.gzip(inner) }
    #expect(walk(eight).members.map { $0.text } == ["a line\n"])
    #expect(walk(TestArchives.gzip(eight)).limits == ["depth"])
  }

  @Test("too many members stop the input")
  func entries() throws {
    var limits = ArchiveLimits()
    limits.entries = 3
    let tar = TestArchives.tar((0..<5).map { ("m\($0)", line) })
    let walked = walk(tar, limits: limits)
    #expect(walked.members.count == 3)
    #expect(walked.limits == ["entries"])
    #expect(walked.summary.bytes == tar.count, "the digest covers the whole input all the same")
  }

  @Test("a member that expands too far is cut, the next is read")
  func ratio() throws {
    var limits = ArchiveLimits()
    limits.ratioFloor = 1 << 20
    let bomb = TestArchives.zstd(line, zerosBehind: 64 << 20)
    let walked = walk(TestArchives.tar([("bomb", bomb), ("good", line)]), limits: limits)
    #expect(walked.limits == ["ratio"])
    #expect(walked.members.map { $0.complete } == [false, true])
    #expect(walked.total < 8 << 20)
    #expect(walked.diagnostic("limitReached")?.location.member == "bomb")
  }

  @Test("expanded bytes, per input and per run")
  func expanded() throws {
    var limits = ArchiveLimits()
    limits.expandedPerInput = 3 << 20
    let large = TestArchives.gzip([UInt8](repeating: 0x41, count: 8 << 20))
    let input = walk(large, limits: limits)
    #expect(input.limits == ["expandedPerInput"])
    #expect(input.members.map { $0.complete } == [false])
    #expect(input.total <= 4 << 20)

    limits = ArchiveLimits()
    limits.expandedPerRun = 12 << 20
    let budget = RunBudget()
    #expect(walk(large, limits: limits, budget: budget).limits == [])
    #expect(walk(large, limits: limits, budget: budget).limits == ["expandedPerRun"])
  }

  @Test("a window or dictionary beyond the memory for decoders")
  func memory() throws {
    let wide = walk(TestArchives.zstd(line, windowLog: 31))
    #expect(wide.limits == ["decoderMemory"])
    var limits = ArchiveLimits()
    limits.decoderMemory = 1 << 15
    #expect(walk(TestArchives.xzHello, limits: limits).limits == ["decoderMemory"])
    #expect(walk(TestArchives.lzmaHello, limits: limits).limits == ["decoderMemory"])
  }

  @Test("time for one input")
  func time() throws {
    var limits = ArchiveLimits()
    limits.inputSeconds = -1
    let walked = walk(TestArchives.gzip(line), limits: limits)
    #expect(walked.limits == ["time"])
    #expect(walked.members.allSatisfy { !$0.complete })
  }

  @Test("problems of one kind are listed a hundred times and then counted")
  func manyProblems() throws {
    let links = (0..<250).flatMap { TestArchives.tarHeader("l\($0)", size: 0, type: "2", link: "x") }
    let walked = walk(links + TestArchives.tarEnd)
    #expect(walked.diagnostics.reduce(0) { $0 + $1.count } == 250)
    #expect(walked.diagnostics.count < 130)
  }
}
