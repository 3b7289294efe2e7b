//! `collector plugin run`: one plugin in its worker, as in a capture, for whoever writes it.

use std::fs;
use std::process::Command;

use expect_test::expect;
use rustix::process::Signal;

use super::{said, shown};
use crate::support::{
    LIMIT, Missing, c_plugin, collector, command, plugins, start, strace, wait_until, workers_of,
};

#[test]
fn every_sample_is_shown_with_its_artifacts_its_log_and_what_was_printed() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = need!(said(dir.path(), "run", "shows", &["--samples", "2"]));
    expect![[r#"
        exit: 0
        --- stdout
        sample 1: ok
          took      [DURATION], [DURATION] of processor time, [SIZE] of memory at most
          artifact  in/text  [SIZE]     text/plain
          artifact  bytes    [SIZE]      text/plain
          artifact  steers   [SIZE]     text/plain
          artifact  long     [SIZE]  text/plain
          log       info: the worker keeps no capability, [LANDLOCK]
          log       warn: a remark
          printed   made
          printed   collected
        sample 2: ok
          took      [DURATION], [DURATION] of processor time, [SIZE] of memory at most
          artifact  in/text  [SIZE]     text/plain
          artifact  bytes    [SIZE]      text/plain
          artifact  steers   [SIZE]     text/plain
          artifact  long     [SIZE]  text/plain
          log       warn: a remark
          printed   collected
        --- stderr
    "#]]
    .assert_eq(&shown(&said));
}

#[test]
fn artifacts_are_shown_when_they_are_text_and_cannot_steer_the_terminal() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = need!(said(dir.path(), "run", "shows", &["--show"]));
    let (_, artifacts) = said.stdout.split_once("--- ").expect("artifacts");
    let line = "sixteen bytes..\n";
    assert_eq!(artifacts.matches(line).count(), 4096, "64 KiB of it");
    expect![[r#"
        in/text
        a line
        and another
        --- bytes
        (2 B that are no text; --output DIR writes them there)
        --- steers
        �[2J	gone
        --- long
        (64.0 KiB more; --output DIR writes all)
    "#]]
    .assert_eq(&artifacts.replace(line, ""));
}

#[test]
fn artifacts_are_written_byte_for_byte_over_those_of_the_run_before() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for _ in 0..2 {
        let said = need!(said(dir.path(), "run", "shows", &["--output", "out", "--samples", "2"]));
        assert_eq!(said.exit, 0, "{said}");
    }
    for sample in ["1", "2"] {
        let file = |name: &str| fs::read(dir.path().join("out").join(sample).join(name));
        assert_eq!(file("in/text").expect("a file"), b"a line\nand another");
        assert_eq!(file("bytes").expect("a file"), b"\xff\xfe");
        assert_eq!(file("long").expect("a file").len(), 8192 * 16);
    }
}

#[test]
fn a_configuration_is_that_of_a_manifest_and_its_faults_have_a_place() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = plugins().join("libmeminfo.so");
    let library = library.to_str().expect("a path that is UTF-8");
    let configs = [
        "# no keys\n",
        "procfs: /proc",
        "procfs: \"${COLLECTOR_TEST_NOT_SET:-/proc}\"",
        "\nprocsf: /proc",
        "procfs: \"${COLLECTOR_TEST_NOT_SET}\"",
        "procfs: [",
        "- procfs",
    ];
    let heard: Vec<String> = configs
        .iter()
        .map(|config| {
            fs::write(dir.path().join("c.yaml"), config).expect("write the configuration");
            let said = collector(dir.path(), &["plugin", "run", library, "--config", "c.yaml"]);
            format!("{}: {}", said.exit, said.stderr)
        })
        .collect();
    expect![[r#"
        0: 0: 0: 3: error: c.yaml:2:1: config.procsf: unknown key; did you mean `procfs`? the keys here are procfs, sysfs
        3: error: c.yaml:1:9: config.procfs: the environment variable COLLECTOR_TEST_NOT_SET is not set; set it (export COLLECTOR_TEST_NOT_SET=...), or give a default with ${COLLECTOR_TEST_NOT_SET:-default}
        3: error: c.yaml:2:1: a value is missing here; check that every bracket and brace is closed
        3: error: c.yaml:1:1: config: expected a mapping (`key: value` lines), the keys of the plugin
    "#]].assert_eq(&heard.concat());
    let said = collector(dir.path(), &["plugin", "run", library, "--config", "none.yaml"]);
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: none.yaml: cannot be read: No such file or directory (os error 2); correct the path of the configuration
    "#]]
    .assert_eq(&shown(&said));
}

#[test]
fn a_file_that_is_no_plugin_is_refused_before_anything_runs() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::write(dir.path().join("plugin.c"), "int main;").expect("write a file");
    for (file, told) in [("plugin.c", "a text file"), ("none.so", "there is no such file")] {
        let said = collector(dir.path(), &["plugin", "run", file]);
        assert_eq!((said.exit, said.stdout.as_str()), (3, ""), "{said}");
        assert!(said.stderr.starts_with(&format!("error: ./{file}: ")), "{said}");
        assert!(said.stderr.contains(told), "{said}");
    }
}

#[test]
fn what_a_plugin_does_wrong_is_its_outcome_and_the_exit_code() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut heard = String::new();
    for plugin in ["segv", "bad-config", "destroy-dies", "destroy-hangs"] {
        let said = need!(said(dir.path(), "run", plugin, &[]));
        heard.push_str(&format!("{plugin}: {}", shown(&said)));
    }
    let said = need!(said(dir.path(), "run", "hangs", &["--timeout", "300ms"]));
    heard.push_str(&format!("hangs: {}", shown(&said)));
    expect![[r#"
        segv: exit: 4
        --- stdout
        sample 1: crashed: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
          took      [DURATION]
          artifact  before  [SIZE]  text/plain
          log       info: the worker keeps no capability, [LANDLOCK]
        --- stderr
        run it with --debugger to see where it crashed
        bad-config: exit: 4
        --- stdout
        sample 1: refused: config.url: there is no host in it
          took      [DURATION]
        --- stderr
        destroy-dies: exit: 4
        --- stdout
        sample 1: ok
          took      [DURATION], [DURATION] of processor time, [SIZE] of memory at most
          artifact  before  [SIZE]  text/plain
          log       info: the worker keeps no capability, [LANDLOCK]
        destroy: the worker was killed by signal 11 (SIGSEGV: a bad memory access); look at what it frees, and at threads that still run
        --- stderr
        destroy-hangs: exit: 4
        --- stdout
        sample 1: ok
          took      [DURATION], [DURATION] of processor time, [SIZE] of memory at most
          artifact  before  [SIZE]  text/plain
          log       info: the worker keeps no capability, [LANDLOCK]
        destroy: had not returned after [DURATION], and the worker was killed; let it free memory, and wait for nothing
        --- stderr
        hangs: exit: 4
        --- stdout
        sample 1: timeout: not finished after [DURATION]; what had arrived is kept
          took      [DURATION]
          artifact  before  [SIZE]  text/plain
          log       info: the worker keeps no capability, [LANDLOCK]
        --- stderr
    "#]].assert_eq(&heard);
}

#[test]
fn ctrl_c_ends_what_runs_at_once() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = need!(c_plugin("hangs"));
    let library = library.to_str().expect("a path that is UTF-8");
    let ends = [
        ("run", "sample 1: skipped: stopped"),
        ("check", "\n--- stderr\nerror: ended by a signal"),
    ];
    for (verb, told) in ends {
        let inner = command(dir.path(), &["plugin", verb, library, "--timeout", "10m"]);
        // The tests may run with the signal ignored, and the program leaves it so.
        let mut command = Command::new("env");
        command.arg("--default-signal=INT").arg(inner.get_program()).args(inner.get_args());
        command.current_dir(dir.path());
        let running = start(command);
        let pid = running.pid();
        let is_collecting = || workers_of(pid).iter().any(|it| it.comm == "collecting");
        wait_until("a sample to be in progress", is_collecting);
        running.signal(Signal::INT);
        let said = running.wait(LIMIT);
        assert_eq!(said.exit, 130, "{said}");
        assert!(said.to_string().contains(told), "{said}");
        wait_until("the end of the worker", || workers_of(pid).is_empty());
    }
}

/// `strace` attaches as `gdb` does, and needs no symbols.
fn attached(worker: &str) -> Result<Command, Missing> {
    let mut strace = strace(&["-q", "-e", "trace=none", "-p", worker])?;
    strace.current_dir("/");
    Ok(strace)
}

#[test]
fn a_debugger_is_waited_for_before_the_plugin_is_loaded() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = need!(c_plugin("traced"));
    let library = library.to_str().expect("a path that is UTF-8");
    let options = ["plugin", "run", library, "--show", "--debugger", "--timeout", "10ms"];
    let mut running = start(command(dir.path(), &options));
    let heard = running.wait_for_stderr("-ex continue\n");
    let worker = heard.split_whitespace().nth(2).expect("its number");
    assert!(heard.contains(&format!("gdb -p {worker} ")), "{heard}");
    let debugger = start(need!(attached(worker)));
    let said = running.wait(LIMIT);
    assert_eq!(said.exit, 0, "{said}");
    let tracer = format!("--- tracer\n{}\n", debugger.pid());
    assert!(said.stdout.ends_with(&tracer), "attached when it was loaded: {said}");
    debugger.wait(LIMIT);
}

#[test]
fn a_plugin_may_be_given_by_the_name_that_list_shows() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = need!(c_plugin("good"));
    let place = library.parent().and_then(|it| it.to_str()).expect("a path that is UTF-8");
    // A project's directory often has the plugin's name.
    fs::create_dir(dir.path().join("good")).expect("create a directory");
    let by_name = |verb| collector(dir.path(), &["plugin", verb, "good", "--directory", place]);
    let said = by_name("run");
    assert_eq!(said.exit, 0, "{said}");
    assert!(said.stdout.starts_with("sample 1: ok\n"), "{said}");
    let file = format!("ok    file          {}, ", library.canonicalize().expect("it").display());
    assert!(by_name("check").stdout.starts_with(&file), "{}", by_name("check"));

    // A file here goes before a name elsewhere.
    fs::remove_dir(dir.path().join("good")).expect("remove it");
    fs::write(dir.path().join("good"), "no library").expect("write a file");
    let said = by_name("run");
    assert!(said.stderr.starts_with("error: ./good: not a shared library"), "{said}");

    let said = collector(dir.path(), &["plugin", "run", "goood", "--directory", place]);
    assert_eq!(said.exit, 3, "{said}");
    assert!(said.stderr.starts_with("error: no libgoood.so in "), "{said}");
    let (_, told) = said.stderr.split_once(", and no file goood here;").expect("that");
    expect![[r#"
         did you mean `good`?; `collector plugin list` shows the plugins there are; give its directory with --directory, or write the path of its library
    "#]].assert_eq(told);
}

#[test]
fn a_manifest_in_place_of_a_configuration_is_told_as_that() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = plugins().join("libmeminfo.so");
    let library = library.to_str().expect("a path that is UTF-8");
    let manifest = "version: 1\ncollectors:\n  - plugin: meminfo\n";
    fs::write(dir.path().join("m.yaml"), manifest).expect("write the manifest");
    let run = |verb| collector(dir.path(), &["plugin", verb, library, "--config", "m.yaml"]);
    let said = run("run");
    assert_eq!(said.exit, 3, "{said}");
    let told = "m.yaml: this is a manifest; --config takes what stands under `config` of one \
                collector, without that word; `collector run` takes the manifest\n";
    assert_eq!(said.stderr, format!("error: {told}"));
    let said = run("check");
    assert_eq!(said.exit, 3, "{said}");
    assert!(said.stdout.contains(&format!("FAIL  config        {told}")), "{said}");
}

#[test]
fn an_option_that_is_needed_leads_to_the_file_that_gives_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let told = need!(said(dir.path(), "run", "needs-option", &[]));
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: config.door: the key is missing (Which); add `door: …`
        (hint: write that to a YAML file and give it with --config FILE; `collector plugin describe` shows all options)
    "#]].assert_eq(&told.to_string());
    // Of a file that was given, the place is said.
    fs::write(dir.path().join("c.yaml"), "{}\n").expect("write the configuration");
    let told = need!(said(dir.path(), "run", "needs-option", &["--config", "c.yaml"]));
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: c.yaml:1:1: config.door: the key is missing (Which); add `door: …`
    "#]]
    .assert_eq(&told.to_string());
}
