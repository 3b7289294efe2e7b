//! The memory account of the host: which terms the used memory consists of, and what no term
//! explains. The terms overlap nowhere, so their growth and the unaccounted rest add up to the
//! growth of the used memory, to the byte.
//!
//! ```text
//! used = MemTotal - MemFree - free pages on per-CPU lists
//! used = anonymous + shared memory + file cache + swap cache + slab (3) + page tables
//!      + kernel stacks + vmalloc + per-CPU + huge pages + reserved at boot + UNACCOUNTED
//! ```
//!
//! Three corrections make it close: pages on per-CPU lists (`/proc/zoneinfo`) are free and not in
//! `MemFree`; `KernelStack` is inside `VmallocUsed` where stacks are mapped; `Shmem` is inside
//! `Cached`. Who holds a term is not asked here.

mod pinned;

use std::ops::Sub;

pub use pinned::{FileSlab, Kept, Objects, Pinned};
use pinned::{pinned_growth, pinned_part};

/// The accounts of one moment, in bytes. `None`: this kernel, or this bundle, does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accounts {
    /// `MemTotal`.
    pub total: u64,
    /// `MemFree`.
    pub free: u64,
    /// `MemAvailable`: what the kernel takes for free when it is needed. Slab that is in use is
    /// wrongly part of it.
    pub available: Option<u64>,
    /// Free pages on the lists of the processors: `count:` in `/proc/zoneinfo`.
    pub per_cpu_free: Option<u64>,
    /// `AnonPages`.
    pub anonymous: u64,
    /// `Shmem`.
    pub shmem: u64,
    /// `Cached` with `Shmem`, as the kernel gives it.
    pub cached: u64,
    /// `Buffers`.
    pub buffers: u64,
    /// `SwapCached`.
    pub swap_cached: u64,
    /// `SReclaimable`.
    pub slab_reclaimable: u64,
    /// `SUnreclaim`.
    pub slab_unreclaimable: u64,
    /// `PageTables`, and `SecPageTables` where there is one.
    pub page_tables: u64,
    /// `KernelStack`.
    pub kernel_stack: Option<u64>,
    /// `VmallocUsed`, or the sum of `/proc/vmallocinfo` where the kernel gives 0 for it.
    pub vmalloc: Option<u64>,
    /// Whether [`kernel_stack`](Accounts::kernel_stack) is part of [`vmalloc`](Accounts::vmalloc).
    pub stacks_in_vmalloc: bool,
    /// `Percpu`.
    pub percpu: Option<u64>,
    /// `Hugetlb`.
    pub hugetlb: Option<u64>,
    /// Dentries and inodes that cannot be given back, as a share of all: 0 to 1.
    pub pinned_share: Option<Pinned>,
    /// The slab that is of names and inodes of files; `None` without slabinfo.
    pub file_slab: Option<FileSlab>,
    /// The stack of one thread in the kernel.
    pub stack_bytes: Option<u64>,
}

/// A term of the account. The names are those of the report's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// Memory of programs that is no file.
    Anonymous,
    /// tmpfs, System V and POSIX shared memory, memfd.
    SharedMemory,
    /// Pages of files and block devices.
    FileCache,
    /// Pages that are in swap and in memory.
    SwapCache,
    /// Reclaimable slab that cannot be reclaimed, because what is in it is in use.
    SlabPinned,
    /// Slab the kernel can give back.
    SlabReclaimable,
    /// Slab it cannot.
    SlabUnreclaimable,
    /// Page tables.
    PageTables,
    /// Stacks of threads in the kernel.
    KernelStacks,
    /// Other memory the kernel maps for itself.
    Vmalloc,
    /// Data per processor.
    PerCpu,
    /// Huge pages that are set aside.
    HugePages,
}

impl Term {
    /// All of them, in the order of the report.
    pub const ALL: [Term; 12] = [
        Term::Anonymous,
        Term::SharedMemory,
        Term::FileCache,
        Term::SwapCache,
        Term::SlabPinned,
        Term::SlabReclaimable,
        Term::SlabUnreclaimable,
        Term::PageTables,
        Term::KernelStacks,
        Term::Vmalloc,
        Term::PerCpu,
        Term::HugePages,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Term::Anonymous => "anonymous",
            Term::SharedMemory => "shared-memory",
            Term::FileCache => "file-cache",
            Term::SwapCache => "swap-cache",
            Term::SlabPinned => "slab-pinned",
            Term::SlabReclaimable => "slab-reclaimable",
            Term::SlabUnreclaimable => "slab-unreclaimable",
            Term::PageTables => "page-tables",
            Term::KernelStacks => "kernel-stacks",
            Term::Vmalloc => "vmalloc",
            Term::PerCpu => "per-cpu",
            Term::HugePages => "huge-pages",
        }
    }
}

impl Accounts {
    /// Memory that is not free.
    #[must_use]
    pub fn used(&self) -> i64 {
        signed(self.total) - signed(self.free) - signed(self.per_cpu_free.unwrap_or(0))
    }

    /// What no term explains. Part of it is set aside at boot and never changes.
    #[must_use]
    pub fn unaccounted(&self) -> i64 {
        self.used() - self.coarse().into_iter().sum::<i64>()
    }

    /// The terms of this moment. Pinned is the slab of names and inodes in use; without slabinfo,
    /// a part of all reclaimable slab that is as large as that of the names in use.
    #[must_use]
    pub fn terms(&self) -> Vec<(Term, i64)> {
        let by_share = || {
            self.pinned_share.filter(|it| it.dentries > 0).map_or(0, |it| {
                let (slab, all) = (i128::from(self.slab_reclaimable), i128::from(it.dentries));
                let part = slab * i128::from(it.in_use().min(it.dentries)) / all;
                i64::try_from(part).unwrap_or(0)
            })
        };
        split(self.coarse(), self.pinned().unwrap_or_else(by_share))
    }

    /// The terms but with one for all reclaimable slab, in the order of [`Term::ALL`] without
    /// [`Term::SlabPinned`].
    fn coarse(&self) -> [i64; 11] {
        let told = |it: Option<u64>| signed(it.unwrap_or(0));
        let stacks = told(self.kernel_stack);
        let inside = if self.stacks_in_vmalloc { stacks } else { 0 };
        [
            signed(self.anonymous),
            signed(self.shmem),
            signed(self.cached) - signed(self.shmem) + signed(self.buffers),
            signed(self.swap_cached),
            signed(self.slab_reclaimable),
            signed(self.slab_unreclaimable),
            signed(self.page_tables),
            stacks,
            told(self.vmalloc) - inside,
            told(self.percpu),
            told(self.hugetlb),
        ]
    }
}

/// What the used memory of a host grew by, and what it consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The growth of the used memory, in bytes.
    pub used: i64,
    /// The growth of each term.
    pub terms: Vec<(Term, i64)>,
    /// The rest: what no term explains.
    pub unaccounted: i64,
}

impl Growth {
    /// The growth of one term.
    #[must_use]
    pub fn of(&self, term: Term) -> i64 {
        self.terms.iter().find(|(it, _)| *it == term).map_or(0, |(_, bytes)| *bytes)
    }

    /// What grew, without what shrank meanwhile: the whole that shares are of.
    #[must_use]
    pub fn gross(&self) -> i64 {
        let all = self.terms.iter().map(|(_, bytes)| *bytes).chain([self.unaccounted]);
        all.filter(|bytes| *bytes > 0).sum()
    }
}

/// How many samples at each end are averaged: means, because only they add up.
#[must_use]
pub fn end_samples(n: usize) -> usize {
    (n / 8).max(1)
}

/// The growth between the first `k` of `samples` and the last; `None` for fewer than two. `k` is that
/// of [`end_samples`], of all samples, those among them that are left out.
#[must_use]
pub fn growth(samples: &[Accounts], k: usize) -> Option<Growth> {
    if samples.len() < 2 {
        return None;
    }
    let k = k.clamp(1, samples.len());
    let (first, last) = (&samples[..k], &samples[samples.len() - k..]);
    let change = |of: &dyn Fn(&Accounts) -> i64| mean(last, of).sub(mean(first, of));
    let used = change(&Accounts::used);
    let coarse: [i64; 11] = std::array::from_fn(|at| change(&|it| it.coarse()[at]));
    let pinned = pinned_growth(first, last).unwrap_or_else(|| pinned_part(coarse[4], first, last));
    let terms = split(coarse, pinned);
    let unaccounted = used - terms.iter().map(|(_, bytes)| bytes).sum::<i64>();
    Some(Growth { used, terms, unaccounted })
}

/// The terms, with the pinned part of the reclaimable slab beside the rest of it.
fn split(coarse: [i64; 11], pinned: i64) -> Vec<(Term, i64)> {
    let mut amounts = coarse.into_iter();
    let mut next = || amounts.next().unwrap_or(0);
    let term = |term| match term {
        Term::SlabPinned => (term, pinned),
        Term::SlabReclaimable => (term, next() - pinned),
        _ => (term, next()),
    };
    Term::ALL.into_iter().map(term).collect()
}

fn mean<T>(samples: &[T], of: impl Fn(&T) -> i64) -> i64 {
    let sum: i128 = samples.iter().map(|it| i128::from(of(it))).sum();
    let n = i128::try_from(samples.len().max(1)).unwrap_or(1);
    i64::try_from(sum.div_euclid(n)).unwrap_or(i64::MAX)
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// The largest distance of the unaccounted rest from that of the first sample, in bytes: the error
/// of the account as long as nothing unaccounted grows. Where it does, the growth is taken out, in
/// equal steps from the first sample to the last.
#[must_use]
pub fn residual(samples: &[Accounts], unaccounted_grows: bool) -> Option<i64> {
    let rest: Vec<i64> = samples.iter().map(Accounts::unaccounted).collect();
    let (first, last) = (*rest.first()?, *rest.last()?);
    let growth = if unaccounted_grows { last - first } else { 0 };
    let n_steps = i64::try_from(rest.len() - 1).ok().filter(|it| *it > 0).unwrap_or(1);
    let steps = (0..).map(|at: i64| first + growth * at / n_steps);
    rest.iter().zip(steps).map(|(it, expected)| (it - expected).abs()).max()
}

/// More than this that no term explains, in one sample and not in those beside it, is memory that
/// was in flight: a process ends, its pages are counted out and not free yet.
const IN_FLIGHT: i64 = 1 << 20;

/// Removes from `samples` those that were taken while memory was in flight, and says which.
///
/// What no term explains jumps in them and falls back: what grows does not.
pub fn settle(samples: &mut Vec<Accounts>) -> Vec<usize> {
    let rest: Vec<i64> = samples.iter().map(Accounts::unaccounted).collect();
    let is_in_flight = |at: usize| {
        // At an end, the two on its one side; what grows, grows between those too.
        let (one, other) = match at {
            0 => (1, 2),
            _ if at + 1 == rest.len() => (at - 1, at.saturating_sub(2)),
            _ => (at - 1, at + 1),
        };
        let is_end = at == 0 || at + 1 == rest.len();
        let (Some(one), Some(other)) = (rest.get(one), rest.get(other)) else { return false };
        let (near, far) = (rest[at] - one, rest[at] - other);
        let is_spike = near.min(far) > IN_FLIGHT || near.max(far) < -IN_FLIGHT;
        is_spike && (!is_end || (one - other).abs() < near.abs() / 2)
    };
    let out: Vec<usize> = (0..samples.len()).filter(|at| is_in_flight(*at)).collect();
    let mut at = 0..;
    samples.retain(|_| at.next().is_none_or(|at| out.binary_search(&at).is_err()));
    out
}

#[cfg(test)]
mod tests;
