//! Clocks that jump, and captures that cannot keep up: names stay unique, times stay true, and
//! nothing queues up. What is due when, is in `schedule`.

mod behind;

use serde_json::Value;

use crate::support::Bundle;

/// Asserts that each sample is named by the moment it was due: the first one, and `every_ms` for
/// each tick after it.
fn names_are_of_the_schedule(bundle: &Bundle, every_ms: i64) {
    let due: Vec<i64> = bundle.sample_names.iter().map(|it| named_ms(it)).collect();
    for (tick, due_ms) in due.iter().enumerate() {
        let offset = i64::try_from(tick).expect("few samples") * every_ms;
        assert_eq!(due_ms - due[0], offset, "sample {tick}: {}", bundle.sample_names[tick]);
    }
}

/// The moment in a sample's name, in milliseconds since 1970.
fn named_ms(name: &str) -> i64 {
    let time = chrono::NaiveDateTime::parse_from_str(name, "%Y%m%dT%H%M%S%.3fZ");
    time.unwrap_or_else(|error| panic!("{name}: {error}")).and_utc().timestamp_millis()
}

/// How much later than its tick the sample `at` was taken, by the clock that nobody sets.
fn lateness_ms(bundle: &Bundle, at: usize, every_ms: u64) -> u64 {
    let taken = |at: usize| monotonic_ms(&bundle.samples[at]);
    let due = taken(0) + u64::try_from(at).expect("few samples") * every_ms;
    taken(at).saturating_sub(due)
}

fn monotonic_ms(sample: &Value) -> u64 {
    sample["monotonic_ms"].as_u64().expect("a number")
}
