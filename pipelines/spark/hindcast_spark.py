"""A night, or many, beyond one machine: hindcast's phases as one Apache Spark job.

    spark-submit hindcast_spark.py --date 2026-01-02 -o out /archive/2026-01-02
    spark-submit hindcast_spark.py --from 2026-01-01 --to 2026-01-31 -o 'reports/{date}' --history h.sqlite '/archive/{date}'

Spark moves bytes and mends what dies; what the bytes mean only hindcast knows. Three steps: each batch of inputs is extracted
to a frame per partition, the frames of a partition meet and are aggregated, the partials are merged in a tree. The driver
concludes. The report is that of `hindcast run`, byte for byte. The program stands at the same path on every machine
(--hindcast); inputs are paths that every machine sees, or URLs of a file system that Hadoop knows (hdfs://, s3a://, ...).

Exit codes are those of `hindcast conclude`; 64 to 66 of a phase (wrong usage, damage, a missing input) are no accident: they
travel as data and end the job with that code. Everything else that goes wrong is raised, and Spark tries again.
"""
import argparse, datetime, json, math, os, struct, subprocess, sys, tempfile, threading, zlib

END, BATCH, SHARE, FAN = 0xFFFFFFFF, 128 << 20, 50 << 20, 16
FINAL = (64, 65, 66)


class Refused(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Program:
    """The program with what every call of a phase is told; it travels to the executors."""

    def __init__(self, path, pipeline, memory):
        self.path, self.memory = path, memory
        self.pipeline = open(pipeline, encoding="utf-8").read() if pipeline else None

    def frames(self, verb, arguments, feed=None, date=None):
        """The frames that a call writes, each with its number; all there and unchanged, or an exception."""
        with tempfile.TemporaryDirectory(prefix="hindcast-") as folder, open(folder + "/log", "w+b") as log:
            command = [self.path, verb, "-o", "-"]
            if verb != "merge":
                command += ["--date", date] + (["--memory", self.memory] if self.memory else [])
                if self.pipeline is not None:
                    with open(folder + "/pipeline.yaml", "w", encoding="utf-8") as file:
                        file.write(self.pipeline)
                    command += ["--pipeline", folder + "/pipeline.yaml"]
            stdin = subprocess.PIPE if feed else subprocess.DEVNULL
            process = subprocess.Popen(command + arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=log)
            broken = []
            if feed:
                thread = threading.Thread(target=feed_and_close, args=(feed, process.stdin, broken), daemon=True)
                thread.start()
            whole = yield from split(process.stdout)
            process.stdout.read()
            code = process.wait()
            if feed:
                thread.join()
            log.seek(0)
            said = log.read()[-2000:].decode("utf-8", "replace").strip()
            if code in FINAL:
                raise Refused(code, said)
            if code != 0 or not whole or broken:
                raise RuntimeError(f"hindcast {verb} ended with {code}, {'all' if whole else 'not all'} of its frames came: {said} {broken}")


def split(stream):
    """The frames of a stream; gives whether its trailer was there and held."""
    checksum, count = 0, 0
    while True:
        head = stream.read(8)
        if len(head) < 8:
            return False
        number, length = struct.unpack("<II", head)
        body = stream.read(length)
        if len(body) < length:
            return False
        if number == END:
            return struct.unpack("<II", body) == (count, checksum)
        checksum = zlib.crc32(body, zlib.crc32(head, checksum))
        count += 1
        yield number, body


def feed_and_close(frames, pipe, broken):
    """Writes frames as one stream; the trailer only when all of them came."""
    checksum, count = 0, 0
    try:
        with pipe:
            for body in frames:
                head = struct.pack("<II", 0, len(body))
                checksum = zlib.crc32(body, zlib.crc32(head, checksum))
                count += 1
                pipe.write(head)
                pipe.write(body)
            pipe.write(struct.pack("<IIII", END, 8, count, checksum))
    except BrokenPipeError:
        pass  # The program says why it took no more.
    except Exception as error:
        broken.append(repr(error))


def extract(program, batch, partitions):
    """A batch to (key, frame); what is refused to (key, refusal)."""
    first, date, inputs, root = batch["key"], batch["date"], batch["paths"], batch["root"]
    arguments = ["--partitions", str(partitions), "--tolerate"] + (["--root", root] if root else [])
    try:
        if batch["remote"]:
            cat = subprocess.Popen(hadoop("-cat", inputs[0]), stdout=subprocess.PIPE)
            with tempfile.NamedTemporaryFile(prefix="hindcast-") as copy:
                for chunk in iter(lambda: cat.stdout.read(1 << 20), b""):
                    copy.write(chunk)
                if cat.wait() != 0:
                    raise RuntimeError("cannot read " + inputs[0])
                copy.flush()
                for number, body in program.frames("extract", arguments + ["--name", inputs[0], copy.name], date=date):
                    yield first + number, body
        else:
            with tempfile.NamedTemporaryFile("w", prefix="hindcast-", suffix=".list") as listed:
                listed.write("".join(path + "\n" for path in inputs))
                listed.flush()
                for number, body in program.frames("extract", arguments + ["@" + listed.name], date=date):
                    yield first + number, body
    except Refused as refusal:
        yield first, (refusal.code, str(refusal))


def join(program, verb, records, date=None):
    """What met at one key to one partial: segments are aggregated, partials merged."""
    key, refusals = None, []

    def bodies():
        for number, body in records:
            nonlocal key
            key = number if key is None else key
            if isinstance(body, tuple):
                refusals.append(body)
            else:
                yield body

    frames = bodies()
    first = next(frames, None)
    if first is None:
        return [(key, refusals[0])] if refusals else []
    try:
        made = [body for _, body in program.frames(verb, ["-"], feed=chain(first, frames), date=date and date(key))]
    except Refused as refusal:
        return [(key, (refusal.code, str(refusal)))]
    return [(key, refusals[0])] if refusals else [(key, body) for body in made]


def chain(first, rest):
    yield first
    yield from rest


def hadoop(*arguments):
    """Hadoop's own shell, from the jars that Spark brings."""
    import pyspark
    home = os.environ.get("SPARK_HOME") or os.path.dirname(pyspark.__file__)
    return ["java", "-cp", home + "/jars/*", "org.apache.hadoop.fs.FsShell", *arguments]


def listing(sc, options, date):
    """What a run would read: objects with name, root, bytes and the parts of a split file."""
    named = [word.replace("{date}", date) for word in options.inputs]
    remote = [word for word in named if "://" in word]
    named = [word if word in remote else os.path.abspath(word) for word in named]
    found = []
    if len(remote) < len(named) or not named:
        command = [options.hindcast, "inputs", "--json", "--date", date] + [word for word in named if word not in remote]
        done = subprocess.run(command + pipeline(options), capture_output=True, text=True)
        if done.returncode not in (0, 3):
            raise Refused(done.returncode, done.stderr.strip())
        found = [json.loads(line) for line in done.stdout.splitlines()]
        for entry in found:
            if not entry["name"].startswith("/"):
                raise Refused(64, entry["name"] + ": executors work elsewhere, so inputs need absolute paths")
    for word in remote:
        path = sc._jvm.org.apache.hadoop.fs.Path(word)
        files = path.getFileSystem(sc._jsc.hadoopConfiguration())
        if not files.exists(path):
            raise Refused(66, word + ": no such input")
        walk = files.listFiles(path, True)
        while walk.hasNext():
            status = walk.next()
            name = status.getPath().toString()
            found.append({"name": name, "root": path.toString(), "bytes": status.getLen(), "remote": True})
    return found


def batches(entries, date, key):
    """Inputs of one root side by side, up to BATCH stored bytes; remote ones one by one."""
    made, size = [], 0
    for entry in sorted(entries, key=lambda entry: (entry["root"] == entry["name"], entry["root"], entry["name"])):
        root = None if entry["root"] == entry["name"] else entry["root"]
        paths = entry.get("parts") or [entry["name"]]
        remote = entry.get("remote", False)
        if not made or made[-1]["root"] != root or size + entry.get("bytes", 0) > BATCH or remote or made[-1]["remote"]:
            made.append({"key": key, "date": date, "root": root, "paths": [], "remote": remote})
            size = 0
        made[-1]["paths"] += paths
        size += entry.get("bytes", 0)
    return made


def pipeline(options):
    return ["--pipeline", options.pipeline] if options.pipeline else []


def conclude(options, date, entries, partial):
    """The night's report, on the driver; hindcast's own exit code."""
    with tempfile.TemporaryDirectory(prefix="hindcast-") as folder:
        with open(folder + "/expected", "w", encoding="utf-8") as listed:
            listed.write("".join(json.dumps(entry) + "\n" for entry in entries))
        with open(folder + "/night.partial", "wb") as file:
            file.write(partial)
        command = [options.hindcast, "conclude", "--date", date, "--expect", folder + "/expected", "-q"] + pipeline(options)
        for name in ("policies", "history", "memory", "format"):
            command += ["--" + name, getattr(options, name)] if getattr(options, name) else []
        command += ["--no-history"] if options.no_history else []
        command += ["-o", options.output.replace("{date}", date), folder + "/night.partial"]
        return subprocess.run(command).returncode


def nights(options):
    first = options.date or options.first
    last = options.date or options.last or first
    day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += datetime.timedelta(days=1)


def run(sc, words):
    """One job for all nights of a command line; the worst exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--date", "--pipeline", "--policies", "--history", "--memory", "--format"):
        parser.add_argument(name)
    parser.add_argument("--from", dest="first", help="the first of several nights, with --to the last")
    parser.add_argument("--to", dest="last")
    parser.add_argument("--no-history", action="store_true")
    parser.add_argument("--partitions", type=int, help="by default stored bytes of the largest night / 50 MB")
    parser.add_argument("--hindcast", default=os.environ.get("HINDCAST", "hindcast"), help="the program, on every machine")
    parser.add_argument("-o", "--output", required=True, help="the night's folder; {date} stands for the night")
    parser.add_argument("inputs", nargs="*", help="as for `hindcast run`; {date} stands for the night")
    options = parser.parse_args(words)
    if bool(options.date) == bool(options.first):
        parser.error("name the night with --date, or several with --from and --to")
    try:
        listed = [(date, listing(sc, options, date)) for date in nights(options)]
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return refusal.code
    stored = max(sum(entry.get("bytes", 0) for entry in entries) for _, entries in listed)
    count = options.partitions or max(1, math.ceil(stored / SHARE))
    program = Program(options.hindcast, options.pipeline, options.memory)
    dates = [date for date, _ in listed]
    work = [batch for i, (date, entries) in enumerate(listed) for batch in batches(entries, date, i * count)]
    if not work:
        print("no input", file=sys.stderr)
        return 64
    segments = sc.parallelize(work, len(work)).flatMap(lambda batch: extract(program, batch, count))
    partials = segments.partitionBy(count * len(dates), int).mapPartitions(
        lambda records: join(program, "aggregate", records, date=lambda key: dates[key // count]))
    width = count
    while width > 1:
        narrow = math.ceil(width / FAN)
        move = lambda pair, width=width, narrow=narrow: (pair[0] // width * narrow + pair[0] % width // FAN, pair[1])
        partials = partials.map(move).partitionBy(narrow * len(dates), int).mapPartitions(
            lambda records: join(program, "merge", records))
        width = narrow
    worst = 0
    made = dict()
    for key, value in partials.toLocalIterator():
        made[key] = value
        if isinstance(value, tuple):
            print(f"{dates[key]}: {value[1]}", file=sys.stderr)
            worst = max(worst, value[0])
            continue
        code = conclude(options, dates[key], listed[key][1], value)
        worst = max(worst, code)
        made[key] = None
    for key in set(range(len(dates))) - set(made):
        print(f"{dates[key]}: nothing was made of the night", file=sys.stderr)
        worst = max(worst, 2)
    return worst


if __name__ == "__main__":
    from pyspark import SparkContext
    context = SparkContext(appName="hindcast")
    try:
        code = run(context, sys.argv[1:])
    finally:
        context.stop()
    sys.exit(code)
