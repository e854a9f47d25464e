import Model
import Support
import Testing
import Traces

@Suite("Failure kinds of spans")
struct FailureClassifierTests {
  private func kind(_ change: (inout TraceSpan, inout SymbolTable) -> Void) -> FailureKind? {
    var span = TraceSpan()
    var symbols = SymbolTable()
    change(&span, &symbols)
    var classifier = FailureClassifier()
    return classifier.failure(of: span, symbols)
  }

  @Test("an HTTP 4xx is the client's failure, not the server's; a 5xx is both's")
  func http() {
    #expect(kind { span, _ in (span.httpStatus, span.kind) = (404, .client) } == .semantic)
    #expect(kind { span, _ in (span.httpStatus, span.kind) = (404, .server) } == nil)
    #expect(kind { span, _ in (span.httpStatus, span.kind) = (503, .server) } == .unavailable)
    #expect(kind { span, _ in (span.httpStatus, span.kind) = (429, .client) } == .insufficientResources)
    #expect(kind { span, _ in span.httpStatus = 200 } == nil)
  }

  @Test("gRPC codes: a server answers for its own faults only, a client for all but OK, a cancel of its own for none")
  func grpc() {
    #expect(kind { span, _ in (span.grpcStatus, span.kind) = (5, .server) } == nil)
    #expect(kind { span, _ in (span.grpcStatus, span.kind) = (5, .client) } == .semantic)
    #expect(kind { span, _ in (span.grpcStatus, span.kind) = (14, .server) } == .unavailable)
    #expect(kind { span, _ in (span.grpcStatus, span.kind) = (1, .client) } == nil)
    #expect(kind { span, _ in (span.grpcStatus, span.kind) = (0, .client) } == nil)
  }

  @Test("an explicit OK outweighs a recorded exception; an error without codes is named by its words")
  func words() {
    #expect(
      kind {
        $0.status = .ok; $0.errorType = $1.intern("java.io.IOException")
      } == nil)
    #expect(
      kind {
        $0.status = .error; $0.message = $1.intern("connect: connection refused")
      } == .targetUnreachable)
    #expect(
      kind {
        $0.status = .error; $0.errorType = $1.intern("SocketTimeoutException")
      } == .timeout)
    #expect(
      kind {
        $0.status = .error; $0.errorType = $1.intern("NullPointerException")
      } == .runtime)
    #expect(kind { span, _ in span.status = .error } == .unknown)
  }
}
