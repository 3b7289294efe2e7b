#!/usr/bin/env bash
# Measures the program as a whole against sos, atop and sadc, in one run; prints figures and ratios.
#   collector-core/benches/whole.sh [SAMPLES]          as root; 60 samples one second apart
# A program that is not installed is named and left out. docs/performance.md says what is reached.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
samples=${1:-60}
cargo build --quiet --release --workspace --manifest-path "$root/Cargo.toml"
collector=$root/target/release/collector
work=$(mktemp -d)
crowd=()
trap 'kill "${crowd[@]}" 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do sleep 3600 & crowd+=($!); done
TIMEFORMAT='%R %U %S'

# Runs a command three times; prints the median wall seconds and its CPU seconds, children included.
measure() {
    for _ in 1 2 3; do rm -f "$work"/*.tar.zst; { time "$@" >"$work/out" 2>&1 </dev/null || true; } 2>&1 | tail -n 1; done |
        awk '{ print $1, $2 + $3 }' | sort -n | sed -n 2p
}
# As `measure`, once.
once() { { time "$@" >"$work/out" 2>&1 </dev/null || true; } 2>&1 | tail -n 1 | awk '{ print $1, $2 + $3 }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3g", a / b }'; }
have() { command -v "$1" >/dev/null || { echo "$1 is not installed: left out"; return 1; }; }

echo "machine: $(nproc) processors, Linux $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)," \
    "$(ls -d /proc/[0-9]* | wc -l) processes"

read -r wall cpu < <(measure "$collector" run --quiet --output "$work")
echo "one capture: $wall s wall, $cpu s CPU"
if have sos; then
    read -r sos_wall sos_cpu < <(once sos report --batch -o memory,process,filesys --tmp-dir "$work")
    echo "sos report: $sos_wall s wall, $sos_cpu s CPU; ours is $(ratio "$wall" "$sos_wall") of its wall"
fi

# CPU and bytes of the samples after the first, from two captures.
capture() { "$collector" run --quiet --output "$work" --every 1s --samples "$1"; }
rm -f "$work"/*.tar.zst
per_sample() { awk -v a="$1" -v b="$2" -v n="$((samples - 1))" 'BEGIN { printf "%.4g", (a - b) / n * 1000 }'; }
read -r _ cpu_one < <(once capture 1)
bytes_one=$(stat -c %s "$(tail -n 1 "$work/out")")
sleep 1
once capture "$samples" >"$work/many" &
sleep 8
rss=0 pss=0
core=$(pgrep -n -f "^$collector run")
for pid in "$core" $(pgrep -P "$core"); do
    rss=$((rss + $(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")))
    pss=$((pss + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")))
done
wait $!
read -r _ cpu_many <"$work/many"
bundle=$(tail -n 1 "$work/out")
bytes_many=$(stat -c %s "$bundle")
ours=$(per_sample "$cpu_many" "$cpu_one")
bytes=$(((bytes_many - bytes_one) / (samples - 1)))
raw=$("$collector" bundle cat "$bundle" index.json | tr '{' '\n' | sed -n 's/.*"path":"samples.*"bytes":\([0-9]*\).*/\1/p' |
    awk -v n="$samples" '{ s += $1 } END { printf "%d", s / n }')
echo "each further sample: $ours ms CPU, $bytes bytes of $raw raw ($((bytes_many / samples)) with first sample and index)"
echo "memory of all processes: peak RSS summed $rss kB, PSS summed $pss kB"
if have atop; then
    read -r _ a_one < <(once atop -w "$work/atop1" 1 1)
    read -r _ a_many < <(once atop -w "$work/atop" 1 "$samples")
    a_bytes=$((($(stat -c %s "$work/atop") - $(stat -c %s "$work/atop1")) / (samples - 1)))
    a_cpu=$(per_sample "$a_many" "$a_one")
    echo "atop -w: $a_cpu ms CPU, $a_bytes bytes a sample; ours is $(ratio "$ours" "$a_cpu") of its CPU, $(ratio "$bytes" "$a_bytes") of its bytes"
fi
sadc=$(command -v sadc || ls /usr/lib/sysstat/sadc /usr/lib/sa/sadc /usr/lib64/sa/sadc 2>/dev/null | head -n 1 || true)
if [ -n "$sadc" ]; then
    read -r _ s_one < <(once "$sadc" -S ALL 1 1 "$work/sadc1")
    read -r _ s_many < <(once "$sadc" -S ALL 1 "$samples" "$work/sadc")
    s_bytes=$((($(stat -c %s "$work/sadc") - $(stat -c %s "$work/sadc1")) / (samples - 1)))
    echo "sadc -S ALL: $(per_sample "$s_many" "$s_one") ms CPU, $s_bytes bytes a sample; ours is $(ratio "$bytes" "$s_bytes") of its bytes"
else
    echo "sadc is not installed: left out"
fi
