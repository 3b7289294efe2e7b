//! `/proc/vmallocinfo`: what the kernel has mapped for itself, and which of its functions did.
//!
//! Written here because no crate reads it.

use super::Pages;
use super::line::{BadLines, Read, What, each_line, number};
use crate::units::Bytes;

/// One mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area<'a> {
    /// Its length in addresses, with a guard page that takes no memory.
    pub length: Bytes,
    /// The function that made it, such as `kernel_clone`. `None`: the line names none, as for
    /// `unpurged vm_area`, which is free again and only not unmapped yet.
    pub caller: Option<&'a str>,
    /// The pages of memory in it. `None`: it maps none of its own (`ioremap`), or the kernel does
    /// not count them.
    pub pages: Option<Pages>,
    /// Everything after the caller as it stands there: module, `phys=`, kind, pages by node.
    pub rest: &'a str,
}

impl Area<'_> {
    /// Whether it is the stack of a thread.
    #[must_use]
    pub fn is_stack(&self) -> bool {
        self.caller.is_some_and(makes_stacks)
    }
}

/// Whether a function maps stacks of threads: those that have done so since 4.9.
#[must_use]
pub fn makes_stacks(caller: &str) -> bool {
    let makers =
        ["kernel_clone", "copy_process", "dup_task_struct", "_do_fork", "alloc_thread_stack"];
    makers.iter().any(|it| caller.starts_with(it))
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Area<'_>>> {
    let mut bad = BadLines::default();
    // A line has about 90 bytes.
    let mut areas = Vec::with_capacity(text.len() / 80);
    each_line(text, &mut bad, |_, line| {
        areas.push(area(line)?);
        Ok(())
    });
    Read { value: areas, bad }
}

fn area(line: &str) -> Result<Area<'_>, What> {
    let (range, rest) = split_word(line);
    if !range.contains('-') {
        return Err("it does not begin with a range of addresses");
    }
    let (length, rest) = split_word(rest);
    let length = Bytes(number(Some(length))?);
    let (word, after) = split_word(rest);
    let (caller, rest) = match word.split_once("+0x") {
        Some((caller, _)) => (Some(caller), after),
        // A kernel that has no names shows the address.
        None if word.starts_with("0x") => (Some(word), after),
        None => (None, rest),
    };
    let pages = rest.split(' ').find_map(|it| it.strip_prefix("pages="));
    let pages = pages.map(|it| number(Some(it)).map(Pages)).transpose()?;
    Ok(Area { length, caller, pages, rest })
}

fn split_word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    (word, rest.trim_ascii())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn callers_and_pages_are_read() {
        let text = "0x00000000d7b09a2f-0x000000006a07bd31   20480 kernel_clone+0x94/0x3e0 pages=4 vmalloc N0=4
0x00000000a2833e2d-0x00000000d83d477c   20480 irq_init_percpu_irqstack+0xca/0x100 vmap
0x00000000c0000000-0x00000000c0004000   16384 nft_set+0x1/0x2 [nf_tables] pages=3 vmalloc of_tomorrow=1
0x000000003d0e73c5-0x00000000aa7fe5cc   20480 unpurged vm_area
0x000000003d0e73c5-0x00000000aa7fe5cc    4096 0xffffffff81234567 pages=1 vmalloc
(____ptrval____)-(____ptrval____)    8192 vm_map_ram
";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                [
                    Area {
                        length: Bytes(20480),
                        caller: Some("kernel_clone"),
                        pages: Some(Pages(4)),
                        rest: "pages=4 vmalloc N0=4",
                    },
                    Area {
                        length: Bytes(20480),
                        caller: Some("irq_init_percpu_irqstack"),
                        pages: None,
                        rest: "vmap",
                    },
                    Area {
                        length: Bytes(16384),
                        caller: Some("nft_set"),
                        pages: Some(Pages(3)),
                        rest: "[nf_tables] pages=3 vmalloc of_tomorrow=1",
                    },
                    Area {
                        length: Bytes(20480),
                        caller: None,
                        pages: None,
                        rest: "unpurged vm_area",
                    },
                    Area {
                        length: Bytes(4096),
                        caller: Some("0xffffffff81234567"),
                        pages: Some(Pages(1)),
                        rest: "pages=1 vmalloc",
                    },
                    Area {
                        length: Bytes(8192),
                        caller: None,
                        pages: None,
                        rest: "vm_map_ram",
                    },
                ]
            "#]],
        );
    }

    #[test]
    fn damaged_lines_are_told() {
        let text = "0x1-0x2 20480 f+0x1/0x2 pages=four vmalloc
0x1-0x2
20480 f+0x1/0x2
0x1-0x2 99999999999999999999 f+0x1/0x2
0x1-0x2 4096 f+0x1/0x2 pages=1
0x1-0x2 4096 f+0x1/0x2 pages=1";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                [
                    Area {
                        length: Bytes(4096),
                        caller: Some("f"),
                        pages: Some(Pages(1)),
                        rest: "pages=1",
                    },
                ]
                line 1: what should be a number is none: "0x1-0x2 20480 f+0x1/0x2 pages=four vmalloc"
                line 2: what should be a number is none: "0x1-0x2"
                line 3: it does not begin with a range of addresses: "20480 f+0x1/0x2"
                line 4: a number is too large: "0x1-0x2 99999999999999999999 f+0x1/0x2"
                line 6: the text ends within this line: "0x1-0x2 4096 f+0x1/0x2 pages=1"
            "#]],
        );
    }
}
