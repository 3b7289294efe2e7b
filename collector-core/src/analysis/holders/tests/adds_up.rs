//! Whatever the numbers are: holders add up to their term, terms to the used memory, parts to their
//! holder.

use super::*;
use crate::analysis::ledger::{FileSlab, Objects, Pinned};
use crate::analysis::series::{OwnFigure, ProcessFigure, Target};

/// Numbers that look like chance and are the same each time (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)) % bound.max(1)
    }

    fn number(&mut self, bound: u32) -> u32 {
        u32::try_from(self.below(u64::from(bound))).expect("below a small bound")
    }

    fn is(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    /// Bytes; now and then more than any machine has, or less than nothing.
    fn value(&mut self) -> f64 {
        match self.below(200) {
            0 => f64::MAX,
            1 => -1e300,
            2 => f64::NAN,
            _ => self.below(1 << 33) as f64 / 7.0,
        }
    }

    fn account(&mut self) -> Accounts {
        let mut bytes = || self.below(1 << 34);
        Accounts {
            total: 1 << 40,
            free: bytes(),
            available: None,
            per_cpu_free: Some(bytes()),
            anonymous: bytes(),
            shmem: bytes(),
            cached: bytes(),
            buffers: bytes(),
            swap_cached: bytes(),
            slab_reclaimable: bytes(),
            slab_unreclaimable: bytes(),
            page_tables: bytes(),
            kernel_stack: Some(bytes()),
            vmalloc: Some(bytes()),
            stacks_in_vmalloc: bytes() % 2 == 0,
            percpu: Some(bytes()),
            hugetlb: Some(bytes()),
            pinned_share: Some(Pinned {
                dentries: bytes() % 9,
                unused: bytes() % 9,
                ..Pinned::default()
            }),
            file_slab: (bytes() % 9 != 0).then_some(FileSlab {
                names: Objects { number: bytes() % 9, taken: bytes(), held: bytes() },
                inodes: Objects { number: bytes() % 9, taken: bytes(), held: bytes() },
                sockets: Objects { number: bytes() % 9, taken: bytes(), held: bytes() },
                pipes: Objects { number: bytes() % 9, taken: bytes(), held: bytes() },
            }),
            stack_bytes: (bytes() % 2 == 0).then_some(16384),
        }
    }
}

fn chance_host(chance: &mut Chance) -> Observed {
    let n = 2 + chance.number(30) as usize;
    let mut observed =
        Observed { times: (0..n).map(|at| at as f64).collect(), ..Observed::default() };
    for at in 0..n {
        if !chance.is(6) {
            let account = chance.account();
            observed.push(Key::Host(HostFigure::Used), at, account.used() as f64);
            observed.accounts.push(account);
        }
    }
    let mut keys = vec![
        Key::Host(HostFigure::TcpMemory),
        Key::Host(HostFigure::CompressedPages),
        Key::Own(OwnFigure::Anonymous),
    ];
    for pid in 0..chance.number(12) {
        let process = process(&mut observed, pid, "p");
        keys.extend(
            [
                ProcessFigure::Anonymous,
                ProcessFigure::ProportionalAnonymous,
                ProcessFigure::PageTables,
                ProcessFigure::Threads,
            ]
            .map(|it| Key::Of(process.clone(), it)),
        );
        keys.push(Key::DeletedBytes(process.clone(), "`/memfd:x (deleted)`".into()));
        keys.push(Key::DeletedBytes(process.clone(), "`x (deleted)`".into()));
        keys.push(Key::Descriptors(process.clone(), "pipe:".into()));
        if pid == 1 {
            let target = Target { process: Some(process), ..Target::default() };
            observed.targets.insert("go".into(), target);
        }
    }
    for name in [
        "go_memstats_next_gc_bytes",
        "go_memstats_sys_bytes",
        "go_memstats_heap_released_bytes",
        "go_memstats_heap_inuse_bytes",
        "go_memstats_heap_idle_bytes",
        "go_memstats_stack_inuse_bytes",
    ] {
        keys.push(Key::Metric("go".into(), name.into()));
    }
    for group in ["dentry", "ext4_inode_cache", "kmalloc-64", "a", "b", "c", "d", "e"] {
        keys.push(Key::Slab(group.into()));
        if chance.is(2) {
            observed.reclaimable.insert(group.into());
        }
    }
    keys.extend(["f", "g", "kernel_clone"].map(|it| Key::Caller(it.into())));
    for key in keys {
        let one_in = 1 + chance.below(5);
        for at in 0..n {
            if !chance.is(1 + one_in) {
                observed.push(key.clone(), at, chance.value());
            }
        }
    }
    observed
}

#[test]
fn whatever_the_numbers_are() {
    let (mut n_named, mut n_parts) = (0, 0);
    for seed in 0..600 {
        let mut chance = Chance(seed);
        let observed = chance_host(&mut chance);
        let case = Case::new(&observed);
        let observer = [
            (Account::Term(Term::Anonymous), i64::from(chance.number(1 << 30))),
            (Account::Slab("dentry".into()), i64::from(chance.number(1 << 30))),
            (Account::Slab("a".into()), if chance.is(9) { i64::MAX } else { 7 }),
            (Account::Slab("b".into()), if chance.is(9) { i64::MAX } else { 7 }),
            (Account::Term(Term::FileCache), -i64::from(chance.number(1 << 30))),
        ];
        let Some(growth) = case.growth.clone() else { continue };
        let all = holders(&case, &observer).expect("accounts");
        let sum = |lines: &[Holder]| lines.iter().map(|it| it.bytes).sum::<i64>();
        let mut used = 0;
        for (term, bytes) in &growth.terms {
            assert_eq!(sum(all.of(*term)), *bytes, "{} of {seed}", term.name());
            used += sum(all.of(*term));
        }
        assert_eq!(sum(&all.unaccounted), growth.unaccounted, "{seed}");
        assert_eq!(used + sum(&all.unaccounted), growth.used, "{seed}");
        for it in all.terms.iter().flat_map(|(_, lines)| lines).chain(&all.unaccounted) {
            n_named += usize::from(it.process.is_some());
            n_parts += it.parts.len();
            if !it.parts.is_empty() {
                let parts: i64 = it.parts.iter().map(|(_, bytes)| bytes).sum();
                assert_eq!(parts, it.bytes, "{} of {seed}", it.name);
            }
        }
        let lines = all.terms.iter().map(|(_, lines)| lines.len()).max();
        assert!(lines <= Some(MAX_HOLDERS + 4), "{lines:?} lines of {seed}");
    }
    assert!(n_named > 2000 && n_parts > 500, "{n_named} named, {n_parts} parts");
}
