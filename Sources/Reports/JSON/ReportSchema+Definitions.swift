// The parts of a report, as its schema names them.

internal import Model
internal import Support

extension ReportSchema {
  static let definitions: [(name: String, fields: [Field])] = [
    (
      "input",
      [
        Field("name", string),
        Field("sha256", .object(["type": .string("string"), "pattern": .string("^[0-9a-f]*$")])),
        Field("bytes", count), Field("members", count), Field("records", atLeast(0, "used + skipped")),
        Field("used", count), Field("skipped", count), Field("repaired", count), Field("events", count),
        Field("diagnostics", count), Field("skippedBy", counts), Field("repairedBy", counts),
        Field("memberBooks", list(ref("member"))), Field("memberBooksOmitted", count, optional: true),
      ]
    ),
    (
      "member",
      [
        Field("member", string), Field("format", string), Field("bytes", count), Field("records", count),
        Field("used", count), Field("skippedBy", counts), Field("repairedBy", counts),
      ]
    ),
    (
      "latency", [Field("p50Us", integer), Field("p95Us", integer), Field("p99Us", integer), Field("count", count)]
    ),
    (
      "component",
      [
        Field("id", string), Field("requests", count), Field("failures", count), Field("errorRate", share),
        Field("latency", orNull(ref("latency"))),
        Field("calls", list(object([Field("to", string), Field("count", count), Field("failures", count)]))),
      ]
    ),
    (
      "pattern",
      [
        Field("id", string), Field("name", string), Field("participants", list(string)),
        Field(
          "sequence",
          list(.object(["type": .string("array"), "items": string, "minItems": .int(2), "maxItems": .int(2)]))),
        Field("occurrences", count), Field("latency", orNull(ref("latency"))),
        Field("baseline", ref("latency"), optional: true), Field("status", status),
      ]
    ),
    (
      "violation",
      [
        Field("pattern", string), Field("kind", string), Field("request", string),
        Field("expectedUs", integer, optional: true), Field("actualUs", integer, optional: true),
        Field("deviation", number, optional: true), Field("detail", string), Field("count", count),
        Field("weight", number), Field("evidence", evidences),
      ]
    ),
    (
      "template",
      [
        Field("id", string), Field("template", string), Field("count", count),
        Field("severity", oneOf(["unknown", "trace", "debug", "info", "warning", "error", "fatal"])),
        Field("components", list(string)), Field("status", status),
      ]
    ),
    (
      "evidence",
      [
        Field("input", string), Field("member", string), Field("line", atLeast(1), optional: true),
        Field("offset", count, optional: true), Field("request", string), Field("quote", string, optional: true),
        Field("at", time, optional: true), Field("durationUs", count, optional: true),
      ]
    ),
    (
      "cause",
      [
        Field("component", string), Field("score", number), Field("share", share), Field("reasons", list(string)),
        Field("evidence", evidences),
      ]
    ),
    (
      "change",
      [Field("at", time), Field("component", string, optional: true), Field("kind", string), Field("text", string)]
    ),
    (
      "impact",
      [
        Field("requests", count), Field("failed", count), Field("slow", count),
        Field("weighed", object([Field("requests", count), Field("failed", count)]), optional: true),
        Field(
          "entryPoints",
          list(
            object([
              Field("component", string), Field("operation", string), Field("requests", count), Field("failed", count),
              Field("slow", count),
            ]))),
        Field("budget", list(ref("budget")), optional: true),
      ]
    ),
    (
      "budget",
      [
        Field("component", string), Field("objective", string), Field("windowUs", count), Field("requests", count),
        Field("bad", count), Field("spent", number), Field("burnRate", number),
        Field(
          "hours",
          list(
            object([
              Field("start", time), Field("requests", count), Field("bad", count), Field("burnRate", number),
            ]))),
        Field("incidents", list(object([Field("id", string), Field("bad", count), Field("spent", number)]))),
        Field(
          "candidates",
          list(
            object([Field("name", string), Field("spent", ref("estimate")), Field("savedUs", ref("estimate"))]))),
      ]
    ),
    (
      "triage",
      [Field("action", oneOf(Triage.Action.allCases.map(\.rawValue))), Field("until", string), Field("note", string)]
    ),
    (
      "exemplar",
      [
        Field("request", string), Field("isBad", truth), Field("start", time),
        Field("durationUs", nullable("integer")),
        Field("omitted", count),
        Field(
          "spans",
          list(
            object([
              Field("input", string), Field("member", string, optional: true), Field("line", count, optional: true),
              Field("offset", count, optional: true), Field("depth", count), Field("component", string),
              Field("operation", string), Field("peer", string, optional: true), Field("offsetUs", integer),
              Field("durationUs", nullable("integer")), Field("failure", string, optional: true),
              Field("message", string, optional: true), Field("isOrigin", truth),
            ]))),
      ]
    ),
    (
      "common",
      [
        Field("attribute", string), Field("value", string), Field("requests", count), Field("of", count),
        Field("share", share), Field("usualShare", share), Field("text", string),
      ]
    ),
    (
      "incident",
      [
        Field("firstSeen", string, optional: true), Field("seen", count, optional: true),
        Field("owner", string, optional: true), Field("ack", ref("triage"), optional: true),
        Field(
          "maintenance", object([Field("start", time), Field("end", time), Field("note", string)]), optional: true),
        Field("exemplars", list(ref("exemplar")), optional: true),
        Field("before", list(ref("change")), optional: true), Field("impact", ref("impact"), optional: true),
        Field("common", list(ref("common")), optional: true),
        Field(
          "prevented",
          list(
            object([
              Field("kind", oneOf(["breaker", "policy"])), Field("at", time, optional: true),
              Field("requests", count, optional: true), Field("of", count, optional: true),
              Field("name", string, optional: true), Field("success", ref("estimate"), optional: true),
            ])), optional: true),
        Field("id", string), Field("fingerprint", string), Field("kind", oneOf(Incident.Kind.allCases.map(\.rawValue))),
        Field("status", oneOf(["new", "recurring", "ongoing"])),
        Field("severity", oneOf(Incident.Severity.allCases.map(\.rawValue))), Field("start", time), Field("end", time),
        Field("trigger", string), Field("headline", string), Field("rootCauses", list(ref("cause"))),
        Field("reasoning", list(string)),
        Field(
          "components",
          list(
            object([
              Field("id", string), Field("onset", time), Field("onsetBetween", between, optional: true),
              Field("requests", count), Field("failures", count),
              Field("errorRate", share), Field("latencyP99Us", nullable("integer")),
              Field("queueDepth", integer, optional: true),
              Field("circuitState", oneOf(["closed", "open", "halfOpen", "unknown"])),
            ]))),
        Field(
          "causalChain",
          list(
            object([
              Field("from", string), Field("to", string), Field("at", time), Field("between", between, optional: true),
              Field("evidence", evidences),
              Field("requests", count, optional: true), Field("share", number, optional: true),
              Field("usualShare", number, optional: true),
            ]))),
        Field("decision", string), Field("action", string, optional: true),
        Field(
          "timeline",
          list(
            object([
              Field("at", time), Field("between", between, optional: true), Field("component", string),
              Field("text", string),
              Field("evidence", ref("evidence"), optional: true),
            ]))),
        Field("evidence", evidences),
      ]
    ),
    (
      "tests",
      [
        Field("attempts", count), Field("tests", count), Field("passed", count), Field("failed", count),
        Field("errors", count), Field("skipped", count), Field("notRun", count),
        Field("maskedNames", count, optional: true), Field("unexcused", count, optional: true),
        Field("orderKnown", truth, optional: true), Field("configurations", list(string), optional: true),
        Field(
          "failing",
          list(
            object(
              line + [
                Field("status", oneOf(TestFindings.FailingTest.Status.allCases.map(\.rawValue))),
                Field("since", string, optional: true), Field("lastPassed", string, optional: true),
                Field("sinceBuild", string, optional: true), Field("lastPassedBuild", string, optional: true),
                Field("failedBuilds", count), Field("builds", count), Field("message", string),
                Field("file", string, optional: true), Field("line", count, optional: true),
                Field("cluster", string, optional: true), Field("quarantined", truth, optional: true),
                Field("evidence", evidences), Field("history", string, optional: true),
                Field("owner", string, optional: true),
                Field("doubt", object([Field("flaky", count), Field("broken", count)]), optional: true),
              ])), optional: true),
        Field(
          "builds",
          list(
            object([
              Field("id", string), Field("revision", string, optional: true), Field("branch", string, optional: true),
              Field("configurations", list(string)),
              Field("outcome", oneOf(TestFindings.Build.Outcome.allCases.map(\.rawValue))), Field("tests", count),
              Field("failed", count), Field("flaky", count), Field("start", time, optional: true),
            ])), optional: true),
        Field(
          "flaky",
          list(
            object(
              line + [
                Field("basis", string), Field("attempts", count), Field("failures", count),
                Field("lowerBound", number), Field("rate", number, optional: true),
                Field("lastSeen", string, optional: true), Field("evidence", evidences),
                Field("history", string, optional: true),
              ]))),
        Field(
          "clusters",
          list(
            object([
              Field("id", string), Field("signature", string), Field("example", string, optional: true),
              Field("basis", string), Field("tests", list(string)), Field("builds", list(string), optional: true),
              Field("evidence", evidences),
            ]))),
        Field("files", list(ref("testFile"))),
        Field("rerunPolicies", list(ref("rerunPolicy"))),
        Field("quarantine", list(string)),
        Field(
          "released",
          list(
            object(
              line + [
                Field("reason", oneOf(TestFindings.Release.Reason.allCases.map(\.rawValue))), Field("since", string),
                Field("nights", count), Field("runs", count),
              ])), optional: true),
        Field("slowest", list(object([Field("test", string), Field("totalUs", integer), Field("attempts", count)]))),
        Field(
          "newlyFailing",
          list(
            object(
              line + [
                Field("since", string), Field("lastPassed", string, optional: true), Field("evidence", evidences),
              ]))),
        Field("fixed", list(object(line + [Field("since", string)])), optional: true),
        Field("appeared", list(object([Field("test", string), Field("since", string)])), optional: true),
        Field("vanished", list(object([Field("test", string), Field("lastSeen", string)])), optional: true),
        Field("renamed", list(object([Field("from", string), Field("to", string)])), optional: true),
        Field(
          "slower", list(object(line + [Field("beforeUs", integer), Field("nowUs", integer), Field("since", string)])),
          optional: true),
      ]
    ),
    (
      "rerunPolicy",
      [
        Field("reruns", count), Field("green", ref("estimate")), Field("costUs", ref("estimate")),
        Field("buildsTurnedGreen", ref("estimate")), Field("faultsMasked", ref("estimate")),
        Field("greenClustered", ref("estimate"), optional: true), Field("fittedBuilds", count, optional: true),
        Field("testedBuilds", count, optional: true), Field("observedGreen", ref("estimate"), optional: true),
        Field("keptRed", count, optional: true),
        Field(
          "lines",
          list(
            object([
              Field("configuration", string, optional: true), Field("branch", string, optional: true),
              Field("green", ref("estimate")), Field("costUs", ref("estimate")),
            ])), optional: true),
      ]
    ),
    (
      "testFile",
      [
        Field("path", string), Field("dialect", string), Field("cases", count), Field("passed", count),
        Field("failures", count), Field("errors", count), Field("skipped", count), Field("tests", count),
        Field("attempts", count), Field("reruns", count), Field("flaky", count), Field("complete", truth),
        Field("recovered", truth, optional: true), Field("disabled", count, optional: true),
        Field("parser", string, optional: true), Field("parserStoppedAt", count, optional: true),
      ]
    ),
    ("estimate", [Field("value", nullable("number")), Field("low", number), Field("high", number)]),
    (
      "metrics",
      [
        Field("successRate", ref("estimate")), Field("attemptsPerRequest", ref("estimate")),
        Field("wastedAttempts", ref("estimate")),
        Field(
          "latency",
          object([
            Field("p50Us", ref("estimate")), Field("p95Us", ref("estimate")), Field("p99Us", ref("estimate")),
          ])), Field("peakLoad", ref("estimate")),
      ]
    ),
    (
      "policies",
      [
        Field("baseline", object([Field("logged", string), Field("metrics", ref("metrics"))])),
        Field(
          "tasks",
          object([
            Field("logged", string), Field("metrics", ref("metrics")), Field("children", count), Field("ends", count),
            Field("intended", count), Field("troubles", count), Field("silent", count), Field("open", count),
            Field("medianDownUs", integer, optional: true),
          ]), optional: true),
        Field("candidates", list(ref("candidate"))), Field("advice", list(string)), Field("assumptions", list(string)),
        Field("warnings", list(string)), Field("checks", list(string)), Field("recommended", string, optional: true),
        Field(
          "recommendation", object([Field("safe", truth), Field("because", list(string))]), optional: true),
      ]
    ),
    (
      "candidate",
      [
        Field("name", string), Field("family", string), Field("scope", string), Field("metrics", ref("metrics")),
        Field("difference", ref("metrics")),
        Field(
          "otherNights", object([Field("metrics", ref("metrics")), Field("difference", ref("metrics"))]), optional: true
        ),
        Field("support", object([Field("exact", share), Field("estimated", share), Field("unsupported", share)])),
        Field("outages", count), Field("blocks", count), Field("warnings", list(string)),
        Field("checks", list(string)), Field("tonight", ref("estimate"), optional: true),
        Field("loadAware", ref("metrics"), optional: true), Field("verdict", string), Field("onFrontier", truth),
        Field("configuration", string, optional: true), Field("budgetUs", ref("estimate"), optional: true),
      ]
    ),
    (
      "diagnostic",
      [
        Field("code", string), Field("severity", oneOf(["note", "warning", "error"])), Field("input", string),
        Field("member", string, optional: true), Field("line", integer, optional: true),
        Field("offset", integer, optional: true), Field("message", string), Field("count", count),
        Field("limit", string, optional: true),
      ]
    ),
  ]
}
