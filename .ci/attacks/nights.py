#!/usr/bin/env python3
"""An output is whole whatever happens: it holds what was there before or what comes new, and the next start leaves nothing behind.

  nights.py HINDCAST FOLDER KILLS STEP

Seven outputs: a report's folder beside others, the working directory, history, segments, a partial, conclude's folder, standard
output. KILLS signals at random times are spread over them; then the process is killed at, and an error put into, every STEP-th
system call that changes names or content.
"""
import hashlib, os, random, re, shutil, signal, subprocess, sys, time

hindcast, folder = (os.path.abspath(a) for a in sys.argv[1:3])
kills, step = int(sys.argv[3]), int(sys.argv[4])
inputs = {"a": folder + "/a.log", "b": folder + "/b.xml"}
failed = []


def fail(text):
    failed.append(text)
    if len(failed) <= 40: print("  " + text, flush=True)


def make_inputs():
    """Two small nights of different kinds and dates: what is attacked is how they are written."""
    with open(inputs["a"], "w") as f:
        for i in range(300): f.write("2026-01-01 02:%02d:%02d,000 %s [main] com.acme.Pay%d - request %d %s\n" % (i // 60, i % 60, "ERROR" if 100 < i < 160 else "INFO", i % 3, i, "failed: connection refused" if 100 < i < 160 else "served"))
    with open(inputs["b"], "w") as f:
        f.write('<testsuite name="s" timestamp="2026-01-02T00:00:00">')
        for i in range(40): f.write('<testcase classname="c.C" name="t%d" time="0.1">%s</testcase>' % (i, '<failure message="boom" type="E">at x</failure>' if i % 9 == 0 else ""))
        f.write("</testsuite>")


def quiet(arguments, cwd, out=subprocess.DEVNULL): return subprocess.run(arguments, cwd=cwd, stdout=out, stderr=subprocess.DEVNULL).returncode


class Output:
    """One output: how it is made of input a or b, and what a reader sees of it."""
    def __init__(self, name, seen, arguments, inside=False):
        self.name, self.arguments = name, arguments
        self.base = os.path.join(folder, name)
        self.cwd = os.path.join(self.base, "out") if inside else self.base
        self.seen = os.path.join(self.base, seen)
        os.makedirs(self.cwd)
        self.whole, self.times = {}, {}
        for which in "ab":
            began = time.time(); code = self.run(which); self.times[which] = time.time() - began
            if code not in (0, 3): fail("%s: exit %d untouched" % (name, code))
            self.whole[which] = self.state()
            if which == "a" and name == "history": shutil.copy(self.seen, self.seen + ".a")
        self.restore()

    def restore(self):
        """Back to what input a left: a history gathers, everything else is replaced."""
        if self.name == "history": shutil.copy(self.seen + ".a", self.seen)
        elif self.name == "segments": shutil.rmtree(self.seen, ignore_errors=True); self.run("a")
        else: self.run("a")

    def run(self, which, before=()):
        if self.name != "standard-output": return quiet(list(before) + self.command(which), self.cwd)
        with open(self.seen, "wb") as out: return quiet(list(before) + self.command(which), self.cwd, out)

    def command(self, which): return [hindcast] + [w.replace("{in}", inputs[which]).replace("{which}", which) for w in self.arguments]

    def state(self):
        if self.name == "history":
            done = subprocess.run([hindcast, "history", "list", "--history", self.seen], capture_output=True)
            check = subprocess.run([hindcast, "history", "check", "--history", self.seen], capture_output=True)
            return (done.stdout, check.returncode)
        if self.name == "segments":
            return frozenset((f, hashlib.sha256(open(os.path.join(self.seen, f), "rb").read()).hexdigest()) for f in os.listdir(self.seen) if not f.startswith(".")) if os.path.isdir(self.seen) else frozenset()
        digest = hashlib.sha256()
        paths = [self.seen] if os.path.isfile(self.seen) else [os.path.join(r, f) for r, _, fs in os.walk(self.seen) for f in fs]
        for path in sorted(paths):
            at = os.path.relpath(path, self.seen)
            if any(p.startswith(".") and p != "." for p in at.split("/")): continue
            digest.update(at.encode() + b"\0" + open(path, "rb").read())
        return digest.hexdigest()

    def leftovers(self):
        return [n for base, folders, files in os.walk(self.base) for n in folders + files if re.search(r"\.tmp|\.old|hindcast-|-journal|former|gone", n)]

    def again(self, what):
        """The next start ends whatever was begun."""
        which = "b" if self.name in ("history", "segments") else "a"
        code = self.run(which)
        if code not in (0, 3) or self.state() != self.whole[which]: fail("%s: after %s the next run ends with %d" % (self.name, what, code))
        if self.leftovers(): fail("%s: after %s and the next run: %s" % (self.name, what, self.leftovers()))
        for name in self.leftovers(): shutil.rmtree(os.path.join(self.base, name), ignore_errors=True)
        self.restore()

    def judge(self, what, wanted, allowed):
        """The state right after: whole, and the new one where the program said so."""
        now = self.state()
        # The working directory cannot be exchanged: what a kill leaves half done there, the next start makes whole. Several
        # segments are one output by their marker, which comes last.
        if self.name in ("working-directory", "standard-output") and not wanted: return
        if self.name == "segments" and not wanted:
            marked = any(f.endswith(".done") for f, _ in now - self.whole["a"])
            if not now <= self.whole["b"] or marked and now != self.whole["b"]: fail("segments: torn by %s" % what)
            return
        if now not in [self.whole[w] for w in allowed]: fail("%s: torn by %s" % (self.name, what))
        elif wanted and now != self.whole[wanted]: fail("%s: %s: done is told, but nothing is" % (self.name, what))


shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder)
make_inputs()
for which in "ab":
    quiet([hindcast, "extract", "--partitions", "1", "-o", which, inputs[which]], folder)
    segment = [n for n in os.listdir(folder + "/" + which) if n.endswith(".segment")][0]
    os.rename(folder + "/" + which + "/" + segment, "%s/%s.segment" % (folder, which))
    quiet([hindcast, "aggregate", "-o", "%s/%s.partial" % (folder, which), "%s/%s.segment" % (folder, which)], folder)
outputs = [
    Output("report", "out", ["run", "-q", "--no-history", "-o", "out", "{in}"]),
    Output("working-directory", "out", ["run", "-q", "--no-history", "-o", ".", "{in}"], True),
    Output("history", "nights.sqlite", ["run", "-q", "--history", "nights.sqlite", "-o", "out", "{in}"]),
    Output("segments", "seg", ["extract", "--partitions", "2", "-o", "seg", "{in}"]),
    Output("partial", "one.partial", ["aggregate", "-o", "one.partial", folder + "/{which}.segment"]),
    Output("conclude", "out", ["conclude", "-q", "--no-history", "-o", "out", folder + "/{which}.partial"]),
    Output("standard-output", "events.jsonl", ["events", "{in}"]),
]

rng, began = random.Random(1), time.time()
for i in range(kills):
    output = outputs[i % len(outputs)]
    which = "b"
    out = open(output.seen, "wb") if output.name == "standard-output" else subprocess.DEVNULL
    process = subprocess.Popen(output.command(which), cwd=output.cwd, stdout=out, stderr=subprocess.DEVNULL)
    time.sleep(output.times[which] * rng.uniform(0.1, 1.05))
    number = rng.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
    process.send_signal(number); code = process.wait()
    what = number.name
    # Before the program has begun, the system ends it.
    expected = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
    if number in expected and code not in (0, 1, 3, expected[number], -number): fail("%s: exit %d after %s" % (output.name, code, what))
    output.judge(what, which if code == 0 else None, "ab")
    if number != signal.SIGKILL and output.leftovers(): fail("%s: left after %s: %s" % (output.name, what, output.leftovers()))
    output.again(what)
print("%d kills at random times in %.0f s: %d wrong" % (kills, time.time() - began, len(failed)), flush=True)

# `openat`, `close` and `read` happen in the dynamic linker first; that costs rounds, no promise.
calls = ["renameat2", "renameat", "rename", "linkat", "mkdirat", "mkdir", "unlinkat", "unlink", "fsync", "fdatasync", "write", "pwrite64", "ftruncate", "openat", "close", "fchmod", "flock", "clone3"]
log = folder + "/strace.log"
for kind, effects in (("kills", ["signal=KILL"]), ("faults", ["error=EIO", "error=ENOSPC", "error=EAGAIN"])) if shutil.which("strace") else ():
    began, tried, before = time.time(), 0, len(failed)
    for output in outputs:
        for call in calls:
            for effect in effects:
                if effect == "error=ENOSPC" and call not in ("write", "pwrite64", "mkdirat"): continue
                if (effect == "error=EAGAIN") != (call == "clone3") and effect != "signal=KILL": continue
                for when in range(rng.randrange(step) + 1, 10**6, step):
                    command = ["strace", "-f", "-qq", "-o", log, "-e", "trace=" + call, "-e", "inject=%s:%s:when=%d" % (call, effect, when)]
                    code = output.run("b", command)
                    seen = open(log, errors="replace").read()
                    if "INJECTED" not in seen and "SIGKILL" not in seen: break
                    tried += 1
                    what = "%s:%s:%d" % (call, effect, when)
                    if code < 0 and effect != "signal=KILL": fail("%s: signal %d after %s" % (output.name, -code, what))
                    # An input that could not be read is told (3), and another night is right then.
                    if code == 3: output.restore(); continue
                    output.judge(what, "b" if code == 0 else None, "ab")
                    output.again(what)
    print("%d %s at system calls in %.0f s: %d wrong" % (tried, kind, time.time() - began, len(failed) - before), flush=True)
sys.exit(1 if failed else 0)
