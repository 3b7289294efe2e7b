//! Who else may write or read the files: a plugin's, before it is loaded, and the bundle's, at any
//! moment and whatever the umask.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use rustix::process::Signal;

use crate::support::{LIMIT, Missing, Scene, c_plugin, collector, start, wait_until, workers_of};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set the mode");
}

/// A manifest with one plugin that nobody else can write, and three that somebody can.
fn writable_by_others() -> Result<Scene, Missing> {
    let scene = Scene::new(
        "\
collectors:
  - plugin: '[good.c]'
  - { plugin: ./file/libgood.so, name: file }
  - { plugin: ./directory/below/libgood.so, name: directory }
  - { plugin: ./owner/libgood.so, name: owner }
",
    )?;
    for place in ["file", "directory/below", "owner"] {
        let place = scene.path().join(place);
        fs::create_dir_all(&place).expect("create a directory");
        fs::copy(c_plugin("good")?, place.join("libgood.so")).expect("copy a library");
    }
    set_mode(&scene.path().join("file/libgood.so"), 0o757);
    set_mode(&scene.path().join("directory"), 0o777);
    let given = chown(scene.path().join("owner/libgood.so"), Some(65534), Some(65534));
    given.map_err(|_| Missing("giving a file away takes root"))?;
    Ok(scene)
}

#[test]
fn plugins_that_others_could_replace_are_refused() {
    let scene = need!(writable_by_others());
    let captured = scene.capture(&[]);
    assert_eq!((captured.said.exit, captured.bundle.outcomes("good")), (4, vec!["ok"]));
    let rows = ["file", "directory", "owner"].map(|it| format!("{it}: {}", captured.rows(it)));
    let dir = scene.path().canonicalize().expect("it is there").display().to_string();
    expect![[r#"
        file: 1 x refused
          reason: m.yaml:6:7: collectors[1].plugin: ./file/libgood.so: [DIR]/file/libgood.so is writable by everybody (mode 0757), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
        directory: 1 x refused
          reason: m.yaml:7:7: collectors[2].plugin: ./directory/below/libgood.so: [DIR]/directory is writable by everybody (mode 0777), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
        owner: 1 x refused
          reason: m.yaml:8:7: collectors[3].plugin: ./owner/libgood.so: [DIR]/owner/libgood.so is owned by uid 65534, who is not root, the caller (uid 0) or the owner of this program, and could replace it; `chown` it, or copy the plugin to a directory of root
    "#]].assert_eq(&rows.concat().replace(&dir, "[DIR]"));
}

#[test]
fn a_check_refuses_plugins_that_others_could_replace() {
    let scene = need!(writable_by_others());
    let said = collector(scene.path(), &["check", "m.yaml"]);
    assert_eq!(said.exit, 3, "{said}");
    for name in ["file", "directory", "owner"] {
        assert!(said.stdout.contains(&format!("\n{name}: refused: ")), "{said}");
    }
    assert!(said.stdout.starts_with("good: fine: "), "{said}");
}

/// The modes of the files that `pid` has open in `directory`, those without a name too.
fn open_below(pid: u32, directory: &Path) -> Vec<(PathBuf, u32)> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).expect("the descriptors of a child");
    let of = |entry: fs::DirEntry| {
        let link = fs::read_link(entry.path()).ok()?;
        // Followed: the file itself, whether it has a name or not.
        let file = fs::metadata(entry.path()).ok()?;
        let is_below = link.starts_with(directory) && file.is_file();
        is_below.then(|| (link, file.permissions().mode() & 0o7777))
    };
    entries.flatten().filter_map(of).collect()
}

#[test]
fn files_are_the_owners_alone_at_any_moment_whatever_the_umask() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[holds.c]'\n"));
    let inner = scene.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask 0 && exec \"$0\" \"$@\""]).arg(inner.get_program());
    shell.args(inner.get_args()).current_dir(scene.path());
    let running = start(shell);
    wait_until("an artifact in progress", || {
        workers_of(running.pid()).iter().any(|it| it.comm == "holding")
    });
    let output = scene.path().join("out").canonicalize().expect("it is there");
    // The bundle, the list of its files, and the artifact.
    let mut open = Vec::new();
    wait_until("the file that holds it", || {
        open = open_below(running.pid(), &output);
        // One file may be open twice.
        open.sort();
        open.dedup();
        open.len() == 3
    });
    let mode = fs::metadata(&output).expect("it is there").permissions().mode() & 0o7777;
    running.signal(Signal::INT);
    running.signal(Signal::INT);
    // Looks at the mode of the bundle.
    scene.captured(running.wait(LIMIT));

    assert_eq!(mode, 0o700, "{}", output.display());
    let count =
        |end: &str| open.iter().filter(|(it, _)| it.to_string_lossy().ends_with(end)).count();
    assert_eq!((count(".tar.zst.partial"), count(" (deleted)")), (1, 2), "{open:?}");
    for (path, mode) in &open {
        assert_eq!(*mode, 0o600, "{}", path.display());
    }
}
