//! What a line of `/proc/PID/stat` says of a process.

use super::{Stat, number};

/// A line of a 6.18 kernel, with another command.
fn line(command: &str, state: char, flags: u64) -> Vec<u8> {
    format!(
        "4242 ({command}) {state} 1 4242 4242 0 -1 {flags} 1067 0 0 0 2 3 0 0 20 0 12 0 987654 \
         741236736 1024 18446744073709551615 1 1 0 0 0 0 0 0 2143420159 0 0 0 17 1 0 0 0 0 0\n"
    )
    .into_bytes()
}

#[test]
fn the_command_ends_at_the_last_parenthesis() {
    for command in ["dolt", "a b", ") R 1 (", "((", "new\nline", ""] {
        let line = line(command, 'S', 0x40_0000);
        let stat = Stat::parse(&line).expect(command);
        assert_eq!(stat.command, command.as_bytes());
        assert_eq!(stat.start_ticks, b"987654");
        assert_eq!((stat.state, stat.flags), (b'S', 0x40_0000));
    }
}

#[test]
fn another_text_is_not_a_stat() {
    for text in ["", "4242 (x", "4242 (x) S", "4242 x) S 1", "1 (x) S 1 1 1 0 -1 many", ")("] {
        assert_eq!(Stat::parse(text.as_bytes()), None, "{text}");
    }
    let cut = &line("x", 'S', 0)[..40];
    assert_eq!(Stat::parse(cut), None);
}

#[test]
fn kernel_threads_and_zombies_have_nothing_to_deny() {
    for (state, flags, without) in
        [('S', 0x0020_8040, true), ('Z', 0x40_000c, true), ('S', 0x40_0000, false)]
    {
        let line = line("x", state, flags);
        assert_eq!(Stat::parse(&line).expect("a stat").is_without_descriptors(), without);
    }
}

#[test]
fn a_number_is_digits_only() {
    assert_eq!(number(b"4294967295"), Some(u32::MAX));
    for name in [&b""[..], b".", b"self", b"1a", b"4294967296", b"-1", b"+1"] {
        assert_eq!(number(name), None);
    }
}
