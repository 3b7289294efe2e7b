//! The columns of a row, and what is escaped in them.

use super::{Decimal, HEADER, append, process_columns};
use crate::sizes::Deleted;

fn line(command: &[u8], link: &[u8], deleted: Option<&Deleted>) -> Vec<u8> {
    let mut row = Vec::new();
    append(&mut row, &process_columns(7, b"12", command), b"3", link, deleted);
    row
}

#[test]
fn a_line_has_the_columns_of_the_header() {
    let deleted = Deleted {
        size_bytes: 8192,
        blocks_512: 16,
        device_major: 254,
        device_minor: 1,
        inode: u64::MAX,
        links: 0,
    };
    let n_tabs = |line: &[u8]| line.iter().filter(|byte| **byte == b'\t').count();
    let plain = line(b"dolt", b"/dev/null", None);
    let full = line(b"dolt", b"/x (deleted)", Some(&deleted));
    assert_eq!((n_tabs(&plain), n_tabs(&full)), (n_tabs(HEADER), n_tabs(HEADER)));
    assert_eq!(
        String::from_utf8_lossy(&full),
        "7\t12\tdolt\t3\t/x (deleted)\t8192\t16\t254:1\t18446744073709551615\t0\n"
    );
}

#[test]
fn only_what_breaks_a_line_is_escaped_and_other_bytes_stay() {
    assert_eq!(
        line(b"a\tb\\\n", b"/\xff\r\n\\n\x01 x", None),
        b"7\t12\ta\\tb\\\\\\n\t3\t/\xff\\r\\n\\\\n\x01 x\t\t\t\t\t\n"
    );
}

#[test]
fn numbers_are_written_in_decimal() {
    for number in [0, 9, 10, 4242, u64::MAX] {
        assert_eq!(Decimal::default().of(number), number.to_string().as_bytes());
    }
}
