//! Timers, which are read of few processes.

use expect_test::{Expect, expect};
use plugin_api::testing::{Tree, collect};

use crate::ProcessMemory;

/// A process in whose user's name so many signals wait.
fn process(pid: u32, n_signals: u32) -> String {
    format!(
        "{pid}/stat: {pid} (p) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 90000 3 18
         {pid}/status: SigQ:\\t{n_signals}/96365\n"
    )
}

/// The log, and what is stored of timers.
fn check(tree: &str, expected: Expect) {
    let tree = Tree::new(&format!("uptime: 1\n{tree}"));
    let config = format!("{{\"procfs\": {:?}, \"smaps_rollup\": \"none\"}}", tree.path());
    let said = collect::<ProcessMemory>(&config);
    assert_eq!((said.status, &said.problems), (0, &vec![]));
    let mut text = String::new();
    for (_, line) in &said.log {
        text += &format!("{line}\n");
    }
    if let Some(timers) = said.artifact("timers") {
        text += &format!("{}\n", timers.media_type);
        text += &String::from_utf8_lossy(&timers.content);
    }
    expected.assert_eq(&text.replace(&tree.path().display().to_string(), "[PROC]"));
}

#[test]
fn timers_are_read_of_users_with_many_signals_waiting() {
    let kernel_thread = "5/stat: 5 (k) S 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 18
                         5/status: SigQ:\\t900/96365
                         5/timers: ID: 9\\n\n";
    let tree = [
        &process(1, 64),
        "1/timers: ID: 0\\nsignal: 0/0\\n\n",
        &process(2, 63),
        "2/timers: ID: 7\\n\n",
        &process(4, 900),
        "4/timers: \n",
        kernel_thread,
    ];
    check(
        &tree.concat(),
        expect![[r#"
        text/x-linux-pid-timers
        ==> 1/timers 19 <==
        ID: 0
        signal: 0/0


        ==> 4/timers 1 <==


    "#]],
    );
}

#[test]
fn a_user_with_few_costs_no_reading() {
    check(&(process(1, 3) + "1/timers: ID: 0\\n\n"), expect![[""]]);
}

#[test]
fn a_kernel_without_timers_is_told_once() {
    check(
        &(process(1, 64) + &process(2, 64)),
        expect![[r#"
        [PROC]/1/timers: No such file or directory (os error 2); kernels have it since 3.10 with CONFIG_CHECKPOINT_RESTORE
    "#]],
    );
}

#[test]
fn of_a_long_text_the_beginning_is_kept() {
    let long = format!("1/timers: {}\n", "ID: 0\\n".repeat(50_000));
    let tree = Tree::new(&format!("uptime: 1\n{}{long}", process(1, 64)));
    let config = format!("{{\"procfs\": {:?}, \"smaps_rollup\": \"none\"}}", tree.path());
    let said = collect::<ProcessMemory>(&config);
    let timers = &said.artifact("timers").expect("the timers").content;
    // 43,690 whole lines of 6 bytes are in 256 KiB.
    let kept = "ID: 0\n".repeat(43_690);
    let expected = format!("==> 1/timers (rest left out) {} <==\n{kept}\n", kept.len());
    assert!(timers == expected.as_bytes(), "{}", String::from_utf8_lossy(&timers[..100]));
}
