#!/bin/sh
# Measures fd-scan against a one-thread loop in C and against lsof; prints times and ratios.
#   benches/fd-scan.sh [file|deleted|socket [PROCESSES [EACH [ROUNDS]]]]
set -eu
package=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$package/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cargo build --quiet --release --manifest-path "$root/Cargo.toml" -p fd-scan --lib --example fd-bench
"${CC:-cc}" -O2 -o "$target/release/readlink_loop" "$package/benches/readlink_loop.c"
exec "$target/release/examples/fd-bench" "$target/release/libfd_scan.so" \
    "$target/release/readlink_loop" "${1:-file}" "${2:-20}" "${3:-10000}" "${4:-7}"
