#!/usr/bin/env bash
# Measures `collector profile` against `go tool pprof` on heap profiles of the Go compiler; prints
# seconds per run and ratios. Needs Go.
#   collector-core/benches/profile.sh [RUNS]                          20 runs of each
# Three sizes: at Go's own sampling rate, as a server of many packages has it, and as large as the
# compiler's gets. Both programs must print the same.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
runs=${1:-20}
cargo build --quiet --release -p collector-core --manifest-path "$root/Cargo.toml"
collector=$root/target/release/collector
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOPROXY=off GOTOOLCHAIN=local TZ=UTC PPROF_BINARY_PATH=/nonexistent TIMEFORMAT=%R
# The program itself: `go tool` looks it up for some 20 ms each time.
pprof=$(go tool -n pprof)
"$pprof" -help >/dev/null 2>&1 || go tool pprof -help >/dev/null 2>&1 || true

# Compiles a package and keeps the heap profile of its compiler, with one sample in so many bytes.
record() {
    mkdir -p "$work/$3.d"
    go build -o /dev/null -gcflags="$1=-memprofile=$work/$3.d/ -memprofilerate=$2" "$1"
    mv "$work/$3.d/"* "$work/$3"
}
# Seconds of one run, the mean of many.
mean() {
    { time for _ in $(seq "$runs"); do "$@" >"$work/out" 2>/dev/null; done; } 2>&1 |
        awk -v n="$runs" '{ printf "%.4f", $1 / n }'
}
compare() {
    local name=$1 ours=$2 theirs=$3 a b
    shift 3
    # Word splitting is meant: the arguments of either program.
    # shellcheck disable=SC2086
    a=$(mean "$collector" profile $ours) && cp "$work/out" "$work/ours"
    # shellcheck disable=SC2086
    b=$(mean "$pprof" $theirs)
    cmp -s "$work/out" "$work/ours" || { echo "$name: the texts differ"; exit 1; }
    awk -v name="$name" -v a="$a" -v b="$b" \
        'BEGIN { printf "%-24s ours %s s, pprof %s s: %.1f times as fast\n", name, a, b, b / a }'
}

echo "machine: $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(go version)"
for rate in 524288 16384 1024; do
    record go/types "$rate" "base-$rate"
    record net/http "$rate" "new-$rate"
    base=$work/base-$rate new=$work/new-$rate
    echo "one sample in $rate bytes: $(stat -c %s "$new") bytes, $(zcat "$new" | wc -c) inflated"
    compare "  top" "top $new" "-top $new"
    compare "  diff" "diff $base $new" "-top -base $base $new"
done
