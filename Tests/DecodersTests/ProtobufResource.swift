import Simulation

extension ProtobufMessage {
  /// One resource with records in one scope, the resource first or last.
  static func resource(_ records: [[UInt8]], service: String = "pay", resourceLast: Bool = false) -> [UInt8] {
    let resource = of { $0.data(1, attribute("service.name") { $0.text(1, service) }) }
    let scope = of { scope in for record in records { scope.data(2, record) } }
    return of { message in
      message.data(
        1,
        of { element in
          if !resourceLast { element.data(1, resource) }
          element.data(2, scope)
          if resourceLast { element.data(1, resource) }
        })
    }
  }
}
