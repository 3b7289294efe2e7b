//! `/proc/net/unix`: the unix sockets of the collector's network namespace.
//!
//! Not read with `procfs`: that fails as a whole on one bad line and on a path that is not UTF-8.

use std::borrow::Cow;

use super::line::{BadLines, Read, What, each_raw_line, hexadecimal, number, small, utf8};

/// A unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnixSocket<'a> {
    /// Users of it.
    pub references: u64,
    /// 1 stream, 2 datagram, 5 seqpacket.
    pub kind: u16,
    /// 1 unconnected, 2 connecting, 3 connected, 4 disconnecting.
    pub state: u8,
    /// Its inode: that of `socket:[INODE]`.
    pub inode: u64,
    /// Its name, with `@` first where it is no file.
    pub path: Option<Cow<'a, str>>,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<UnixSocket<'_>>> {
    let mut bad = BadLines::default();
    let mut sockets = Vec::new();
    each_raw_line(text, &mut bad, |_, line| {
        if !line.starts_with(b"Num ") {
            sockets.push(socket(line)?);
        }
        Ok(())
    });
    Read { value: sockets, bad }
}

fn socket(line: &[u8]) -> Result<UnixSocket<'_>, What> {
    let mut rest = line;
    let mut word = || {
        let text = rest.trim_ascii_start();
        let end = text.iter().position(|it| *it == b' ').unwrap_or(text.len());
        let (word, after) = text.split_at(end);
        rest = after;
        if word.is_empty() { Ok(None) } else { utf8(word).map(Some) }
    };
    let _slot = word()?.ok_or("it is empty")?;
    let references = hexadecimal(word()?)?;
    let (_protocol, _flags) = (word()?, word()?);
    let kind = u16::try_from(hexadecimal(word()?)?).map_err(|_| "a number is too large")?;
    let state = small(word()?)?;
    let inode = number(word()?)?;
    // One blank, and then a path that may begin with another.
    let path = rest.strip_prefix(b" ").filter(|it| !it.is_empty()).map(String::from_utf8_lossy);
    Ok(UnixSocket { references, kind, state, inode, path })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn sockets_are_read_and_damaged_lines_are_told() {
        let text = b"Num       RefCount Protocol Flags    Type St Inode Path
000000005471cf38: 00000003 00000000 00000000 0001 03  1057
00000000e18ff64a: 00000002 00000000 00010000 0005 01  1058 /run/my \xff socket
00000000e18ff64b: 00000002 00000000 00010000 0002 01 99999 @/tmp/.X11
00000000e18ff64c: 00000002 00000000 00010000 0002 01
00000000e18ff64d: many 00000000 00010000 0002 01 7
00000000e18ff64e: 00000002 00000000 00010000 10000 01 7
00000000e18ff64f: 00000002 00000000 00010000 0002 01 99999999999999999999
of a path with a line feed
00000000e18ff64f: 00000002 00000000 00010000 0002 01 10";
        check(
            &read(text),
            expect![[r#"
                [
                    UnixSocket {
                        references: 3,
                        kind: 1,
                        state: 3,
                        inode: 1057,
                        path: None,
                    },
                    UnixSocket {
                        references: 2,
                        kind: 5,
                        state: 1,
                        inode: 1058,
                        path: Some("/run/my � socket"),
                    },
                    UnixSocket {
                        references: 2,
                        kind: 2,
                        state: 1,
                        inode: 99999,
                        path: Some("@/tmp/.X11"),
                    },
                ]
                line 5: a number is missing: "00000000e18ff64c: 00000002 00000000 00010000 0002 01"
                line 6: what should be a number is none: "00000000e18ff64d: many 00000000 00010000 0002 01 7"
                line 7: a number is too large: "00000000e18ff64e: 00000002 00000000 00010000 10000 01 7"
                line 8: a number is too large: "00000000e18ff64f: 00000002 00000000 00010000 0002 01 99999999999999999999"
                line 9: what should be a number is none: "of a path with a line feed"
                line 10: the text ends within this line: "00000000e18ff64f: 00000002 00000000 00010000 0002 01 10"
            "#]],
        );
    }
}
