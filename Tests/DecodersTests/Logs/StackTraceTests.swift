import Decoders
import Model
import Support
import Testing

/// Texts with a trace, and how many records they are, of which so many are failures.
private let traces: [(String, records: Int, failures: Int)] = [
  (
    """
    2026-11-25 02:00:00,500 ERROR [exec-1] com.acme.App - Request failed
    java.lang.RuntimeException: order 17 failed
    \tat com.acme.A.b(A.java:10)
    \tSuppressed: java.io.IOException: x
    Caused by: java.sql.SQLException: deadlock
    \t... 3 more
    2026-11-25 02:00:01,000 INFO [main] com.acme.App - tick 11
    """, 2, 1
  ),
  (
    """
    2026-11-25 02:00:00,500 ERROR app.worker: task 10 failed
    Traceback (most recent call last):
      File "/app/w.py", line 3, in run
    KeyError: 'rows1'

    During handling of the above exception, another exception occurred:

    Traceback (most recent call last):
      File "/app/w.py", line 9, in run
    RuntimeError: gave up
    2026-11-25 02:00:01,000 INFO app.worker: task 11 ok
    """, 2, 1
  ),
  (
    """
    2026/11/25 02:00:00 handled request 0
    2026/11/25 02:00:01 handled request 1
    panic: runtime error: index out of range [5] with length 3

    goroutine 18 [running]:
    main.handle(0xc000010000)
    \t/app/main.go:18 +0x27
    exit status 2
    """, 3, 1
  ),
  (
    """
    2026-11-25T02:00:00Z  INFO shop: started
    thread 'main' panicked at src/main.rs:4:5:
    no stock
    note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
    """, 2, 1
  ),
  (
    """
    [25-Nov-2026 02:00:00 UTC] PHP Fatal error:  Uncaught Exception: no in /app/x.php:3
    Stack trace:
    #0 {main}
      thrown in /app/x.php on line 3
    [25-Nov-2026 02:00:01 UTC] PHP Notice:  x
    """, 2, 1
  ),
  (
    """
    fail: Shop.Orders.Api[500]
          Payment failed
          System.TimeoutException: The operation has timed out.
             at Shop.Pay() in /src/Pay.cs:line 3
    warn: Shop.Orders.Api[12]
          slow
    """, 2, 1
  ),
  (
    """
    Nov 25, 2026 2:00:00 AM com.acme.Shop order
    SEVERE: no stock
    java.lang.IllegalStateException: x
    \tat com.acme.Shop.order(Shop.java:3)
    Nov 25, 2026 2:00:01 AM com.acme.Shop order
    INFO: done
    """, 2, 1
  ),
]

struct StackTraceTests {
  @Test("a stack trace is one record with what it belongs to", arguments: traces.indices)
  func oneRecord(_ index: Int) {
    for text in [traces[index].0, traces[index].0.replacing("\n", with: "\r\n")] {
      let batch = decode(text)
      #expect(batch.logs.count == traces[index].records)
      #expect(batch.logs.filter { $0.severity >= .error }.count == traces[index].failures)
      #expect(decode(text, piece: 7).readLogs == batch.readLogs)
    }
  }

  @Test("in a container's stream too, where the other stream's lines come between")
  func streams() {
    let text = """
      2026-11-25T02:00:00.000000000Z stderr F java.lang.IllegalStateException: pool exhausted
      2026-11-25T02:00:00.000000000Z stderr F \tat com.acme.Pool.borrow(Pool.java:77)
      2026-11-25T02:00:00.500000000Z stdout F 2026-11-25T02:00:00.500Z INFO shop: order 1
      2026-11-25T02:00:00.000000000Z stderr F Caused by: java.net.ConnectException: refused
      2026-11-25T02:00:01.000000000Z stderr F java.lang.IllegalStateException: pool exhausted again
      """
    #expect(decode(text).logs.count == 3)
  }

  @Test("lines of their own are no trace")
  func noTrace() {
    let text = """
      2026-11-25 02:00:00 INFO app: one
      plain words in between
      2026-11-25 02:00:01 INFO app: two
      more plain words here
      """
    #expect(decode(text).logs.count == 4)
  }
}
