import Foundation
import Model
import Segments
import Support
import TestSupport
import Testing

/// A night of requests: how often each operation of a component came.
private struct Requests {
  var fixture = AssemblyFixture()
  private var time: Int64 = 0

  mutating func add(_ operation: String, of component: String = "shop", times: Int = 1) {
    for _ in 0..<times {
      time += 1_000
      fixture.span(UInt64(time), at: time, for: 7, in: component, operation, trace: UInt64(time))
    }
  }

  var rows: [SpanRow] { fixture.rows.spans }

  /// The census of these rows, counted in pieces: the numbers of the rows of each.
  func census(_ pieces: [[Int]]? = nil) -> OperationCensus {
    var census = OperationCensus()
    for piece in pieces ?? [Array(rows.indices)] { census.merge(counted(piece)) }
    return census
  }

  /// Rows brought into a table of their own, as another thread would have them.
  func counted(_ piece: [Int]) -> OperationCensus {
    var symbols = SymbolTable()
    var part = Rows()
    for number in piece {
      var row = rows[number]
      row.operation = symbols.intern(fixture.symbols.text(row.operation))
      row.component = symbols.intern(fixture.symbols.text(row.component))
      part.spans.append(row)
    }
    var census = OperationCensus()
    census.add(OperationCensus.sample(of: [part], symbols, from: 0), symbols)
    return census
  }
}

extension OperationFold {
  fileprivate func name(_ operation: String, of component: String = "shop") -> String {
    guard let name = folded(operation.utf8Span.span, of: component.utf8Span.span) else { return operation }
    return String(decoding: name, as: UTF8.self)
  }
}

private func bytes(_ census: OperationCensus) -> [UInt8] {
  var writer = ByteWriter()
  census.encode(to: &writer)
  return writer.bytes
}

@Suite("Operations whose paths hold data")
struct OperationFoldTests {
  @Test("a thousand names at one place are operations, more are data")
  func limit() {
    var requests = Requests()
    for file in 0..<OperationFold.limit { requests.add("GET /static/app-\(file)x.js") }
    #expect(OperationFold(requests.census()).isEmpty)
    requests.add("GET /static/one-more.js")
    let fold = OperationFold(requests.census())
    #expect(fold.name("GET /static/app-7x.js") == "GET /static/{any}")
    // Another method, another component and another place have names of their own.
    #expect(fold.name("PUT /static/app-7x.js") == "PUT /static/app-7x.js")
    #expect(fold.name("GET /static/app-7x.js", of: "bank") == "GET /static/app-7x.js")
    #expect(fold.name("GET /login") == "GET /login")
    #expect(fold.name("GET /") == "GET /")
  }

  @Test("numbers and hashes within names are one, however often each comes, where there are too many names")
  func numbers() {
    var requests = Requests()
    for file in 0..<1_500 { requests.add("GET /static/app.\(file + 10_000).js/map") }
    requests.add("GET /static/app.77777.js/map", times: 500)
    requests.add("GET /static/index-4f3a2b1c.css")
    requests.add("GET /static/logo.svg")
    requests.add("GET /static/jquery-3.6.0.min.js")
    requests.add("GET /static/app.7.js/map")
    requests.add("GET /pay.4711.js")
    let fold = OperationFold(requests.census())
    #expect(fold.name("GET /static/app.77777.js/map") == "GET /static/app.{id}.js/map")
    #expect(fold.name("GET /static/app.11400.js/map") == "GET /static/app.{id}.js/map")
    #expect(fold.name("GET /static/app.7.js/map") == "GET /static/app.{id}.js/map")
    #expect(fold.name("GET /static/index-4f3a2b1c.css") == "GET /static/index-{id}.css")
    for name in ["GET /static/logo.svg", "GET /static/jquery-3.6.0.min.js", "GET /pay.4711.js"] {
      #expect(fold.name(name) == name)
    }
  }

  @Test("what comes often stays beside what a scanner guesses, and so do a producer's templates")
  func scanner() {
    var requests = Requests()
    for guess in 0..<5_000 { requests.add("GET /wp-\(guess)z/setup.php") }
    requests.add("GET /healthz", times: 300)
    requests.add("GET /api/orders/{id}", times: 40)
    requests.add("GET /api/cart/{id}", times: 5)
    requests.add("GET /rare", times: 3)
    requests.add("GET /{tenant}/bill")
    requests.add("GET /:shop")
    let fold = OperationFold(requests.census())
    for route in ["GET /healthz", "GET /api/orders/{id}", "GET /api/cart/{id}", "GET /{tenant}/bill", "GET /:shop"] {
      #expect(fold.name(route) == route)
    }
    #expect(fold.name("GET /wp-17z/setup.php") == "GET /{any}/setup.php")
    #expect(fold.name("GET /rare") == "GET /{any}")
  }

  @Test("in a sample names that came once stand for more, names that came often do not")
  func sampled() {
    var requests = Requests()
    // 400 routes of many requests, a thousand times as many requests as a census counts rows of the others.
    for route in 0..<400 { requests.add("GET /api/route\(route)x", of: "api", times: 700) }
    for file in 0..<4_000 { requests.add("GET /files/f\(file)x", of: "files") }
    let census = requests.census()
    #expect(census.level >= 2)
    let fold = OperationFold(census)
    #expect(fold.name("GET /api/route7x", of: "api") == "GET /api/route7x")
    #expect(fold.name("GET /files/f7x", of: "files") == "GET /files/{any}")
  }

  @Test("requests of one moment are counted by where they stand")
  func oneMoment() {
    var requests = Requests()
    requests.add("GET /once")
    for file in 0..<1_500 { requests.add("GET /f/f\(file)x", times: 200) }
    for row in requests.fixture.rows.spans.indices {
      requests.fixture.rows.spans[row].start = requests.fixture.rows.spans[0].start
      requests.fixture.rows.spans[row].source = SourceRef(member: 0, value: row, isLine: true)
    }
    let census = requests.census()
    #expect(census.level > 0)
    #expect(OperationFold(census).name("GET /f/f7x") == "GET /f/{any}")
  }

  @Test("what stands behind data is one place, which is decided in its turn")
  func behind() {
    var requests = Requests()
    for user in 0..<1_200 {
      requests.add("/u/name\(user)/orders")
      requests.add("/u/name\(user)/files/f\(user)")
    }
    let fold = OperationFold(requests.census())
    #expect(fold.name("/u/name3/orders") == "/u/{any}/orders")
    #expect(fold.name("/u/name3/files/f3") == "/u/{any}/files/{any}")
    // Where nothing was counted, nothing is known.
    #expect(fold.name("/u/name3/else/f3") == "/u/{any}/else/f3")
  }

  @Test("names that are no paths stay, however many they are")
  func otherNames() {
    var requests = Requests()
    for number in 0..<3_000 {
      requests.add("com.shop.Order\(number).save")
      requests.add("SELECT a FROM t\(number) /x/y")
      requests.add("GET https://h/x\(number)")
    }
    #expect(OperationFold(requests.census()).isEmpty)
  }

  @Test("any pieces in any order give the same census and the same names", arguments: [3_000, 120_000])
  func anyOrder(operations: Int) {
    var random = SplitMix64(seed: UInt64(operations))
    var requests = Requests()
    for _ in 0..<operations {
      // Trees of some breadth at each depth, some of which pass the limit only when all pieces are together.
      let depth = Int.random(in: 1...3, using: &random)
      let breadth = [40, 1_300, operations][Int.random(in: 0..<3, using: &random)]
      let path = (0..<depth).map { _ in "/n" + String(Int.random(in: 0..<breadth, using: &random)) + "x" }.joined()
      requests.add(["GET ", "POST ", ""][Int.random(in: 0..<3, using: &random)] + path, of: "c\(depth)")
    }
    requests.add("GET /often", of: "c2", times: operations / 5)
    let whole = requests.census()
    let fold = OperationFold(whole)
    #expect((whole.level > 0) == (operations > 100_000))
    #expect(fold.name("GET /often", of: "c2") == "GET /often")
    for parts in operations > 100_000 ? [3] : [2, 5, 17] {
      var pieces = [[Int]](repeating: [], count: parts)
      for row in requests.rows.indices { pieces[Int.random(in: 0..<parts, using: &random)].append(row) }
      let other = requests.census(pieces.shuffled(using: &random))
      #expect(bytes(other) == bytes(whole))
      let again = OperationFold(other)
      for row in requests.rows.prefix(2_000) {
        let name = requests.fixture.symbols.text(row.operation)
        let component = requests.fixture.symbols.text(row.component)
        #expect(again.name(name, of: component) == fold.name(name, of: component))
      }
    }
    // However many there are, few are left.
    let left = Set(
      requests.rows.map {
        fold.name(requests.fixture.symbols.text($0.operation), of: requests.fixture.symbols.text($0.component))
      })
    #expect(left.count < 20_000)
  }

  @Test("a census is read back as it was written, and refused where it is damaged")
  func coding() throws {
    var requests = Requests()
    for user in 0..<50 { requests.add("/u/\(user)a", times: user % 3 + 1) }
    let written = bytes(requests.census())
    var reader = ByteReader(written)
    #expect(bytes(try OperationCensus(from: &reader)) == written)
    for length in 0..<written.count {
      var cut = ByteReader(Array(written[..<length]))
      #expect(throws: DecodeFailure.self) { try OperationCensus(from: &cut) }
    }
  }

  @Test("components that get another name late are counted under it")
  func lateNames() {
    var requests = Requests()
    for file in 0..<600 {
      requests.add("/f/a\(file)", of: "9a8b7c")
      requests.add("/f/b\(file)", of: "files")
    }
    #expect(OperationFold(requests.census()).isEmpty)
    let fold = OperationFold(requests.census().renamed(["9a8b7c": "files"]))
    #expect(fold.name("/f/a5", of: "files") == "/f/{any}")
  }

  @Test("rows have the names wherever they lie, spilled or not", arguments: [0, 1 << 30])
  func store(budget: Int) throws {
    let store = PartitionStore(partitions: 2, budget: budget, folder: NSTemporaryDirectory())
    var requests = Requests()
    for file in 0..<1_500 { requests.add("GET /f/a\(file)b") }
    requests.add("GET /login", of: "door")
    for (ordinal, piece) in [0..<700, 700..<1_501].enumerated() {
      var rows = [Rows(), Rows()]
      for number in piece { rows[number % 2].spans.append(requests.rows[number]) }
      store.add(
        input: 0, ordinal: ordinal, symbols: requests.fixture.symbols, sources: requests.fixture.sources,
        partitions: rows)
    }
    let before = try store.segment([0, 1])
    #expect(Set(before.rows.spans.map(\.operation)).count == 1_501)
    store.fold(requests.census())
    let segment = try store.segment([0, 1])
    #expect(Set(segment.rows.spans.map { segment.symbols.text($0.operation) }) == ["GET /f/{any}", "GET /login"])
    #expect(Set(segment.rows.spans.map { segment.symbols.text($0.component) }) == ["shop", "door"])
    #expect(segment.rows.spans.count == 1_501)
    // Nothing is kept of the names that nobody asks for.
    #expect(segment.symbols.count < 10)
  }
}
