//! `/proc/net/packet`: the packet sockets of the collector's network namespace. Their ring buffers
//! are in no account of memory, and this text has no size of them either.
//!
//! Written here because no crate reads it.

use super::line::{BadLines, Read, What, each_line, number, small};

/// A packet socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketSocket<'a> {
    /// Users of it.
    pub references: u64,
    /// Bytes that wait to be read.
    pub receive_memory: u64,
    /// The user it belongs to.
    pub uid: u32,
    /// Its inode: that of `socket:[INODE]`.
    pub inode: u64,
    /// The whole line.
    pub line: &'a str,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<PacketSocket<'_>>> {
    let mut bad = BadLines::default();
    let mut sockets = Vec::new();
    each_line(text, &mut bad, |_, line| {
        if !line.starts_with("sk ") {
            sockets.push(socket(line)?);
        }
        Ok(())
    });
    Read { value: sockets, bad }
}

fn socket(line: &str) -> Result<PacketSocket<'_>, What> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let references = number(words.next())?;
    // Type, protocol, interface, and whether it runs.
    let mut words = words.skip(4);
    let (receive_memory, uid) = (number(words.next())?, small(words.next())?);
    let inode = number(words.next())?;
    Ok(PacketSocket { references, receive_memory, uid, inode, line })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn sockets_are_read_and_damaged_lines_are_told() {
        let text = "sk               RefCnt Type Proto  Iface R Rmem   User   Inode
ffff888003c04000 3      3    0003   2     1 4096   0      1234
ffff888003c04800 3      3    0003   2     1 0      1000   1235 of_tomorrow
ffff888003c05000 3      3    0003   2     1 0      0
ffff888003c05000 3      3    0003   2     1 much   0      7
ffff888003c05000 3      3    0003   2     1 0      99999999999 7
ffff888003c05000 3      3    0003   2     1 0      0      12";
        check(
            &read(text.as_bytes()),
            expect![[r#"
            [
                PacketSocket {
                    references: 3,
                    receive_memory: 4096,
                    uid: 0,
                    inode: 1234,
                    line: "ffff888003c04000 3      3    0003   2     1 4096   0      1234",
                },
                PacketSocket {
                    references: 3,
                    receive_memory: 0,
                    uid: 1000,
                    inode: 1235,
                    line: "ffff888003c04800 3      3    0003   2     1 0      1000   1235 of_tomorrow",
                },
            ]
            line 4: a number is missing: "ffff888003c05000 3      3    0003   2     1 0      0"
            line 5: what should be a number is none: "ffff888003c05000 3      3    0003   2     1 much   0      7"
            line 6: a number is too large: "ffff888003c05000 3      3    0003   2     1 0      99999999999 7"
            line 7: the text ends within this line: "ffff888003c05000 3      3    0003   2     1 0      0      12"
        "#]],
        );
    }
}
