//! `/proc/cgroups`: how many control groups there are, for each controller. From 6.14 it lists only
//! the controllers of version 1.
//!
//! Dead ones count, as long as something keeps them: the kernel counts a group out when it is freed
//! (`css_free_rwork_fn`, `kernel/cgroup/cgroup.c`).

use super::line::{BadLines, Read, What, each_line, number};

/// A controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Controller<'a> {
    /// Its name, such as `memory`.
    pub name: &'a str,
    /// The number of its hierarchy; 0 for that of version 2.
    pub hierarchy: u64,
    /// The control groups of its hierarchy, the root of it and dead ones too.
    pub groups: u64,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Controller<'_>>> {
    let mut bad = BadLines::default();
    let mut controllers = Vec::new();
    each_line(text, &mut bad, |_, line| {
        if !line.starts_with('#') {
            controllers.push(controller(line)?);
        }
        Ok(())
    });
    Read { value: controllers, bad }
}

fn controller(line: &str) -> Result<Controller<'_>, What> {
    let mut words = line.split_ascii_whitespace();
    let name = words.next().ok_or("it has no name")?;
    Ok(Controller { name, hierarchy: number(words.next())?, groups: number(words.next())? })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn controllers_are_read_and_damaged_lines_are_told() {
        let text = "#subsys_name\thierarchy\tnum_cgroups\tenabled
memory\t4\t26\t1
cpu\t0\t3\t1\tof_tomorrow
pids\t4
rdma\t0\tmany\t1
";
        check(
            &read(text.as_bytes()),
            expect![[r#"
            [
                Controller {
                    name: "memory",
                    hierarchy: 4,
                    groups: 26,
                },
                Controller {
                    name: "cpu",
                    hierarchy: 0,
                    groups: 3,
                },
            ]
            line 4: a number is missing: "pids\t4"
            line 5: what should be a number is none: "rdma\t0\tmany\t1"
        "#]],
        );
    }
}
