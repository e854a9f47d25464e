import Model
import Testing

@Suite("Tar")
struct TarTests {
  let a = TestArchives.tarMember("a.log", Array("first\n".utf8))
  let b = TestArchives.tarMember("b.log", Array("second\n".utf8))
  let c = TestArchives.tarMember("c.log", Array("third\n".utf8))

  @Test("members in order, under every filter that we can write")
  func members() throws {
    let tar = a + b + c + TestArchives.tarEnd
    for bytes in [tar, TestArchives.gzip(tar), TestArchives.zstd(tar)] {
      let walked = walk(bytes)
      #expect(walked.members.map { $0.path } == ["a.log", "b.log", "c.log"])
      #expect(walked.members.map { $0.text } == ["first\n", "second\n", "third\n"])
      #expect(walked.members.allSatisfy { $0.complete })
      #expect(walked.codes == [])
    }
  }

  @Test("a tar cut on a member boundary is reported, one with its end mark is not")
  func boundary() throws {
    let cut = walk(a + b)
    #expect(cut.members.count == 2)
    #expect(cut.problems == ["truncated"])
    #expect(walk(a + b + TestArchives.tarEnd).codes == [])
  }

  @Test("a tar cut inside a member hands over what is there")
  func inside() throws {
    let long = TestArchives.tarMember("long.log", [UInt8](repeating: 0x61, count: 2000))
    let walked = walk(a + Array(long.prefix(1512)))
    #expect(walked.members.map { $0.complete } == [true, false])
    #expect(walked.members.last?.text.utf8.count == 1000)
    let diagnostic = try #require(walked.diagnostic("truncated"))
    #expect(diagnostic.location.member == "long.log")
    #expect(diagnostic.location.position == .offset(1000))
  }

  @Test("members behind a damaged header are read")
  func damagedHeader() throws {
    var damaged = b
    damaged[150] ^= 1
    let walked = walk(a + damaged + c + TestArchives.tarEnd)
    #expect(walked.members.map { $0.path } == ["a.log", "c.log"])
    #expect(walked.problems == ["damagedArchive"])
    var first = a
    first[150] ^= 1
    #expect(walk(first + b + TestArchives.tarEnd).members.map { $0.path } == ["b.log"])
  }

  @Test("a second tar behind the first is read")
  func concatenated() throws {
    let walked = walk(a + TestArchives.tarEnd + b + TestArchives.tarEnd + c + TestArchives.tarEnd)
    #expect(walked.members.map { $0.path } == ["a.log", "b.log", "c.log"])
    #expect(walked.codes == ["concatenatedArchive", "concatenatedArchive"])
    let nested = walk(TestArchives.zip([("x.tar", a + TestArchives.tarEnd + b + TestArchives.tarEnd)]))
    #expect(nested.members.map { $0.path } == ["x.tar!a.log", "x.tar!b.log"])
  }

  @Test("bytes behind the end are counted, zeros are padding")
  func trailing() throws {
    let zeros = walk(a + TestArchives.tarEnd + [UInt8](repeating: 0, count: 8192))
    #expect(zeros.codes == [])
    let garbage = walk(a + TestArchives.tarEnd + Array("left behind".utf8))
    #expect(garbage.codes == ["trailingBytes"])
    #expect(garbage.diagnostics.first?.message.plain.contains("11 bytes") == true)
    #expect(garbage.problems == [])
  }

  @Test("links and devices are named and not followed, folders are silent")
  func links() throws {
    let walked = walk(
      TestArchives.tarHeader("etc", size: 0, type: "5")
        + TestArchives.tarHeader("evil", size: 0, type: "2", link: "/etc/passwd")
        + TestArchives.tarHeader("dev", size: 0, type: "3") + a + TestArchives.tarEnd)
    #expect(walked.members.map { $0.path } == ["a.log"])
    #expect(walked.codes.sorted() == ["skippedLink", "skippedSpecial"])
    #expect(walked.problems == [])
    #expect(walked.diagnostic("skippedLink")?.location.member == "evil")
  }

  @Test("names are data: odd ones are said, the same name twice is read twice")
  func names() throws {
    let odd = TestArchives.tarMember("../../etc/x\u{1B}[2J.log", Array("odd\n".utf8))
    let walked = walk(a + odd + a + TestArchives.tarEnd)
    #expect(walked.members.map { $0.path } == ["a.log", "../../etc/x\u{1B}[2J.log", "a.log (2)"])
    #expect(walked.codes.sorted() == ["duplicateName", "unusualName"])
    #expect(walked.problems == [])
  }

  @Test("nothing but zeros is an empty tar, zeros before something else are passed over")
  func zeros() throws {
    let empty = walk(TestArchives.tarEnd)
    #expect(empty.members.isEmpty)
    #expect(empty.codes == ["emptyArchive"])
    let hole = walk([UInt8](repeating: 0, count: 4096) + Array("line\n".utf8))
    #expect(hole.members.map { $0.text } == ["line\n"])
    #expect(hole.codes == ["leadingZeros"])
    #expect(walk(TestArchives.tarEnd + a + TestArchives.tarEnd).members.map { $0.path } == ["a.log"])
  }

  @Test("empty members are one note, however many")
  func empty() throws {
    let many = (0..<300).flatMap { TestArchives.tarMember("e\($0)", []) }
    let walked = walk(many + a + TestArchives.tarEnd)
    #expect(walked.members.map { $0.path } == ["a.log"])
    #expect(walked.codes == ["emptyMember"])
    #expect(walked.diagnostics.first?.count == 300)
  }

  @Test("a bit flipped anywhere in a tar never stops the members around it")
  func flips() throws {
    let tar = a + b + c + TestArchives.tarEnd
    for index in stride(from: 0, to: tar.count - 1024, by: 37) {
      var damaged = tar
      damaged[index] ^= 0x10
      let walked = walk(damaged)
      let intact = walked.members.filter { ["first\n", "second\n", "third\n"].contains($0.text) }
      #expect(intact.count >= 2, "flipped at \(index)")
    }
  }
}
