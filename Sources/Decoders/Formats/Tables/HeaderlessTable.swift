// Tables whose columns their writer's document fixes, so that no row names them.

/// PostgreSQL's `log_destination = csvlog` (documentation, "Using CSV-Format Log Output").
enum HeaderlessTable {
  private static let columns = [
    "log_time", "user_name", "database_name", "process_id", "connection_from", "session_id", "session_line_num",
    "command_tag", "session_start_time", "virtual_transaction_id", "transaction_id", "error_severity", "sql_state_code",
    "message", "detail", "hint", "internal_query", "internal_query_pos", "context", "query", "query_pos", "location",
    "application_name", "backend_type", "leader_pid", "query_id",
  ]

  /// Papertrail's archives ("Log archives", columns of the TSV).
  private static let papertrail = [
    "id", "generated_at", "received_at", "source_id", "source_name", "source_ip", "facility_name", "severity",
    "program", "message",
  ]

  private static let syslogLevels: Set<String> = [
    "Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Info", "Debug",
  ]

  private static let severities: Set<String> = [
    "DEBUG5", "DEBUG4", "DEBUG3", "DEBUG2", "DEBUG1", "LOG", "INFO", "NOTICE", "WARNING", "ERROR", "FATAL", "PANIC",
  ]

  /// The names of the columns of a row that is data; nil for any other row. Versions 8.4 to 17 have 22 to 26 columns.
  static func header(of fields: [String]) -> [String]? {
    if fields.count == 10, syslogLevels.contains(fields[7]), fields[1].utf8.count >= 19, fields[1].contains("T"),
      fields[0].utf8.allSatisfy({ $0 &- 0x30 <= 9 })
    {
      return papertrail
    }
    guard (22...26).contains(fields.count), begins(fields) else { return nil }
    return Array(columns.prefix(fields.count))
  }

  /// Whether a line's fields begin a row of PostgreSQL's: a field with line breaks in it (a message, a query) may end the line.
  static func begins(_ fields: [String]) -> Bool {
    fields.count >= 14 && severities.contains(fields[11]) && fields[12].utf8.count == 5
      && fields[0].utf8.first.map({ $0 &- 0x30 <= 9 }) == true && fields[0].contains(":")
  }
}
