"""Plants every kind in spans, logs, tests, environment and names; runs and counts what is left in any file written."""
import json, os, random, shutil, subprocess, sys, gzip, sqlite3
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import secret_kinds
from xml.sax.saxutils import quoteattr, escape
hindcast, folder = sys.argv[1], sys.argv[2]
shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder + "/in")
planted = {}
T = 1767225600
spans, logs, tests, props = [], [], [], []
def kinds(seed):
    rng = random.Random(seed)
    return secret_kinds.kinds(rng)
for where, seed in (("span", 11), ("service", 12), ("log", 13), ("jsonlog", 14), ("test", 15), ("message", 16), ("environment", 17), ("member", 18)):
    for n, (kind, text, value) in enumerate(kinds(seed)):
        if where == "member" and ("/" in text or "\\n" in text or len(text) > 200): continue
        planted[(where, kind)] = value
        flat = text.replace("\\n", "\n")
        at = T + n
        if where in ("span", "service"):
            spans.append((text if where == "service" else "svc", text if where == "span" else "op", n, at, where))
        elif where == "log": logs.append("2026-01-01 00:%02d:%02d,%03d ERROR [main] com.acme.Svc - %s" % (n // 60 % 60, n % 60, n % 1000, text))
        elif where == "jsonlog": open(folder + "/in/j.jsonl", "a").write(json.dumps({"timestamp": "2026-01-01T00:%02d:%02dZ" % (n // 60 % 60, n % 60), "level": "ERROR", "service": "web", "message": text}) + "\n")
        elif where == "test": tests.append('<testcase classname="c" name=%s time="0.1"><failure message="x" type="E">at c.java:1</failure></testcase>' % quoteattr(text))
        elif where == "message": tests.append('<testcase classname="c.M" name="m%d" time="0.1"><failure message=%s type="E">%s</failure></testcase>' % (n, quoteattr(text), escape(text)))
        elif where == "environment":
            tests.append('<testcase classname="c.P" name="p%d" time="0.1"><properties><property name="env" value=%s/></properties><failure message="x"/><system-out>%s</system-out></testcase>' % (n, quoteattr(text), escape(text)))
            props.append('<property name="e%d" value=%s/>' % (n, quoteattr(text)))
        elif where == "member":
            try: open(folder + "/in/%s.log" % text, "w").write("2026-01-01 00:00:00,000 ERROR [main] a.B - boom %d\n" % n)
            except OSError: del planted[(where, kind)]
def attr(k, v): return {"key": k, "value": {"stringValue": v}}
json.dump({"resourceSpans": [{"resource": {"attributes": [attr("service.name", s)]}, "scopeSpans": [{"scope": {"name": "x"}, "spans": [{"traceId": "%032x" % (i + 1), "spanId": "%016x" % (i + 1), "name": op, "kind": 2,
  "startTimeUnixNano": str(at * 10**9), "endTimeUnixNano": str(at * 10**9 + 10**7), "attributes": [attr("http.url", op), attr("peer.service", s + " peer"), attr("db.statement", op)], "status": {"code": 2, "message": "failed: " + (op if w == "span" else s)}}]}]} for i, (s, op, n, at, w) in enumerate(spans)]}, open(folder + "/in/t.json", "w"))
open(folder + "/in/a.log", "w").write("\n".join(logs) + "\n")
open(folder + "/in/t.xml", "w").write('<testsuite name="s" timestamp="2026-01-01T00:00:00"><properties>%s</properties>%s</testsuite>' % ("".join(props), "".join(tests)))
run = lambda *a: subprocess.run([hindcast, *a], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=dict(os.environ, GITHUB_STEP_SUMMARY=folder + "/step.md", SWIFT_BACKTRACE="enable=no"))
a = run("run", "--history", "h.sqlite", "--date", "2026-01-01", "--format", "json,markdown,html,metrics", "-o", "out", "in")
b = run("extract", "-o", "seg", "in")
segs = sorted("seg/" + f for f in os.listdir(folder + "/seg") if f.endswith(".segment")) if os.path.isdir(folder + "/seg") else []
c = run("aggregate", "-o", "p.partial", *segs)
d = run("events", "in")
open(folder + "/events.jsonl", "wb").write(d.stdout); open(folder + "/stderr.txt", "wb").write(a.stderr + b.stderr + c.stderr + d.stderr)
print("exits", a.returncode, b.returncode, c.returncode, d.returncode, "planted", len(planted))
left = {}
for root, _, files in os.walk(folder):
    if os.path.relpath(root, folder).split("/")[0] == "in": continue
    for f in files:
        data = open(os.path.join(root, f), "rb").read()
        for key, value in planted.items():
            if value.encode() in data or value.replace('"', '\\"').encode() in data: left.setdefault(key, set()).add(os.path.relpath(os.path.join(root, f), folder).split("-")[0] if "seg" in root else os.path.relpath(os.path.join(root, f), folder))
print(len(left), "secrets left")
for key, files in sorted(left.items())[:60]: print(key, planted[key][:40], sorted(files)[:6])
sys.exit(1 if left else 0)
