// What the keys of attributes mean to a span, told by their length and first letter.

internal import Model
internal import Support

extension SpanBuilder {
  /// What an attribute's key means here.
  enum Name: UInt8 {
    case none
    case httpStatus
    case grpcCode
    case rpcStatus
    case errorType
    case error
    case errorMessage
    case exceptionType
    case exceptionMessage
    case servicePeerName
    case peerService
    case serverAddress
    case netPeerName
    case peerHostname
    case netPeerIP
    case dbSystemName
    case dbSystem
    case dbNamespace
    case dbName
    case messagingSystem
    case messagingDestinationName
    case messagingDestination
    case resendCount
    case otelStatus
    case otelDescription
    case spanKind
    case retryAttempts
    case url
    case sampleRate
    case samplerParam
    case samplerType
    case retryAfter
    case retryAfterMilliseconds
    case rpcSystem
    case rpcService
  }

  /// The meaning of a key; most keys are told by their length and first letter.
  @inline(__always) static func name(_ b: Span<UInt8>, _ key: JSONStringSlice) -> Name {
    let count = key.count
    if count >= longKey { return longName(b, key) }
    guard count > 0, firsts[count] & 1 << UInt32(b[key.start] & 31) != 0 else { return .none }
    return nameSlow(b, key, count)
  }

  /// For each length, a bit for the first letter of every name of that length below: a = 2. Written as numbers, because what is
  /// computed when it is first used is asked for at each use whether it was.
  static let firsts: InlineArray<32, UInt32> = [
    0, 0, 0, 0, 0, 0x20, 0, 0x10,
    0x200100, 0x80010, 0xC0020, 0x4_4010, 0x8009_0010, 0x8009_4020, 0xC0030, 0x40000,
    0xA180, 0x80120, 0, 0, 0x40000, 0x2000, 0, 0xA000,
    0x40000, 0x100, 0x2000, 0, 0, 0, 0, 0,
  ]

  @inline(never) private static func nameSlow(_ b: Span<UInt8>, _ key: JSONStringSlice, _ count: Int) -> Name {
    let at = key.start
    func isKey(_ literal: StaticString) -> Bool { JSONScanner.matches(b, at, literal) }
    switch count {
    case 5: return isKey("error") ? .error : .none
    case 7:
      if isKey("db.name") { return .dbName }
      return isKey("db.type") ? .dbSystem : .none
    case 8: return isKey("http.url") || isKey("url.full") ? .url : .none
    case 9:
      if isKey("span.kind") { return .spanKind }
      return isKey("db.system") ? .dbSystem : .none
    case 10:
      if isKey("SampleRate") { return .sampleRate }
      if isKey("rpc.system") { return .rpcSystem }
      return isKey("error.type") || isKey("error.kind") ? .errorType : .none
    case 11:
      if isKey("net.peer.ip") { return .netPeerIP }
      if isKey("rpc.service") { return .rpcService }
      return isKey("db.instance") ? .dbName : .none
    case 12:
      if isKey("peer.service") { return .peerService }
      if isKey("sampler.type") { return .samplerType }
      if isKey("_sample_rate") || isKey("_dd.rule_psr") { return .sampleRate }
      return isKey("db.namespace") ? .dbNamespace : .none
    case 13:
      if isKey("net.peer.name") { return .netPeerName }
      if isKey("sampler.param") { return .samplerParam }
      if isKey("_dd.agent_psr") { return .sampleRate }
      if isKey("peer.hostname") { return .peerHostname }
      return isKey("error.message") ? .errorMessage : .none
    case 14:
      if isKey("server.address") { return .serverAddress }
      if isKey("db.system.name") { return .dbSystemName }
      if isKey("retry_attempts") { return .retryAttempts }
      return isKey("exception.type") ? .exceptionType : .none
    case 15:
      if isKey("rpc.system.name") { return .rpcSystem }
      return isKey("rpc.status_code") ? .rpcStatus : .none
    case 16:
      if isKey("http.status_code") { return .httpStatus }
      if isKey("otel.status_code") { return .otelStatus }
      if isKey("messaging.system") { return .messagingSystem }
      if isKey("grpc.status_code") { return .grpcCode }
      return isKey("http.retry_count") ? .resendCount : .none
    case 17:
      if isKey("service.peer.name") { return .servicePeerName }
      if isKey("exception.message") { return .exceptionMessage }
      return isKey("http.resend_count") ? .resendCount : .none
    case 20: return isKey("rpc.grpc.status_code") ? .grpcCode : .none
    case 21: return isKey("messaging.destination") ? .messagingDestination : .none
    case 23:
      if isKey("otel.status_description") { return .otelDescription }
      return isKey("message_bus.destination") ? .messagingDestination : .none
    case 24: return isKey("rpc.response.status_code") ? .rpcStatus : .none
    case 25:
      if isKey("http.response.status_code") { return .httpStatus }
      return isKey("http.request.resend_count") ? .resendCount : .none
    case 26: return isKey("messaging.destination.name") ? .messagingDestinationName : .none
    default: return .none
    }
  }
}
