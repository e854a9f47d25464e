import Model
import Support
import Testing

@testable import Decoders

/// The columns that are told by their letters alone: what the whole list of forms says of them must be the same, and what may be anything
/// else must go through the list.
struct UsualColumnTests {
  private func logger(_ line: String) -> String? {
    HeaderName.logger(Array(line.utf8).span, 0).map { String(line.prefix($0.end)) }
  }

  @Test(arguments: [
    "com.acme.shop.PoolService - x", "uvicorn.error x", "Microsoft.AspNetCore.Hosting x", "a.b_c.$Outer x",
  ])
  func dottedNameWithABlankBehindItIsALogger(_ line: String) {
    #expect(logger(line) == String(line.prefix { $0 != " " }))
  }

  // A source file may be a place, a colon makes a tag, a mark or a digit at the end may make a level or a thread.
  @Test(arguments: [
    "felix/table.go 101: x", "table.java 101: x", "main.py 7: x", "orders.api: x", "orders.handlers:pay:17 x",
    "app.orders[12] x", "orders x", "worker.pool7 x", "production.ERROR: x", "host.level=error x", "orders.service",
    "orders.service\tx", "user@host.example x",
  ])
  func whatMayBeAnythingElseIsNone(_ line: String) { #expect(logger(line) == nil) }

  private func isPoolThread(_ text: String) -> Bool {
    HeaderName.isPoolThread(Array(text.utf8).span, 0..<text.utf8.count)
  }

  @Test(arguments: ["http-nio-8080-exec-14", "pool-3-thread-1", "reactor-http-epoll-2", "qtp1234-45"])
  func threadsOfPoolsAreTold(_ text: String) { #expect(isPoolThread(text)) }

  @Test(arguments: [
    "main", "core:trace3", "ssl:error", "Nov-25-2026", "worker-1/INFO", "error#app-1", "orders,7b0c-1",
    "orders 2026-11-25", "debug2",
  ])
  func otherBracketsAreNot(_ text: String) { #expect(!isPoolThread(text)) }

  @Test func linesWithTheUsualColumnsAreRead() {
    let text = (10..<40).map {
      "2026-11-25 02:00:\($0),500 ERROR [http-nio-8080-exec-\($0)] com.acme.shop.PoolService - none left\n"
    }
    let batch = decode(text.joined())
    #expect(batch.readLogs.first == ReadLog("02:00:10.5", "com.acme.shop.PoolService", "error", "none left"))
    #expect(batch.logs.count == 30)
    #expect(batch.isBalanced)
  }
}
