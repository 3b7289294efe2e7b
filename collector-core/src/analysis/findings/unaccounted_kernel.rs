//! Memory that no term of the account explains, and that no process claimed: drivers, rings of
//! packet sockets and of tracing, compressed pages. A counter may name it.

use super::in_bytes::{InBytes, growth, growth_of_unknown};
use super::limit::course_and_why;
use super::shares::{Shares, shares};
use super::uncounted::Uncounted;
use super::{Account, Claim, Suspicion};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Confidence, Id, Subject};
use crate::analysis::series::{HostFigure, Key};

const REST: Key = Key::Host(HostFigure::Unaccounted);

/// Counters in bytes of what no term has: what they are of, and what to do next.
const COUNTERS: &[(HostFigure, &str, &str)] = &[
    (
        HostFigure::CompressedPages,
        "compressed pages (zram or zswap)",
        "see what is swapped to memory: zramctl; swapon --show",
    ),
    (
        HostFigure::TracingBuffer,
        "the tracing buffer",
        "see who traces, and free the buffer if nobody does: \
         echo 1 > /sys/kernel/tracing/buffer_size_kb",
    ),
    (
        HostFigure::Balloon,
        "the balloon: memory that the hypervisor took back",
        "ask the operator of the hypervisor; on this host nobody holds it",
    ),
    (
        HostFigure::UdpMemory,
        "UDP queues",
        "see which sockets hold it, and who does not read: ss -uamp",
    ),
];

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let uncounted = Uncounted::of(case);
    let claims =
        case.grows(&REST).map(|growing| claims(case, &growing, &uncounted)).unwrap_or_default();
    let cleared = case.trend(&REST).filter(|_| claims.is_empty()).map(|trend| Cleared {
        id: Id::UnaccountedKernel,
        why: format!("what no term explains {}", course_and_why(case, &REST, &trend)),
        evidence: case.observed.fact(&REST).into_iter().collect(),
    });
    Suspicion { claims, cleared: cleared.into_iter().collect(), missing: uncounted.missing }
}

/// One claim for each counter that names a part of it, and one for the rest.
fn claims(case: &Case<'_>, growing: &Growing, uncounted: &Uncounted) -> Vec<Claim> {
    let claim = |bytes, subject, fact: Option<Key>, is_conserved, next: &str| {
        InBytes {
            id: Id::UnaccountedKernel,
            growing,
            parts: vec![(Account::Unaccounted, bytes)],
            is_conserved,
            facts: fact.into_iter().collect(),
            next: vec![next.to_owned()],
        }
        .claim_of(case, subject)
    };
    let counters = COUNTERS.iter().map(|(figure, ..)| Key::Host(*figure));
    let Shares { held, rest, is_conserved } = shares(case, case.change(&REST), counters);
    let named = held.into_iter().filter_map(|(key, bytes)| {
        let (_, class, next) = COUNTERS.iter().find(|it| Key::Host(it.0) == key)?;
        claim(bytes, of_class(class), Some(key), is_conserved, next).map(growth)
    });
    let mut claims: Vec<Claim> = named.collect();
    claims.extend(rest.and_then(|bytes| {
        let (subject, fact, next) = suspect(case, uncounted);
        // Rings of packet sockets have no size, but nobody else makes such sockets.
        let is_of_process = subject.process.is_some();
        let mut claim = claim(bytes, subject, fact, is_of_process, next).map(growth_of_unknown)?;
        if uncounted.is_account_short() {
            claim.finding.confidence = claim.finding.confidence.min(Confidence::Possible);
        }
        Some(claim)
    }));
    claims
}

/// What may be behind it, where no counter in bytes tells.
fn suspect(case: &Case<'_>, uncounted: &Uncounted) -> (Subject, Option<Key>, &'static str) {
    let is_packet =
        |key: &Key| matches!(key, Key::Connections(_, kind) if &**kind == "packet sockets");
    if let Some(it) = case.growing(None, 4.0, is_packet).into_iter().next() {
        let next = "see who captures packets, and into what rings: ss -0 -pe";
        return (case.subject(&it.key), Some(it.key), next);
    }
    // Each packet that waits in the queue of a socket has a head, of any family of sockets.
    let heads = case.slab_groups(|name| name == "skbuff_head_cache");
    let heads = heads.into_iter().filter_map(|it| case.grows(&Key::SlabObjects(it))).next();
    if let Some(it) = heads.filter(|it| case.change(&it.key) >= FEWEST_PACKETS) {
        let next = "see whose queues are full: ss -xpm; ss -0 -pem";
        return (of_class("data in the queues of sockets"), Some(it.key), next);
    }
    let subject = uncounted.class().map_or_else(Subject::default, |it| of_class(&it));
    let next = "look at drivers and tracing: /proc/allocinfo at both ends, where the kernel has it; \
                /sys/kernel/tracing/buffer_total_size_kb";
    (subject, None, next)
}

/// Fewer new packets than this come and go.
const FEWEST_PACKETS: f64 = 1000.0;

fn of_class(class: &str) -> Subject {
    Subject { class: Some(class.to_owned()), ..Subject::default() }
}
