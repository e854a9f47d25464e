import Model
import Archives
import Testing

@Suite("Zip and 7z")
struct ZipTests {
  typealias Member = TestArchives.ZipMember
  let hello = TestArchives.hello

  @Test("every method that is packed by a codec library")
  func methods() throws {
    let walked = walk(
      TestArchives.zip([
        Member(name: "stored", data: hello),
        Member(name: "deflate", data: hello, packed: TestArchives.deflateHello, method: 8),
        Member(name: "bzip2", data: hello, packed: TestArchives.bzip2Hello, method: 12),
        Member(name: "zstd", data: hello, packed: TestArchives.zstdHello, method: 93),
        Member(name: "xz", data: hello, packed: TestArchives.xzHello, method: 95),
        Member(
          name: "lzma", data: hello,
          packed: [9, 20, 5, 0] + TestArchives.lzmaHello.prefix(5) + TestArchives.lzmaHello.dropFirst(13), method: 14,
          flags: 2),
      ]))
    #expect(walked.codes == [])
    #expect(walked.members.map { $0.path } == ["stored", "deflate", "bzip2", "zstd", "xz", "lzma"])
    #expect(walked.members.allSatisfy { $0.text == "hello, night\n" && $0.complete })
  }

  @Test("a wrong checksum, an unknown method, an encrypted member: the others are read")
  func oneBadMember() throws {
    let walked = walk(
      TestArchives.zip([
        Member(name: "sum", data: hello, checksum: 1), Member(name: "method", data: hello, method: 250),
        Member(name: "secret", data: hello, flags: 1),
        Member(name: "broken", data: hello, packed: [0x07, 0xFF, 0xFF], method: 8), Member(name: "good", data: hello),
      ]))
    #expect(walked.texts["good"] == "hello, night\n")
    #expect(walked.members.filter { $0.complete }.map { $0.path } == ["good"])
    #expect(walked.diagnostic("checksumMismatch")?.location.member == "sum")
    #expect(walked.diagnostic("unsupportedMember")?.location.member == "method")
    #expect(walked.diagnostic("encryptedMember")?.location.member == "secret")
    #expect(walked.diagnostic("damagedStream")?.location.member == "broken")
    #expect(walked.problems.count == 4)
  }

  @Test("without an index, members are found by their headers")
  func cut() throws {
    let members = ["a", "b", "c"].map { Member(name: $0, data: hello) }
    let locals = members.flatMap { TestArchives.zipLocal($0) }
    let walked = walk(locals)
    #expect(walked.members.map { $0.path } == ["a", "b", "c"])
    #expect(walked.problems == ["truncated"])
    let inside = walk(Array(locals.dropLast(5)))
    #expect(inside.members.map { $0.complete } == [true, true, false])
  }

  @Test("without an index, a member whose size follows its data is found out by unpacking")
  func streamed() throws {
    var first = TestArchives.zipLocal(
      Member(name: "a", data: hello, packed: TestArchives.deflateHello, method: 8, flags: 8))
    for index in 14..<26 { first[index] = 0 }
    let descriptor: [UInt8] = [0x50, 0x4B, 7, 8] + TestArchives.le(0, 12)
    let walked = walk(first + descriptor + TestArchives.zipLocal(Member(name: "b", data: hello)))
    #expect(walked.members.map { $0.text } == ["hello, night\n", "hello, night\n"])
  }

  @Test("a damaged index: what it does not lead to is found by headers")
  func damagedIndex() throws {
    let zip = TestArchives.zip((0..<4).map { Member(name: "m\($0)", data: hello) })
    // The second entry of the index loses its signature.
    let second = try #require(zip.indices.filter { zip[$0...].starts(with: [0x50, 0x4B, 1, 2]) }.dropFirst().first)
    var damaged = zip
    damaged[second] = 0
    let walked = walk(damaged)
    #expect(walked.members.map { $0.path } == ["m0", "m1", "m2", "m3"])
    #expect(walked.problems == ["damagedArchive"])
  }

  @Test("an end record inside the comment does not hide the archive")
  func twoEnds() throws {
    let fake = TestArchives.zipEnd(entries: 0, size: 0, offset: 0)
    let walked = walk(TestArchives.zip([Member(name: "a", data: hello)], comment: fake))
    #expect(walked.members.map { $0.path } == ["a"])
  }

  @Test("two zips one after another, bytes before and behind")
  func around() throws {
    let one = TestArchives.zip([Member(name: "one", data: hello)])
    let two = TestArchives.zip([Member(name: "two", data: hello)])
    let both = walk(one + two)
    #expect(both.members.map { $0.path } == ["one", "two"])
    #expect(both.problems == [])
    let behind = walk(one + Array("xyz".utf8))
    #expect(behind.members.count == 1)
    #expect(behind.codes == ["trailingBytes"])
  }

  @Test("a zip inside a filter or another archive is held in memory, within a bound")
  func nested() throws {
    let zip = TestArchives.zip([Member(name: "a", data: hello)])
    #expect(walk(TestArchives.gzip(zip)).members.map { $0.path } == ["a"])
    #expect(walk(TestArchives.tar([("in.zip", zip)])).members.map { $0.path } == ["in.zip!a"])
    var limits = ArchiveLimits()
    limits.nestedMemory = 50
    let tight = walk(TestArchives.tar([("in.zip", zip), ("b", hello)]), limits: limits)
    #expect(tight.limits == ["nestedMemory"])
    #expect(tight.members.map { $0.path } == ["b"])
  }

  @Test("an empty zip has no members, and says so")
  func empty() throws {
    let walked = walk(TestArchives.zipEnd(entries: 0, size: 0, offset: 0))
    #expect(walked.codes == ["emptyArchive"])
    #expect(walked.problems == [])
  }

  @Test("a link in a zip is named, not read")
  func link() throws {
    let walked = walk(
      TestArchives.zip([
        Member(name: "l", data: Array("/etc/passwd".utf8), mode: 0o120777), Member(name: "a", data: hello),
      ]))
    #expect(walked.members.map { $0.path } == ["a"])
    #expect(walked.codes == ["skippedLink"])
  }

  @Test("a 7z of the program of that name, and one of ours")
  func sevenZip() throws {
    #expect(
      walk(TestArchives.sevenZipHello).members == [.init(path: "f.txt", text: "hello, night\n", complete: true)])
    let ours = walk(TestArchives.sevenZip("ä.log", hello))
    #expect(ours.members == [.init(path: "ä.log", text: "hello, night\n", complete: true)])
    #expect(ours.codes == [])
  }

  @Test("checksums of a 7z that libarchive lets pass: the start header, a folder")
  func sevenZipChecksums() throws {
    let folder = walk(TestArchives.sevenZip("a", hello, checksum: 7))
    #expect(folder.problems == ["checksumMismatch"])
    #expect(folder.members.map { $0.complete } == [false])
    var start = TestArchives.sevenZip("a", hello)
    start[9] ^= 1
    #expect(walk(start).problems == ["damagedArchive"])
  }

  @Test("a dictionary beyond the memory for decoders is a limit")
  func sevenZipMemory() throws {
    let large = walk(TestArchives.sevenZip("a", hello, lzma2: (40, 2 << 30)))
    #expect(large.limits == ["decoderMemory"])
    #expect(large.members.isEmpty)
  }
}
