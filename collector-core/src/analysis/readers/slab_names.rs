//! What the names in slabinfo stand for: the links of `/sys/kernel/slab` (`slab-aliases`) and
//! which caches the kernel counts as reclaimable (`slab-reclaim-account`).
//!
//! The kernel keeps objects of equal size in one cache, and slabinfo shows one of their names for
//! all: open sockets appear as `signal_cache`. So a growing cache is reported as the group of all
//! its names, never as one of them. Both texts are our own plugin's, so no crate reads them.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::line::{BadLines, Read, each_line};

/// A name of a cache, and the cache that the kernel keeps it in, such as `:a-0000192`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias<'a> {
    /// The name.
    pub name: &'a str,
    /// The cache; names with one target are one cache.
    pub target: &'a str,
}

/// Reads `slab-aliases`.
#[must_use]
pub fn read_aliases(text: &[u8]) -> Read<Vec<Alias<'_>>> {
    let mut bad = BadLines::default();
    let mut aliases = Vec::new();
    each_line(text, &mut bad, |_, line| {
        let (name, target) = line.split_once(" -> ").ok_or("it has no ` -> ` after a name")?;
        if name.is_empty() || target.is_empty() {
            return Err("a name is missing");
        }
        aliases.push(Alias { name, target });
        Ok(())
    });
    Read { value: aliases, bad }
}

/// Whether the kernel counts a cache in `SReclaimable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReclaimAccount<'a> {
    /// The cache: the target of its aliases, or its name.
    pub cache: &'a str,
    /// Whether it does; else it is in `SUnreclaim`.
    pub is_reclaimable: bool,
}

/// Reads `slab-reclaim-account`.
#[must_use]
pub fn read_reclaim_accounts(text: &[u8]) -> Read<Vec<ReclaimAccount<'_>>> {
    let mut bad = BadLines::default();
    let mut accounts = Vec::new();
    each_line(text, &mut bad, |_, line| {
        let (cache, value) = line.split_once('\t').ok_or("it has no tab after a name")?;
        let is_reclaimable = match value {
            "0" => false,
            "1" => true,
            _ => return Err("its value is neither 0 nor 1"),
        };
        accounts.push(ReclaimAccount { cache, is_reclaimable });
        Ok(())
    });
    Read { value: accounts, bad }
}

/// The groups of caches that the kernel keeps as one. Kept over the samples of a capture, because
/// only the first has the names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlabGroups {
    groups: HashMap<Box<str>, Group>,
    reclaimable: HashMap<Box<str>, bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: Rc<str>,
    target: Box<str>,
}

impl SlabGroups {
    /// Takes the groups from `aliases`, instead of those there were.
    pub fn take_aliases(&mut self, aliases: &[Alias<'_>]) {
        let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for alias in aliases {
            targets.entry(alias.target).or_default().push(alias.name);
        }
        self.groups.clear();
        for (target, mut names) in targets {
            names.sort_unstable();
            names.dedup();
            let group = Group { name: names.join(", ").into(), target: target.into() };
            self.groups.extend(names.into_iter().map(|name| (name.into(), group.clone())));
        }
    }

    /// Takes from `accounts` which caches are reclaimable, instead of what was known.
    pub fn take_reclaim_accounts(&mut self, accounts: &[ReclaimAccount<'_>]) {
        let each = accounts.iter().map(|it| (it.cache.into(), it.is_reclaimable));
        self.reclaimable = each.collect();
    }

    /// Whether the names are known. Without them each cache is a group of its own, and its name
    /// may be wrong.
    #[must_use]
    pub fn are_known(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The group of the cache that slabinfo calls `cache`: all its names in order, with commas
    /// between. The buckets `kmalloc-rnd-NN-SIZE`, among which the kernel chooses by chance, are
    /// one group `kmalloc-rnd-SIZE`.
    #[must_use]
    pub fn group(&self, cache: &str) -> Rc<str> {
        if let Some(group) = self.groups.get(cache) {
            return Rc::clone(&group.name);
        }
        match random_bucket(cache) {
            Some(size) => format!("kmalloc-rnd-{size}").into(),
            None => cache.into(),
        }
    }

    /// Whether the kernel counts that cache as reclaimable; `None`: the bundle does not tell.
    #[must_use]
    pub fn is_reclaimable(&self, cache: &str) -> Option<bool> {
        let target = self.groups.get(cache).map_or(cache, |it| &it.target);
        self.reclaimable.get(target).copied()
    }
}

/// The caches of a group: its name lists them.
pub fn members(group: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.()".contains(c);
    group.split(move |c| !is_name(c)).filter(|name| !name.is_empty())
}

/// What of a file, or of what is opened like one, a group of caches has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfFiles {
    /// Names (dentries): whatever is open has one.
    Names,
    /// Inodes of file systems, those of `/proc` among them.
    Inodes,
    /// Inodes of sockets.
    Sockets,
    /// Inodes of pipes, and of what the kernel itself shows as files, as in `/sys`.
    Pipes,
}

impl OfFiles {
    /// All of them.
    pub const ALL: [OfFiles; 4] =
        [OfFiles::Names, OfFiles::Inodes, OfFiles::Sockets, OfFiles::Pipes];
}

/// What of files is in a group; `None`: nothing. What security modules keep for each inode is
/// none.
#[must_use]
pub fn of_files(group: &str) -> Option<OfFiles> {
    let kind = |it: &str| match it {
        "dentry" => Some(OfFiles::Names),
        "sock_inode_cache" => Some(OfFiles::Sockets),
        "inode_cache" => Some(OfFiles::Pipes),
        "lsm_inode_cache" => None,
        _ => (it.ends_with("inode_cache") || it.ends_with("_inode")).then_some(OfFiles::Inodes),
    };
    members(group).filter_map(kind).min()
}

/// The size in `kmalloc-rnd-07-64`.
fn random_bucket(cache: &str) -> Option<&str> {
    let (bucket, size) = cache.strip_prefix("kmalloc-rnd-")?.split_once('-')?;
    bucket.bytes().all(|it| it.is_ascii_digit()).then_some(size)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    const ALIASES: &str = "UNIX -> :A-0001152
UNIX-STREAM -> :A-0001152
dmaengine-unmap-16 -> :a-0000192
signal_cache -> :A-0001152
";

    #[test]
    fn the_names_of_a_cache_are_one_group() {
        let aliases = read_aliases(ALIASES.as_bytes());
        check(
            &aliases,
            expect![[r#"
            [
                Alias {
                    name: "UNIX",
                    target: ":A-0001152",
                },
                Alias {
                    name: "UNIX-STREAM",
                    target: ":A-0001152",
                },
                Alias {
                    name: "dmaengine-unmap-16",
                    target: ":a-0000192",
                },
                Alias {
                    name: "signal_cache",
                    target: ":A-0001152",
                },
            ]
        "#]],
        );
        let accounts = read_reclaim_accounts(b":A-0001152\t0\ndentry\t1\n");
        check(
            &accounts,
            expect![[r#"
            [
                ReclaimAccount {
                    cache: ":A-0001152",
                    is_reclaimable: false,
                },
                ReclaimAccount {
                    cache: "dentry",
                    is_reclaimable: true,
                },
            ]
        "#]],
        );
        let mut groups = SlabGroups::default();
        assert!(!groups.are_known());
        groups.take_aliases(&aliases.value);
        groups.take_reclaim_accounts(&accounts.value);
        assert!(groups.are_known());
        for name in ["UNIX", "signal_cache"] {
            assert_eq!(&*groups.group(name), "UNIX, UNIX-STREAM, signal_cache");
            assert_eq!(groups.is_reclaimable(name), Some(false));
        }
        assert_eq!(
            (&*groups.group("dentry"), groups.is_reclaimable("dentry")),
            ("dentry", Some(true))
        );
        assert_eq!(groups.is_reclaimable("dmaengine-unmap-16"), None, "its cache is not listed");
    }

    #[test]
    fn the_random_buckets_of_a_size_are_one_group() {
        let groups = SlabGroups::default();
        for (cache, group) in [
            ("kmalloc-rnd-07-64", "kmalloc-rnd-64"),
            ("kmalloc-rnd-15-8k", "kmalloc-rnd-8k"),
            ("kmalloc-rnd-x-8k", "kmalloc-rnd-x-8k"),
            ("kmalloc-64", "kmalloc-64"),
        ] {
            assert_eq!(&*groups.group(cache), group);
        }
    }

    #[test]
    fn damaged_lines_are_told() {
        check(
            &read_aliases(b"UNIX :A-0001152\n -> x\nx -> \nTCP -> :A-0002368\nUNIX -> :A-000"),
            expect![[r#"
                [
                    Alias {
                        name: "TCP",
                        target: ":A-0002368",
                    },
                ]
                line 1: it has no ` -> ` after a name: "UNIX :A-0001152"
                line 2: a name is missing: " -> x"
                line 3: a name is missing: "x -> "
                line 5: the text ends within this line: "UNIX -> :A-000"
            "#]],
        );
        check(
            &read_reclaim_accounts(b"dentry 1\ndentry\t2\ndentry\t\nfilp\t0\ndentry\t1"),
            expect![[r#"
                [
                    ReclaimAccount {
                        cache: "filp",
                        is_reclaimable: false,
                    },
                ]
                line 1: it has no tab after a name: "dentry 1"
                line 2: its value is neither 0 nor 1: "dentry\t2"
                line 3: its value is neither 0 nor 1: "dentry\t"
                line 5: the text ends within this line: "dentry\t1"
            "#]],
        );
    }
}
