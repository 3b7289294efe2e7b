//! Shows a function what a fuzzer would: known inputs, and the same with damage.
//!
//! The damage is drawn from a fixed seed, so a test sees the same bytes in every run. It is blind:
//! a real fuzzer watches which code an input reaches, and is run by hand (`docs/fuzzing.md`).

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest input with damage: beyond it a debug build only gets slower.
const MOST_BYTES: usize = 64 << 10;
/// How long a target is shown damage in one test.
const LONGEST: Duration = Duration::from_secs(1);
/// What texts and headers say where it hurts.
const WORDS: [&[u8]; 14] = [
    b"0",
    b"-1",
    b"4294967296",
    b"18446744073709551615",
    b"18446744073709551616",
    b"1e999",
    b"NaN",
    b"\0\0\0\0\0\0\0\0",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xef\xbb\xbf",
    b"\xc3\x28",
    b"\r\n",
    b"\n\n",
    b"\"",
];

/// Shows `target` the inputs of its name below `directory`: each file of `seeds/NAME` and of
/// `regressions/NAME` as it is, then up to `n_rounds` of them with damage, for a second at most.
///
/// # Panics
///
/// When `target` does, naming a file with the input; and when there is no seed.
pub fn fuzz(directory: &Path, name: &str, n_rounds: u32, target: fn(&[u8])) {
    let mut inputs = inputs_in(&directory.join("seeds").join(name));
    assert!(!inputs.is_empty(), "{name} has no seeds in {}", directory.display());
    inputs.extend(inputs_in(&directory.join("regressions").join(name)));
    for (path, input) in &inputs {
        let held = panic::catch_unwind(AssertUnwindSafe(|| target(input)));
        assert!(held.is_ok(), "the target `{name}` does not hold for {}", path.display());
    }
    let inputs: Vec<Vec<u8>> = inputs.into_iter().map(|(_, input)| input).collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let start = Instant::now();
    for _ in 0..n_rounds {
        if start.elapsed() > LONGEST {
            return;
        }
        let input = damaged(&inputs, &mut dice);
        if panic::catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
            let path = std::env::temp_dir().join(format!("{name}-{:016x}", dice.0));
            let saved = fs::write(&path, &input);
            panic!(
                "the target `{name}` does not hold for {} ({saved:?}); mend the code, and move the \
                 file to {}/regressions/{name}/",
                path.display(),
                directory.display()
            );
        }
    }
}

/// The files of a directory with their contents, in the order of their names; none when there is
/// no such directory.
fn inputs_in(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let content = fs::read(&path).expect("an input is a file");
        (path, content)
    };
    paths.into_iter().map(read).collect()
}

fn damaged(inputs: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    if dice.below(32) == 0 {
        return (0..dice.below(512)).map(|_| dice.byte()).collect();
    }
    let mut input = inputs[dice.below(inputs.len())].clone();
    for _ in 0..=dice.below(4) {
        damage(&mut input, inputs, dice);
    }
    input.truncate(MOST_BYTES);
    input
}

fn damage(input: &mut Vec<u8>, inputs: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let end = at + dice.below((input.len() - at).min(64) + 1);
    match dice.below(9) {
        0..=2 if at < input.len() => input[at] ^= 1 << dice.below(8),
        3 if at < input.len() => input[at] = dice.byte(),
        4 => input.truncate(at),
        5 => drop(input.drain(at..end)),
        // The same twice.
        6 => {
            let piece = input[at..end].to_vec();
            input.splice(at..at, piece);
        }
        // The end of another.
        7 => {
            let other = &inputs[dice.below(inputs.len())];
            input.truncate(at);
            input.extend_from_slice(&other[dice.below(other.len() + 1)..]);
        }
        _ => {
            let over = end.min(at + dice.below(8));
            input.splice(at..over, WORDS[dice.below(WORDS.len())].iter().copied());
        }
    }
}

/// Pseudo-random numbers, the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }

    /// A number below `limit`, which is not 0.
    fn below(&mut self, limit: usize) -> usize {
        let drawn = usize::try_from(self.next() >> 33).expect("31 bits");
        drawn % limit
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_target_that_does_not_hold_is_told_with_its_input() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let seeds = directory.path().join("seeds/odd");
        fs::create_dir_all(&seeds).expect("made");
        fs::write(seeds.join("even"), "abcd").expect("written");
        let said = panic::catch_unwind(|| {
            fuzz(directory.path(), "odd", 10_000, |data| assert!(data.len() % 2 == 0));
        });
        let said = said.expect_err("an odd length comes soon");
        let said = said.downcast_ref::<String>().expect("a text");
        let path = said.split(' ').find(|it| it.contains("odd-")).expect("a path");
        assert_eq!(fs::read(path).expect("the input").len() % 2, 1, "{said}");
        fs::remove_file(path).expect("removed");
    }

    #[test]
    fn seeds_and_regressions_are_shown_as_they_are() {
        static N_SHOWN: AtomicUsize = AtomicUsize::new(0);
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (kind, text) in [("seeds", "one"), ("regressions", "two")] {
            let inputs = directory.path().join(kind).join("any");
            fs::create_dir_all(&inputs).expect("made");
            fs::write(inputs.join("input"), text).expect("written");
        }
        fuzz(directory.path(), "any", 0, |data| {
            assert!([&b"one"[..], b"two"].contains(&data));
            N_SHOWN.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(N_SHOWN.load(Ordering::Relaxed), 2);
    }
}
