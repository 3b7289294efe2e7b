//! What no term explains: the counters that name a part of it, and the unknown. Data in pipes has
//! no counter, only a bound; nor have rings of packet sockets, which are only told to be there.

use crate::analysis::ledger::Accounts;
use crate::analysis::series::{HostFigure, Key};

use super::Kind;
use super::listing::Listing;
use crate::analysis::window::Window;

/// What a pipe holds unless a program asked for more (`pipe(7)`). One of its ends is enough for it
/// to be there.
const PIPE: f64 = 65536.0;
pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let of = |figure| window.growth_of(&Key::Host(figure)).unwrap_or(0.0);
    for (name, figure) in [
        ("compressed pages (nr_zspages)", HostFigure::CompressedPages),
        ("tracing buffer", HostFigure::TracingBuffer),
        ("balloon of the virtual machine", HostFigure::Balloon),
    ] {
        list.line(Kind::Counter, name, of(figure), false);
    }
    // A part of these is slab.
    list.line(Kind::Counter, "queues of TCP (sockstat)", of(HostFigure::TcpMemory), true);
    list.line(Kind::Counter, "queues of UDP (sockstat)", of(HostFigure::UdpMemory), true);
    list.bounded();
    let pipes = window.family(|it| matches!(it, Key::Descriptors(_, class) if &**class == "pipe:"));
    for (key, series) in &pipes.members {
        list.add(key, PIPE * pipes.growth(window, series), pipes.lifetime(window, series));
    }
    if let Some(why) = window.last_account().and_then(lacking) {
        return why;
    }
    let packets =
        window.family(|it| matches!(it, Key::Connections(_, kind) if &**kind == "packet sockets"));
    let more: f64 = packets.members.iter().map(|(_, it)| packets.growth(window, it)).sum();
    if more >= 1.0 {
        return "unknown; there are more packet sockets, whose rings nothing counts";
    }
    "unknown"
}

/// Which text an account is without, and what that makes of the unknown.
fn lacking(account: &Accounts) -> Option<&'static str> {
    match account {
        Accounts { per_cpu_free: None, .. } => {
            Some("unknown; without zoneinfo, free pages on the lists of the processors are in it")
        }
        Accounts { vmalloc: None, .. } => {
            Some("unknown; without vmallocinfo, what the kernel maps is in it")
        }
        Accounts { percpu: None, .. } => {
            Some("unknown; this kernel does not tell its data per processor, which is in it")
        }
        _ => None,
    }
}
