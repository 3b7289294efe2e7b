//! The kernel kills for memory: then the worker, and neither the core nor a neighbor.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use expect_test::expect;

use crate::support::{LIMIT, Missing, Scene, run};

/// A control group with little memory. Dropping it removes it.
struct SmallMemory {
    place: PathBuf,
}

impl SmallMemory {
    /// # Errors
    ///
    /// [`Missing`] where this process may not make one.
    fn of(n_bytes: u64) -> Result<Self, Missing> {
        let name = format!("collector-test-{}", std::process::id());
        let v1 = PathBuf::from("/sys/fs/cgroup/memory");
        let v2 = PathBuf::from("/sys/fs/cgroup");
        let (root, limit) = match v1.is_dir() {
            true => (v1, "memory.limit_in_bytes"),
            false => (v2, "memory.max"),
        };
        let place = root.join(name);
        let missing = Missing("a control group of memory takes root, and one that may be used");
        if fs::create_dir(&place).is_err() {
            return Err(missing);
        }
        let memory = SmallMemory { place };
        let limited = fs::write(memory.place.join(limit), n_bytes.to_string());
        // Without it there is no swap to be kept from.
        let _ = fs::write(memory.place.join("memory.swap.max"), "0");
        let _ = fs::write(memory.place.join("memory.memsw.limit_in_bytes"), n_bytes.to_string());
        limited.map(|()| memory).map_err(|_| missing)
    }
}

impl Drop for SmallMemory {
    fn drop(&mut self) {
        // It is empty once the run has ended; one that stays is no reason for a second panic.
        let _ = fs::remove_dir(&self.place);
    }
}

#[test]
fn a_worker_killed_by_the_kernel_for_memory_is_a_row() {
    let scene = need!(Scene::new(
        "\
limits: { max_memory: 4GiB }
collectors:
  - { plugin: '[good.c]', name: before }
  - { plugin: '[memory.c]', name: bad }
  - { plugin: '[good.c]', name: after }
"
    ));
    let memory = need!(SmallMemory::of(128 << 20));
    let inner = scene.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo $$ >\"$0\"/cgroup.procs && exec \"$@\""]).arg(&memory.place);
    shell.arg(inner.get_program()).args(inner.get_args()).current_dir(scene.path());
    let captured = scene.captured(run(shell, LIMIT));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 9 (SIGKILL) that collector did not send; the kernel sends it when memory is short
    "#]].assert_eq(&captured.rows("bad"));
    for good in ["before", "after"] {
        assert_eq!(captured.bundle.outcomes(good), ["ok"]);
        assert_eq!(captured.bundle.file(0, &format!("{good}/count")), b"sample 1\n");
    }
}
