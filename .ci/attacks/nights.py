#!/usr/bin/env python3
"""A night is whole whatever happens: kills at random times, and every system call that changes names or content failing in turn.

  nights.py HINDCAST SAMPLES FOLDER KILLS FAULTS
"""
import hashlib, json, os, random, re, shutil, signal, subprocess, sys, time

hindcast, samples, folder = (os.path.abspath(a) for a in sys.argv[1:4])
kills, faults = int(sys.argv[4]), int(sys.argv[5])
inputs = {"a": (samples + "/night.tar.gz", "2026-01-01"), "b": (samples + "/ci-2026-01-01.tar.gz", "2026-01-02")}
failed = []


def command(which): return [hindcast, "run", "-q", "--no-history", "-o", "out", inputs[which][0]]


def state():
    """A digest of what a reader sees, without what is hidden."""
    digest = hashlib.sha256()
    for root, folders, files in sorted(os.walk(folder + "/out")):
        folders.sort()
        for name in sorted(files):
            if name.startswith("."): continue
            digest.update((os.path.relpath(os.path.join(root, name), folder) + "\0").encode())
            digest.update(open(os.path.join(root, name), "rb").read())
    return digest.hexdigest()


def leftovers():
    return [n for base in (folder, folder + "/out") if os.path.isdir(base) for n in os.listdir(base) if re.search(r"\.tmp-|\.old-|hindcast-", n)]


def quiet(arguments): return subprocess.run(arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode


shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder)
whole, times = {}, {}
for which in "ab":
    began = time.time(); quiet(command(which)); times[which] = time.time() - began; whole[which] = state()
rng, torn, left, ends = random.Random(1), 0, 0, {}
for i in range(kills):
    which = "ab"[i % 2]
    process = subprocess.Popen(command(which), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(times[which] * rng.uniform(0.3, 1.05))
    number = rng.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)); process.send_signal(number); code = process.wait()
    expected = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
    if number in expected and code not in (0, 1, 3, expected[number]): failed.append("exit %d after %s" % (code, number.name))
    if state() not in whole.values(): torn += 1
    if number != signal.SIGKILL and leftovers(): failed.append("left after %s: %s" % (number.name, leftovers()))
    if i % 5 == 4:
        quiet(command("a"))
        if leftovers(): left += 1
print("%d kills: %d nights torn, %d times something left after the next run" % (kills, torn, left))
if torn or left: failed.append("kills")

calls = ["rename", "renameat", "renameat2", "fsync", "mkdir", "mkdirat", "unlink", "unlinkat", "close", "write", "pwrite64", "linkat", "openat"]
tried = bad = 0
for call in calls if shutil.which("strace") else []:
    for when in range(1, faults + 1):
        quiet(command("a"))
        before = state()
        # `openat` fails in the dynamic linker first: only later ones are of interest.
        at = when if call not in ("openat", "close", "write") else when * 7 + (60 if call == "openat" else 0)
        done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", "inject=%s:error=EIO:when=%d" % (call, at), *command("b")], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tried += 1
        now = state()
        if now not in whole.values() or now != before and done.returncode not in (0, 1, 3) and now != whole["b"] or now == before and done.returncode == 0:
            bad += 1; failed.append("%s:%d exit %d" % (call, at, done.returncode))
        quiet(command("a"))
        if leftovers(): bad += 1; failed.append("%s:%d leaves %s" % (call, at, leftovers()))
print("%d faults: %d wrong" % (tried, bad))
for line in failed[:20]: print("  " + line)
sys.exit(1 if failed else 0)
