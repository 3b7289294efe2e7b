//! `/proc/net/sockstat`: sockets by protocol, and the memory of their queues. It is that of one
//! network namespace, but `TCP: mem` and `UDP: mem` count all of the host.
//!
//! Written here because no crate reads it.

use super::Pages;
use super::line::{BadLines, Read, each_line, number};
use super::named::{Gathering, Named};

/// The protocols, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sockstat<'a> {
    /// One for each line.
    pub protocols: Vec<Protocol<'a>>,
}

/// The numbers of a protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protocol<'a> {
    /// Its name, such as `TCP`; `sockets` for all.
    pub name: &'a str,
    /// Its numbers by their names. `mem` is in pages, `memory` in bytes.
    pub numbers: Named<'a, u64>,
}

impl Sockstat<'_> {
    /// A number of a protocol.
    #[must_use]
    pub fn get(&self, protocol: &str, name: &str) -> Option<u64> {
        self.protocols.iter().find(|it| it.name == protocol)?.numbers.get(name)
    }

    /// What the queues of TCP sockets hold.
    #[must_use]
    pub fn tcp_memory(&self) -> Option<Pages> {
        self.get("TCP", "mem").map(Pages)
    }

    /// What the queues of UDP sockets hold.
    #[must_use]
    pub fn udp_memory(&self) -> Option<Pages> {
        self.get("UDP", "mem").map(Pages)
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Sockstat<'_>> {
    let (mut bad, mut twice) = (BadLines::default(), BadLines::default());
    let mut protocols = Vec::new();
    each_line(text, &mut bad, |at, line| {
        let (name, rest) = line.split_once(':').ok_or("it has no `:` after a protocol")?;
        let mut numbers = Gathering::new();
        let mut words = rest.split_ascii_whitespace();
        while let Some(field) = words.next() {
            numbers.push(field, at, number(words.next())?);
        }
        protocols.push(Protocol { name, numbers: numbers.finish(&mut twice) });
        Ok(())
    });
    bad.append(twice);
    Read { value: Sockstat { protocols }, bad }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn numbers_are_read_and_damaged_lines_are_told() {
        let text = "sockets: used 14
TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 284 of_tomorrow 3
FRAG: inuse 0 memory 0
UDP: inuse 0 mem
RAW inuse 0
UDPLITE: inuse zero
MPTCP: inuse 99999999999999999999
QUIC: inuse 1 inuse 2
";
        let read = read(text.as_bytes());
        check(
            &read,
            expect![[r#"
            Sockstat {
                protocols: [
                    Protocol {
                        name: "sockets",
                        numbers: {
                            "used": 14,
                        },
                    },
                    Protocol {
                        name: "TCP",
                        numbers: {
                            "alloc": 1,
                            "inuse": 1,
                            "mem": 284,
                            "of_tomorrow": 3,
                            "orphan": 0,
                            "tw": 0,
                        },
                    },
                    Protocol {
                        name: "FRAG",
                        numbers: {
                            "inuse": 0,
                            "memory": 0,
                        },
                    },
                    Protocol {
                        name: "QUIC",
                        numbers: {
                            "inuse": 1,
                        },
                    },
                ],
            }
            line 4: a number is missing: "UDP: inuse 0 mem"
            line 5: it has no `:` after a protocol: "RAW inuse 0"
            line 6: what should be a number is none: "UDPLITE: inuse zero"
            line 7: a number is too large: "MPTCP: inuse 99999999999999999999"
            line 8: there was a value of this name before: "inuse"
        "#]],
        );
        assert_eq!(read.value.tcp_memory(), Some(Pages(284)));
        assert_eq!(read.value.get("UDP", "inuse"), None, "half a line is not believed");
    }
}
