import LogTemplates
import Support
import Testing

private func mask(_ line: String) -> String {
  var mask = LogMask()
  var out: [UInt8] = []
  mask.mask(Array(line.utf8).span, into: &out)
  return String(decoding: out, as: UTF8.self)
}

@Test(
  "What is variable by its form becomes <*>",
  arguments: [
    ("took 17 ms, 3.5 % of 1,024", "took <*> ms, <*> % of <*>,<*>"),
    ("user=0x1f id -17 +4", "user=<*> id <*> <*>"),
    ("block blk_-1608999687919862906 done", "block <*> done"),
    ("from /10.250.19.102:54106 to 10.0.0.1", "from <*> to <*>"),
    ("GET http://a.example/x?y=1&z=2 done", "GET <*> done"),
    ("read /var/log/app.log: denied", "read <*>: denied"),
    ("load C:\\Windows\\x.dll.", "load <*>."),
    ("id 681aa442-0f6f-4ed7-b0aa-bbccddeeff00 gone", "id <*> gone"),
    ("peer fe80::1%en0 and 00:1b:44:11:3a:b7", "peer <*> and <*>"),
    ("at Sun Dec 04 04:47:44 2005: up", "at <*>: up"),
    ("enabled=true, parent=null", "enabled=<*>, parent=<*>"),
    ("host db.example.com:5432 down", "host <*> down"),
    ("key deadbeef and 7f3a9c", "key <*> and <*>"),
    ("version v1.2.3-rc4", "version <*>-rc4"),
    ("o.s.OrderServiceImpl#365 took 17 ms", "o.s.OrderServiceImpl#365 took <*> ms"),
    ("session opened for user cyrus by (uid=0)", "session opened for user <*> by (uid=<*>)"),
    ("from ::ffff:10.0.0.7 port 22", "from <*> port <*>"),
    ("to node/10.0.0.7:80, cmp=com.example.app", "to <*>, cmp=<*>"),
    ("switch<0>(0x0)::run", "<*>(<*>)::run"),
  ])
func masks(line: String, expected: String) { #expect(mask(line) == expected) }

@Test(
  "Words stay, names with a digit behind them too: whether they vary is for the learner to see",
  arguments: [
    "Failed password for admin", "en0 link up", "ssh2 and IPv6", "com.example.Shop started", "state RUNNING",
    "the truth is nullable", "and/or", "add bad face", "Closed due to user request.", "std::vector a::b", "x+ y-",
  ])
func keeps(line: String) { #expect(mask(line) == line) }

@Test("Blanks fold to one space; nothing comes of nothing")
func blanks() {
  #expect(mask("  a \t b  ") == "a b")
  #expect(mask("") == "")
  #expect(mask("   ") == "")
}

@Test("What lies between the marks is the line's own, in its order")
func marks() {
  for line in [
    "from 10.0.0.1:80 to /var/x in 3 ms", "2017-07-03 12:30:45.123 a<0x1>b.c-7 é1", "%%%:::///\\\\==", "<<<1>>>",
  ] {
    let pieces = mask(line).split(separator: "<*>", omittingEmptySubsequences: false)
    var rest = line[...]
    for (place, piece) in pieces.enumerated() where !piece.isEmpty {
      guard let at = rest.firstRange(of: piece) else {
        Issue.record("\(piece) is not of \(line)")
        break
      }
      // What a mark stands for is not empty.
      #expect(place == 0 ? at.lowerBound == line.startIndex : at.lowerBound > rest.startIndex)
      rest = rest[at.upperBound...]
    }
    #expect(pieces.count == 1 ? rest.isEmpty : pieces.last == "" || rest.isEmpty)
  }
}

@Test("Any bytes can be masked")
func anyBytes() {
  var random = SplitMix64(seed: 7)
  var mask = LogMask()
  let alphabet = Array("ab0 1:./\\-<>[]=%_é~,{x}Sun Dec 04:4".utf8) + [0, 255, 9]
  for _ in 0..<20_000 {
    let line = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
    }
    var once: [UInt8] = []
    mask.mask(line.span, into: &once)
    var again: [UInt8] = []
    mask.mask(line.span, into: &again)
    #expect(once == again)
  }
}
