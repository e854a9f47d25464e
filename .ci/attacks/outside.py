#!/usr/bin/env python3
"""Nothing outside is read, written or deleted: links, devices, pipes, a person's files; and every verb under strace.

  outside.py HINDCAST SAMPLES FOLDER
"""
import os, re, shutil, socket, subprocess, sys, threading, time

hindcast, samples, folder = (os.path.abspath(a) for a in sys.argv[1:4])
night = os.path.join(samples, "night.tar.gz")
failed = []


def fresh(*names):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in names: os.makedirs(os.path.join(folder, name))


def put(name, text="mine"):
    with open(os.path.join(folder, name), "w") as f: f.write(text)


def run(*arguments, timeout=60):
    try: return subprocess.run([hindcast, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    except subprocess.TimeoutExpired: return subprocess.CompletedProcess(arguments, -99, b"", b"timeout")


def report(*arguments): return run("run", "-q", "--no-history", "-o", "out", *arguments)


def check(name, holds, result=None):
    if not holds:
        failed.append(name)
        print("FAIL", name, result.returncode if result else "", (result.stderr if result else b"")[-200:].decode("utf8", "replace"))
    else: print("ok  ", name)


def text(name):
    try: return open(os.path.join(folder, name), errors="replace").read()
    except OSError: return ""


good = '{"timestamp":"2026-01-01T00:00:00Z","level":"INFO","service":"s","message":"m"}\n'

fresh("out", "victim"); put("victim/keep.txt"); os.symlink("../victim", folder + "/out/incidents")
r = report(night); check("incidents is a link", r.returncode == 2 and os.listdir(folder + "/victim") == ["keep.txt"] and r.stderr, r)
fresh("out"); put("out/incidents")
r = report(night); check("incidents is a file", r.returncode == 2 and text("out/incidents") == "mine", r)
fresh("out", "victim"); put("victim/x"); os.symlink("../victim/x", folder + "/out/report.json")
r = report(night); check("report.json is a link", r.returncode == 2 and text("victim/x") == "mine", r)
fresh("out/report.md")
r = report(night); check("report.md is a folder", r.returncode == 2 and os.path.isdir(folder + "/out/report.md"), r)
fresh("out/incidents/sub", "out/own"); put("out/incidents/mine.md"); put("out/notes.txt"); put("out/own/a"); os.symlink("/etc/hosts", folder + "/out/hosts")
r = report(night)
check("a person's files stay", r.returncode == 0 and text("out/incidents/mine.md") == text("out/notes.txt") == text("out/own/a") == "mine" and os.path.isdir(folder + "/out/incidents/sub") and os.path.islink(folder + "/out/hosts"), r)
r = report(night)
check("and once more", r.returncode == 0 and text("out/incidents/mine.md") == text("out/own/a") == "mine", r)
check("nothing is left beside", [n for n in os.listdir(folder) if "hindcast" in n] == [])
fresh("out"); r = subprocess.run([hindcast, "run", "-q", "--no-history", "-o", ".", night], cwd=folder + "/out", stderr=subprocess.PIPE)
check("the working directory as output", r.returncode == 0 and os.path.exists(folder + "/out/report.json") and not [n for n in os.listdir(folder + "/out") if n.startswith(".hindcast-")], r)
fresh("in"); os.symlink("/etc", folder + "/in/etc"); put("in/a.jsonl", good)
r = report("in"); check("a link to /etc", r.returncode == 0 and "shadow" not in text("out/report.json") and "skippedLink" in text("out/report.json"), r)
fresh("in", "other"); put("other/b.jsonl", good); os.symlink("../other/b.jsonl", folder + "/in/b.jsonl"); put("in/a.jsonl", good)
r = report("in"); check("a link to a file outside", text("out/report.json").count('"records": 1') >= 1 and "skippedLink" in text("out/report.json"), r)
fresh("in/d"); put("in/d/b.jsonl", good); os.symlink("d/b.jsonl", folder + "/in/l.jsonl"); os.symlink("..", folder + "/in/d/up")
r = report("in"); check("links inside and in a circle", r.returncode == 0, r)
fresh("in"); os.mkfifo(folder + "/in/f"); s = socket.socket(socket.AF_UNIX); s.bind(folder + "/in/s"); put("in/a.jsonl", good)
r = report("in"); check("pipes and sockets in a folder", r.returncode == 0 and text("out/report.json").count("skippedSpecial") == 2, r)
fresh("in"); put("in/a.jsonl", good); os.symlink("/dev/zero", folder + "/in/z"); os.symlink("/proc/self/environ", folder + "/in/e")
r = report("in"); check("links to devices and /proc", r.returncode == 0 and text("out/report.json").count("skippedLink") == 2, r)
r = report("/proc/self"); check("/proc is not read", "file system of the kernel" in text("out/report.json") + r.stderr.decode(), r)
r = report("/dev/zero"); check("a device is not read", r.returncode in (2, 3, 64), r)
fresh("in"); put("in/a.jsonl", good); open(os.fsencode(folder) + b"/in/bad\xff.jsonl", "w").write(good)
r = report("in"); check("a name that is no UTF-8", r.returncode == 0 and "bad\\\\xFF.jsonl" in text("out/report.json"), r)
fresh(); put("a.jsonl", good * 200000); threading.Timer(0.05, lambda: os.truncate(folder + "/a.jsonl", 1000)).start()
r = report("a.jsonl"); check("cut while it is read", r.returncode in (0, 3) and ("cut while" in text("out/report.json") or '"records": 200000' in text("out/report.json")), r)
fresh(); put("a.jsonl", good * 20000); stop = []
def grow():
    with open(folder + "/a.jsonl", "a") as f:
        while not stop: f.write(good * 50); f.flush(); time.sleep(0.002)
t = threading.Thread(target=grow); t.start(); r = report("a.jsonl"); stop.append(1); t.join()
check("growing while it is read", r.returncode in (0, 3), r)
fresh(); os.mkfifo(folder + "/f"); r = run("check", "f", timeout=30); check("a pipe as a pipeline file", r.returncode == 64, r)

# Every verb: what is opened for writing, made, renamed or deleted lies in the folder or is a temporary of ours.
allowed = re.compile(r"^(%s|/tmp/|/dev/(null|tty)|/proc/self/)" % re.escape(folder))
fresh("in"); put("in/a.jsonl", good); put("p.yaml", "version: 1\n")
verbs = [("run", "-q", "--history", "h.sqlite", "--date", "2026-01-01", "-o", "out", "in"), ("check", "p.yaml"), ("events", "in"), ("extract", "-o", "seg", "in"), ("history", "list", "--history", "h.sqlite"),
         ("history", "check", "--history", "h.sqlite"), ("history", "backup", "c.sqlite", "--history", "h.sqlite"), ("replay", "out/capture.json"), ("explain", "x", "-o", "out")]
for verb in verbs if shutil.which("strace") else []:
    subprocess.run(["strace", "-f", "-qq", "-o", folder + "/trace", "-e", "trace=openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat,connect", hindcast, *verb],
                   cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    bad = []
    for line in text("trace").split("\n"):
        if " = -1 " in line or "connect(" in line and "AF_UNIX" in line: continue
        if "connect(" in line: bad.append(line)
        if "open" in line and not re.search(r"O_WRONLY|O_RDWR|O_CREAT", line): continue
        if "O_TMPFILE" in line or "renameat" in line or "unlinkat" in line or "mkdirat" in line or "linkat" in line: continue
        for path in re.findall(r'"(/[^"]*)"', line):
            if not allowed.match(path): bad.append(line)
    check("strace: " + " ".join(verb[:2]), not bad)
    for line in bad[:3]: print("     " + line[:160])
print("%d failed%s" % (len(failed), ": " + ", ".join(failed) if failed else ""))
sys.exit(1 if failed else 0)
