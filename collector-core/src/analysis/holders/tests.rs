//! Who holds a term, on written-down captures.

mod adds_up;
mod kernel;
mod programs;

use std::rc::Rc;

use expect_test::Expect;

use super::*;
use crate::analysis::ledger::Accounts;
use crate::analysis::series::{HostFigure, Key, Observed};

const MIB: f64 = 1_048_576.0;

/// A capture of 16 samples in which each end is two of them: whose accounts `account` changes.
fn host(account: impl Fn(usize, &mut Accounts)) -> Observed {
    let mut observed =
        Observed { times: (0..16).map(|at| f64::from(at) * 10.0).collect(), ..Observed::default() };
    for at in 0..16 {
        let mut it = Accounts {
            total: 4 << 30,
            free: 2 << 30,
            per_cpu_free: Some(0),
            vmalloc: Some(64 << 20),
            percpu: Some(1 << 20),
            anonymous: 500 << 20,
            slab_reclaimable: 300 << 20,
            slab_unreclaimable: 100 << 20,
            ..Accounts::default()
        };
        account(at, &mut it);
        observed.push(Key::Host(HostFigure::Used), at, it.used() as f64);
        observed.accounts.push(it);
    }
    observed
}

/// MiB more with each sample from 0 on: 14 times as many between the means of the ends.
fn rising(mib: u64, at: usize) -> u64 {
    (mib << 20) * at as u64
}

fn process(observed: &mut Observed, pid: u32, command: &str) -> Process {
    let process = Process { pid, start_ticks: 7 };
    observed.commands.insert(process.clone(), Rc::from(command));
    process
}

/// Adds a series that has `value` in each sample that has one.
fn add(observed: &mut Observed, key: &Key, value: impl Fn(usize) -> Option<f64>) {
    for at in 0..observed.times.len() {
        if let Some(value) = value(at) {
            observed.push(key.clone(), at, value);
        }
    }
}

/// The holders of `term`, or of what none explains, a line each, in MiB; they add up to it.
#[track_caller]
fn check(observed: &Observed, observer: &[(Account, i64)], term: Option<Term>, expected: Expect) {
    let case = Case::new(observed);
    let growth = case.growth.clone().expect("accounts");
    let all = holders(&case, observer).expect("accounts");
    let (total, lines) = match term {
        Some(term) => (growth.of(term), all.of(term)),
        None => (growth.unaccounted, &*all.unaccounted),
    };
    let mut text = String::new();
    for it in lines {
        let lifetime = match it.lifetime {
            Lifetime::Throughout => String::new(),
            other => format!(" {other:?}"),
        };
        let at_most = if it.is_at_most { " at most" } else { "" };
        text.push_str(&format!(
            "{:.2} {} {}{lifetime}{at_most}\n",
            it.bytes as f64 / MIB,
            it.kind.name(),
            it.name
        ));
        for (name, bytes) in &it.parts {
            text.push_str(&format!("  {:.2} {name}\n", *bytes as f64 / MIB));
        }
    }
    expected.assert_eq(&text);
    assert_eq!(lines.iter().map(|it| it.bytes).sum::<i64>(), total, "they add up");
    assert_eq!(lines.last().map(|it| it.kind), Some(Kind::Rest));
}
