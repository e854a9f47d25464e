import Model
import Testing

@Suite("Quotes")
struct QuoteTests {
  private static let servlet =
    "Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception "
    + "[Request processing failed; nested exception is org.springframework.web.client.ResourceAccessException: "
    + "I/O error on GET request; nested exception is java.lang.IllegalStateException: No instances available for billing] with root cause"

  @Test("a chain of causes that is too long is quoted from the innermost on")
  func innermost() {
    let quote = RecordQuote.bounded(Self.servlet)
    #expect(quote.hasSuffix("…java.lang.IllegalStateException: No instances available for billing] with root cause"))
    #expect(quote.hasPrefix("Servlet.service() for servlet") && quote.count == RecordQuote.bound)
    let deep = "Caused by: " + String(repeating: "x", count: 500)
    #expect(RecordQuote.bounded(String(repeating: "e", count: 60) + deep).contains("e…xxx"))
    #expect(RecordQuote.bounded("error " + deep).count == RecordQuote.bound)
  }

  @Test("a short text stays whole, and a long one without a cause, or with none behind the mark, is cut at its end")
  func whole() {
    let short = "failed; nested exception is java.io.IOException: gone"
    #expect(RecordQuote.bounded(short) == short)
    let long = String(repeating: "y", count: 300)
    #expect(RecordQuote.bounded(long) == String(long.prefix(RecordQuote.bound - 1)) + "…")
    #expect(RecordQuote.bounded(long + "; Caused by: null") == String(long.prefix(RecordQuote.bound - 5)) + "…null")
    let empty = long + "; nested exception is "
    #expect(RecordQuote.bounded(empty) == String(long.prefix(RecordQuote.bound - 1)) + "…")
  }
}
