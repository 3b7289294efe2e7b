//! `/proc/slabinfo`: the kernel's caches of small objects. A name here can stand for several
//! caches that the kernel has merged; `slab_names` tells which.
//!
//! Written here because no crate reads it.

use super::line::{BadLines, Read, What, each_line, number};
use super::{PageSize, Pages};
use crate::units::Bytes;

/// A cache, or several that the kernel keeps as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache<'a> {
    /// Its name, the first that was given to it.
    pub name: &'a str,
    /// Objects in use. `SLUB` counts all of a slab that a processor has for itself.
    pub active_objects: u64,
    /// Objects there is room for.
    pub objects: u64,
    /// What one object takes.
    pub object_size: Bytes,
    /// Objects of one slab.
    pub objects_per_slab: u64,
    /// Pages of one slab.
    pub pages_per_slab: u64,
    /// Slabs.
    pub slabs: u64,
    /// What comes after that, as it stands there.
    pub rest: &'a str,
}

impl Cache<'_> {
    /// The memory it has from the kernel, part empty slabs included: this is what a growing `Slab`
    /// in meminfo consists of.
    #[must_use]
    pub fn held(&self, page: PageSize) -> Bytes {
        Pages(self.slabs.saturating_mul(self.pages_per_slab)).bytes(page)
    }

    /// What one more object takes: its share of a slab.
    #[must_use]
    pub fn bytes_of_an_object(&self, page: PageSize) -> f64 {
        match self.objects_per_slab {
            0 => self.object_size.0 as f64,
            n_objects => Pages(self.pages_per_slab).bytes(page).0 as f64 / n_objects as f64,
        }
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Cache<'_>>> {
    let mut bad = BadLines::default();
    let mut caches = Vec::with_capacity(256);
    each_line(text, &mut bad, |_, line| {
        if !line.starts_with('#') && !line.starts_with("slabinfo - version:") {
            caches.push(cache(line)?);
        }
        Ok(())
    });
    Read { value: caches, bad }
}

fn cache(line: &str) -> Result<Cache<'_>, What> {
    let (objects, _) = line.split_once(" : tunables ").ok_or("it has no ` : tunables `")?;
    let (_, slabs) = line.split_once(" : slabdata ").ok_or("it has no ` : slabdata `")?;
    // From the right, because a name may have blanks in it.
    let mut rest = objects;
    let mut last = || {
        let (before, word) = rest.trim_ascii_end().rsplit_once(' ').ok_or("a number is missing")?;
        rest = before;
        number(Some(word))
    };
    let (pages_per_slab, objects_per_slab) = (last()?, last()?);
    let (object_size, objects, active_objects) = (Bytes(last()?), last()?, last()?);
    let name = rest.trim_ascii();
    if name.is_empty() {
        return Err("it has no name");
    }
    let slabs = slabs.trim_ascii();
    let (_active, slabs) = slabs.split_once(' ').ok_or("a number is missing")?;
    let slabs = slabs.trim_ascii_start();
    let (slabs, rest) = slabs.split_once(' ').unwrap_or((slabs, ""));
    Ok(Cache {
        name,
        active_objects,
        objects,
        object_size,
        objects_per_slab,
        pages_per_slab,
        slabs: number(Some(slabs))?,
        rest: rest.trim_ascii(),
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn caches_are_read_and_their_memory_is_that_of_their_slabs() {
        let text = "slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
dentry            297531 311997    192   21    1 : tunables    0    0    0 : slabdata  14857  14857      0
ext4 inode cache       7     28   1128   28    8 : tunables    0    0    0 : slabdata      1      1      0 : globalstat 1 2 3
empty                  0      0    312   13    1 : tunables    0    0    0 : slabdata      0      0      0
";
        let read = read(text.as_bytes());
        check(
            &read,
            expect![[r#"
                [
                    Cache {
                        name: "dentry",
                        active_objects: 297531,
                        objects: 311997,
                        object_size: Bytes(192),
                        objects_per_slab: 21,
                        pages_per_slab: 1,
                        slabs: 14857,
                        rest: "0",
                    },
                    Cache {
                        name: "ext4 inode cache",
                        active_objects: 7,
                        objects: 28,
                        object_size: Bytes(1128),
                        objects_per_slab: 28,
                        pages_per_slab: 8,
                        slabs: 1,
                        rest: "0 : globalstat 1 2 3",
                    },
                    Cache {
                        name: "empty",
                        active_objects: 0,
                        objects: 0,
                        object_size: Bytes(312),
                        objects_per_slab: 13,
                        pages_per_slab: 1,
                        slabs: 0,
                        rest: "0",
                    },
                ]
            "#]],
        );
        let page = PageSize::new(4096).expect("a page size");
        assert_eq!(read.value[0].held(page), Bytes(14_857 * 4096));
        assert_eq!(read.value[1].held(page), Bytes(8 * 4096));
        assert_eq!(read.value[1].bytes_of_an_object(page), 8.0 * 4096.0 / 28.0);
    }

    #[test]
    fn damaged_lines_are_told() {
        let text = "dentry 297531 311997 192 21 1
dentry 297531 311997 192 21 1 : tunables 0 0 0
dentry 311997 192 21 1 : tunables 0 0 0 : slabdata 1 1 0
dentry 1 2 3 21 many : tunables 0 0 0 : slabdata 1 1 0
 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 1 0
dentry 1 2 3 4 5 : tunables 0 0 0 : slabdata 1
dentry 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 99999999999999999999 0
filp 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 1 0
dentry 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 14";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                [
                    Cache {
                        name: "filp",
                        active_objects: 1,
                        objects: 2,
                        object_size: Bytes(3),
                        objects_per_slab: 4,
                        pages_per_slab: 5,
                        slabs: 1,
                        rest: "0",
                    },
                ]
                line 1: it has no ` : tunables `: "dentry 297531 311997 192 21 1"
                line 2: it has no ` : slabdata `: "dentry 297531 311997 192 21 1 : tunables 0 0 0"
                line 3: a number is missing: "dentry 311997 192 21 1 : tunables 0 0 0 : slabdata 1 1 0"
                line 4: what should be a number is none: "dentry 1 2 3 21 many : tunables 0 0 0 : slabdata 1 1 0"
                line 5: it has no name: " 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 1 0"
                line 6: a number is missing: "dentry 1 2 3 4 5 : tunables 0 0 0 : slabdata 1"
                line 7: a number is too large: "dentry 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 99999999999999999999 0"
                line 9: the text ends within this line: "dentry 1 2 3 4 5 : tunables 0 0 0 : slabdata 1 14"
            "#]],
        );
    }
}
