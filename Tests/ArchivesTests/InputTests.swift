import Archives
import Glibc
import Model
import Support
import Testing

@Suite("Inputs")
struct InputTests {
  @Test("a plain file is its own member, with its digest")
  func plain() throws {
    let walked = walk(Array("abc".utf8))
    #expect(walked.members == [.init(path: "", text: "abc", complete: true)])
    #expect(walked.summary.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(walked.summary.bytes == 3)
    #expect(walked.summary.members == 1)
    #expect(walked.codes == [])
  }

  @Test("the digest is of the whole stored input, whatever way it was read")
  func digest() throws {
    let zip = TestArchives.zip([("a", Array("abc".utf8))])
    #expect(walk(zip).summary.sha256 == SHA256.hex(zip))
    #expect(walk(zip).summary.bytes == zip.count)
  }

  @Test("what cannot be read says why")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write("empty", [])
    for (path, code, severity) in [
      (folder.path + "/nowhere", "unreadableInput", Diagnostic.Severity.error),
      (folder.path, "unreadableInput", .error), ("/dev/zero", "unreadableInput", .error), (empty, "emptyInput", .note),
    ] {
      let sink = CollectingSink()
      let summary = ArchiveWalker().walk(.file(path, name: "named"), into: sink)
      #expect(sink.members.isEmpty)
      #expect(summary.diagnostics.sorted.map { $0.code } == [code])
      #expect(summary.diagnostics.sorted.map { $0.severity } == [severity])
      #expect(summary.diagnostics.sorted.map { $0.location.input } == ["named"])
    }
  }

  @Test("a pipe that stays silent is given up")
  func silentPipe() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    try #require(unsafe mkfifo(path, 0o600) == 0)
    var limits = ArchiveLimits()
    limits.stallSeconds = 0
    let sink = CollectingSink()
    let summary = ArchiveWalker(limits: limits).walk(.file(path), into: sink)
    #expect(summary.diagnostics.sorted.compactMap { $0.limit } == ["stall"])
  }

  @Test("a folder stands for the files below it, in byte order; links that lead back are noted")
  func folders() throws {
    let folder = try TemporaryFolder()
    folder.makeFolder("d")
    folder.makeFolder("b")
    for name in ["c.log", "a.log", "d/z.log", "d/A.log"] { try folder.write(name, [1]) }
    folder.link("b/up", to: "..")
    folder.link("b/same", to: "../c.log")
    folder.link("b/nowhere", to: "gone")
    let outside = try TemporaryFolder()
    let target = try outside.write("out.log", [1])
    folder.link("b/out", to: target)
    let (sources, diagnostics) = InputList.expand([folder.path, "-"])
    #expect(
      sources.map { $0.name.replacing(folder.path, with: "") }
        == ["/a.log", "/c.log", "/d/A.log", "/d/z.log", "-"])
    // Back up, to what is read already, to nowhere, and out of the folder.
    #expect(diagnostics.sorted.map { $0.code } == ["skippedLink", "skippedLink", "skippedLink", "skippedLink"])
    #expect(diagnostics.sorted.allSatisfy { $0.severity == .note })
  }

  @Test("a name that promises an archive is held against the content")
  func names() throws {
    let zip = TestArchives.zip([("a", Array("abc".utf8))])
    #expect(walk(zip, name: "x.tar.gz").codes == ["misleadingName"])
    #expect(walk(zip, name: "x.zip").codes == [])
    #expect(walk(Array("<html>".utf8), name: "x.zip").problems == ["misleadingName"])
  }

  @Test("damage inside an inner archive leaves its siblings alone and is named by both")
  func inner() throws {
    let inner = TestArchives.gzip(TestArchives.tar([("x", Array("abc".utf8))]))
    let walked = walk(
      TestArchives.tar([
        ("one", Array("1".utf8)), ("in.tar.gz", Array(inner.prefix(300))), ("two", Array("2".utf8)),
      ]))
    #expect(walked.members.map { $0.path } == ["one", "two"])
    #expect(walked.problems.contains("truncated"))
    #expect(walked.diagnostics.allSatisfy { $0.location.member.hasPrefix("in.tar.gz") })
  }

  @Test("a file and its bytes in memory give the same, zip and tar alike")
  func fileOrMemory() throws {
    let folder = try TemporaryFolder()
    for bytes in [
      TestArchives.zip([("a", TestArchives.hello)]), TestArchives.tar([("a", TestArchives.hello)]),
      TestArchives.sevenZipHello, TestArchives.gzipHello,
    ] {
      let path = try folder.write("x", bytes)
      let sink = CollectingSink()
      let summary = ArchiveWalker().walk(.file(path), into: sink)
      let inMemory = walk(bytes)
      #expect(sink.members == inMemory.members)
      #expect(summary.sha256 == inMemory.summary.sha256)
      #expect(summary.diagnostics.sorted.map { $0.code } == inMemory.codes)
    }
  }

  @Test("the parts of a split archive are one input, numbered logs are not")
  func splitParts() throws {
    let folder = try TemporaryFolder()
    let zip = TestArchives.zip((0..<9).map { ("m\($0)", TestArchives.hello) })
    for (number, start) in stride(from: 0, to: zip.count, by: 400).enumerated() {
      try folder.write("x.zip.00\(number + 1)", Array(zip[start..<min(zip.count, start + 400)]))
    }
    for number in 1...3 { try folder.write("app.log.00\(number)", Array("line\n".utf8)) }
    try folder.write("lost.7z.003", [9, 9, 9])
    let (sources, diagnostics) = InputList.expand([folder.path])
    #expect(
      sources.map { $0.name.replacing(folder.path + "/", with: "") }
        == ["app.log.001", "app.log.002", "app.log.003", "lost.7z.003", "x.zip.001"])
    #expect(diagnostics.sorted.map { $0.severity } == [.warning, .note])
    #expect(diagnostics.sorted.allSatisfy { $0.code == "splitArchive" })
    let sink = CollectingSink()
    let summary = ArchiveWalker().walk(try #require(sources.last), into: sink)
    #expect(sink.members.count == 9)
    #expect(sink.members.allSatisfy { $0.complete })
    #expect(summary.sha256 == SHA256.hex(zip))
    // The first part named alone finds the others.
    let alone = InputList.expand([folder.path + "/x.zip.001"]).sources
    #expect(alone.map(\.name) == [sources.last?.name] && alone.map(\.kind) == [sources.last?.kind])
  }

  @Test("archives cut and flipped everywhere break no promise")
  func mutations() {
    var random = SplitMix64(seed: 1)
    let seeds = [
      TestArchives.gzipHello, TestArchives.bzip2Hello, TestArchives.xzHello, TestArchives.lzmaHello,
      TestArchives.zstdHello, TestArchives.sevenZipHello, TestArchives.tar([("a", TestArchives.hello)]),
      TestArchives.zip([("a", TestArchives.hello), ("b", TestArchives.xzHello)]),
    ]
    for seed in seeds {
      for _ in 0..<60 {
        var bytes = seed
        for _ in 0..<Int(random.next() % 4 + 1) {
          bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        if random.next() & 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
        if let broken = ArchiveProbe.brokenPromise(bytes) {
          Issue.record("\(broken): \(bytes)")
          return
        }
      }
    }
  }
}
