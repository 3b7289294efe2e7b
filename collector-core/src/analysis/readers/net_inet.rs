//! `/proc/net/tcp`, `tcp6`, `udp` and `udp6`: the sockets of the collector's network namespace.
//! All four have the same columns up to the inode.
//!
//! Not read with `procfs`: that fails as a whole on a state it does not know, and panics on an
//! address that is too short.

use super::line::{BadLines, Read, What, each_line, hexadecimal, number, small};

/// A socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InetSocket<'a> {
    /// Its own address as the kernel shows it: the words of the address in the host's order of
    /// bytes and the port, all in hexadecimal.
    pub local: &'a str,
    /// The address of the other end, likewise.
    pub remote: &'a str,
    /// Its state.
    pub state: State,
    /// Bytes that wait to be sent or to be acknowledged.
    pub send_queue: u64,
    /// Bytes that wait to be read; of a listening socket, connections that wait.
    pub receive_queue: u64,
    /// The user it belongs to.
    pub uid: u32,
    /// Its inode: that of `socket:[INODE]`. 0: no descriptor leads to it.
    pub inode: u64,
    /// What comes after that, as it stands there.
    pub rest: &'a str,
}

/// The state of a TCP socket, as the kernel numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub u8);

impl State {
    /// A connection whose other end has closed it and whose own program has not.
    pub const CLOSE_WAIT: State = State(8);

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 13] = [
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "NEW_SYN_RECV",
            "BOUND_INACTIVE",
        ];
        usize::from(self.0).checked_sub(1).and_then(|it| NAMES.get(it)).unwrap_or(&"unknown")
    }
}

impl InetSocket<'_> {
    /// Its own port.
    #[must_use]
    pub fn local_port(&self) -> Option<u16> {
        port(self.local)
    }

    /// The port of the other end.
    #[must_use]
    pub fn remote_port(&self) -> Option<u16> {
        port(self.remote)
    }
}

fn port(address: &str) -> Option<u16> {
    u16::from_str_radix(address.rsplit_once(':')?.1, 16).ok()
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<InetSocket<'_>>> {
    let mut bad = BadLines::default();
    let mut sockets = Vec::new();
    each_line(text, &mut bad, |at, line| {
        if at > 1 || !line.contains("local_address") {
            sockets.push(socket(line)?);
        }
        Ok(())
    });
    Read { value: sockets, bad }
}

fn socket(line: &str) -> Result<InetSocket<'_>, What> {
    let (_slot, rest) = line.split_once(':').ok_or("it does not begin with a number and `:`")?;
    let mut rest = rest;
    let mut word = || {
        let (word, after) =
            rest.trim_ascii_start().split_once(' ').unwrap_or((rest.trim_ascii(), ""));
        rest = after;
        (!word.is_empty()).then_some(word)
    };
    let (local, remote) = word().zip(word()).ok_or("an address is missing")?;
    if port(local).is_none() || port(remote).is_none() {
        return Err("an address has no port");
    }
    let state = hexadecimal(word())?;
    let state = State(u8::try_from(state).map_err(|_| "its state is too large")?);
    let (send, receive) = word().and_then(|it| it.split_once(':')).ok_or("a queue is missing")?;
    let (send_queue, receive_queue) = (hexadecimal(Some(send))?, hexadecimal(Some(receive))?);
    let _timer = word();
    let _retransmits = word();
    let uid = small(word())?;
    let _timeout = word();
    let inode = number(word())?;
    let rest = rest.trim_ascii();
    Ok(InetSocket { local, remote, state, send_queue, receive_queue, uid, inode, rest })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    const HEADER: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    #[test]
    fn sockets_of_all_four_tables_are_read() {
        let rows = "   0: 00000000:07E8 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 637 1 00000000ec5c530f 100 0 0 10 0                       
  12: 0100007F:1F90 0100007F:C350 06 00000000:00000000 03:000016F8 00000000     0        0 0 3 0000000000000000
   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 FE 0000000A:00000000 00:00000000 00000000  1000        0 99 2 0000000000000000 of_tomorrow\n";
        let text = format!("{HEADER}{rows}");
        let read = read(text.as_bytes());
        check(
            &read,
            expect![[r#"
                [
                    InetSocket {
                        local: "00000000:07E8",
                        remote: "00000000:0000",
                        state: State(10),
                        send_queue: 0,
                        receive_queue: 3,
                        uid: 0,
                        inode: 637,
                        rest: "1 00000000ec5c530f 100 0 0 10 0",
                    },
                    InetSocket {
                        local: "0100007F:1F90",
                        remote: "0100007F:C350",
                        state: State(6),
                        send_queue: 0,
                        receive_queue: 0,
                        uid: 0,
                        inode: 0,
                        rest: "3 0000000000000000",
                    },
                    InetSocket {
                        local: "00000000000000000000000001000000:0016",
                        remote: "00000000000000000000000000000000:0000",
                        state: State(254),
                        send_queue: 10,
                        receive_queue: 0,
                        uid: 1000,
                        inode: 99,
                        rest: "2 0000000000000000 of_tomorrow",
                    },
                ]
            "#]],
        );
        let states: Vec<_> = read.value.iter().map(|it| it.state.name()).collect();
        assert_eq!(states, ["LISTEN", "TIME_WAIT", "unknown"]);
        assert_eq!(State::CLOSE_WAIT.name(), "CLOSE_WAIT");
        assert_eq!(
            (read.value[0].local_port(), read.value[1].remote_port()),
            (Some(2024), Some(50000))
        );
    }

    #[test]
    fn damaged_lines_are_told() {
        let rows = "00000000:07E8 00000000:0000 0A
   0: 00000000:07E8
   1: 00000000 00000000:0000 0A 0:0 0:0 0 0 0 637
   2: 00000000:07E8 00000000:0000 0A 00000000 00:0 0 0 0 637
   3: 00000000:07E8 00000000:0000 100 0:0 0:0 0 0 0 637
   4: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 x 0 637
   5: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0 99999999999999999999
   6: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0
   7: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0 637
   8: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0 63";
        let text = format!("{HEADER}{rows}");
        check(
            &read(text.as_bytes()),
            expect![[r#"
                [
                    InetSocket {
                        local: "00000000:07E8",
                        remote: "00000000:0000",
                        state: State(10),
                        send_queue: 0,
                        receive_queue: 0,
                        uid: 0,
                        inode: 637,
                        rest: "",
                    },
                ]
                line 2: an address has no port: "00000000:07E8 00000000:0000 0A"
                line 3: an address is missing: "   0: 00000000:07E8"
                line 4: an address has no port: "   1: 00000000 00000000:0000 0A 0:0 0:0 0 0 0 637"
                line 5: a queue is missing: "   2: 00000000:07E8 00000000:0000 0A 00000000 00:0 0 0 0 637"
                line 6: its state is too large: "   3: 00000000:07E8 00000000:0000 100 0:0 0:0 0 0 0 637"
                line 7: what should be a number is none: "   4: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 x 0 637"
                line 8: a number is too large: "   5: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0 99999999999999999999"
                line 9: a number is missing: "   6: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0"
                line 11: the text ends within this line: "   8: 00000000:07E8 00000000:0000 0A 0:0 0:0 0 0 0 63"
            "#]],
        );
    }
}
