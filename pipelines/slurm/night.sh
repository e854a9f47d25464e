#!/usr/bin/env bash
# One night over a cluster that has Slurm and a file system that all its nodes see: three array jobs and a conclusion.
#   night.sh [-p PARTITIONS] [-c PIPELINE] [-H HISTORY] -d DATE -w WORK -o OUT INPUT...
# WORK is an empty folder on the shared file system; inputs and OUT are absolute paths there. HINDCAST names the program.
# It waits for the end; its exit code is that of `hindcast conclude`, or 75 where a job of Slurm left no report.
set -euo pipefail
hindcast=$(command -v "${HINDCAST:-hindcast}")
partitions=16 pipeline= history=--no-history
while getopts p:c:H:d:w:o: option; do
  case $option in
    p) partitions=$OPTARG ;; c) pipeline=$(realpath "$OPTARG"); pipeline="--pipeline ${pipeline@Q}" ;; H) history=$(realpath -m "$OPTARG"); history="--history ${history@Q}" ;;
    d) date=$OPTARG ;; w) work=$(realpath -m "$OPTARG") ;; o) out=$(realpath -m "$OPTARG") ;; *) exit 64 ;;
  esac
done
shift $((OPTIND - 1))
[ ! -e "$work/inputs" ] || { echo "$work holds another night: name an empty folder" >&2; exit 64; }
mkdir -p "$work"/{parts,logs}
eval "pipeline_words=($pipeline)"
"$hindcast" inputs --json "${pipeline_words[@]}" --date "$date" "$@" > "$work/inputs"
# A split file is one input: its parts stand in one line.
python3 - "$work" <<'PYTHON'
import json, sys
with open(sys.argv[1] + "/inputs") as inputs, open(sys.argv[1] + "/calls", "w") as calls:
    for entry in map(json.loads, inputs):
        root = [] if entry["root"] == entry["name"] else ["--root", entry["root"]]
        calls.write("\0".join(root + (entry.get("parts") or [entry["name"]])) + "\n")
PYTHON
count=$(wc -l < "$work/calls")
[ "$count" -gt 0 ] || { echo "no input" >&2; exit 64; }
submit() {
  printf '#!/usr/bin/env bash\nset -eo pipefail\n%s\n' "${*: -1}" |
    sbatch --parsable --requeue --kill-on-invalid-dep=yes --chdir "$work" --output "$work/logs/%x-%a.log" "${@:1:$#-1}"
}
# 64 to 66 need no second try; everything else is tried twice more.
try='try() { for n in 1 2 3; do code=0; "$@" || code=$?; case $code in 0|64|65|66) return $code;; esac; done; return $code; }'
extract=$(submit -J extract -a "1-$count" "$try; mapfile -d '' -t call < <(sed -n \${SLURM_ARRAY_TASK_ID}p calls | tr -d '\n');
  try $hindcast extract $pipeline --date $date --tolerate --partitions $partitions -o segments \"\${call[@]}\"")
aggregate=$(submit -J aggregate -a "0-$((partitions - 1))" -d "afterok:$extract" "$try; part=\$(printf %05d \$SLURM_ARRAY_TASK_ID);
  ls segments/\$part-*.segment > parts/\$part.list; try $hindcast aggregate $pipeline --date $date -o parts/\$part.partial @parts/\$part.list")
merge=$(submit -J merge -d "afterok:$aggregate" "$try; ls parts/*.partial > partials; try $hindcast merge -o night.partial @partials")
submit -J conclude -d "afterok:$merge" --wait \
  "code=0; $hindcast conclude $pipeline --date $date --expect inputs $history -o ${out@Q} night.partial || code=\$?; echo \$code > concluded" > "$work/conclude" || true
# A job that was cancelled with what it depends on ends well for sbatch: only what it wrote counts.
[ -s "$work/concluded" ] || { scancel "$extract" "$aggregate" "$merge" 2>/dev/null || true; cat "$work"/logs/*.log >&2; exit 75; }
exit "$(cat "$work/concluded")"
