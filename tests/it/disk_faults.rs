//! What becomes of a capture whose disk, directory or file is taken away in the middle: what was
//! finished is kept where the kernel allows that, and the capture says why it ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use expect_test::expect;
use rustix::process::Signal;

use crate::support::{
    Bundle, Captured, LIMIT, Missing, Running, Said, Scene, SmallDisk, check_bundle, collector,
    finished_samples, run, wait_until, workers_of,
};

/// Samples that follow fast, until something happens.
const ENDLESS: &str = "\
schedule: { every: 100ms, for: 1h }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[noisy.c]' }
";

/// A capture that has finished three samples, one of them whole, and goes on.
fn begun(scene: &Scene) -> Running {
    let mut running = scene.start(&[]);
    running.wait_for_stderr("sample 3 of ");
    running.wait_for_stderr(": 2 of 2 ok");
    running
}

/// What a capture says whose own file system takes everything from it: it ends by itself.
fn ended(running: Running) -> Said {
    let said = running.wait(LIMIT);
    wait_until("the workers to end", || workers_of(said.pid).is_empty());
    said
}

/// The last line of stderr, with stand-ins for what differs from run to run.
fn last_words(said: &Said) -> String {
    let text = said.to_string();
    let words = text.lines().last().expect("a line");
    words.split_once("; ended early").map_or(words, |(_, why)| why).to_owned() + "\n"
}

/// Every sample that the capture called finished is in `bundle`, with all that it said of it.
fn check_kept(bundle: &Bundle, said: &Said) {
    let mut n_whole = 0;
    for (tick, rest) in finished_samples(&said.stderr) {
        let at = bundle.samples.iter().position(|it| it["index"] == tick);
        let at = at.unwrap_or_else(|| panic!("no finished sample of tick {tick}: {said}"));
        // A busy host skips collectors, and says so.
        if rest.contains(": 2 of 2 ok") {
            assert_eq!(bundle.row(at, "good")["outcome"], "ok", "{rest}");
            assert_eq!(bundle.file(at, "noisy/noise").len(), 64 << 10, "{rest}");
            n_whole += 1;
        }
    }
    assert!(n_whole > 0, "{said}");
}

/// The capture on a disk that somebody else fills for as long as it runs.
fn filled_by_somebody_else(scene: &Scene, disk: &SmallDisk) -> Said {
    let running = begun(scene);
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                disk.fill();
                thread::sleep(Duration::from_millis(1));
            }
        });
        let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ended(running)));
        is_over.store(true, Ordering::Relaxed);
        said.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The disk is empty but for the bundle once `somebody-else` is gone.
fn captured(scene: &Scene, said: Said) -> Captured {
    fs::remove_file(scene.path().join("out/somebody-else")).expect("it was there");
    let _ = fs::remove_dir(scene.path().join("out/lost+found"));
    scene.captured(said)
}

fn check_proper_end(disk: impl Fn(&Path) -> Result<SmallDisk, Missing>) -> Result<(), Missing> {
    let scene = Scene::new(ENDLESS)?;
    let disk = disk(&scene.path().join("out"))?;
    let said = filled_by_somebody_else(&scene, &disk);
    let captured = captured(&scene, said);
    check_kept(&captured.bundle, &captured.said);
    assert_eq!(captured.bundle.index["reason"], "disk");
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    expect![[r#"
        : the disk has [SIZE] free; make room, or name another disk with --output
    "#]]
    .assert_eq(&last_words(&captured.said));
    drop(disk);
    Ok(())
}

#[test]
fn a_disk_in_memory_that_somebody_else_fills_ends_the_capture_properly() {
    need!(check_proper_end(|place| SmallDisk::at(place, "8m")));
}

#[test]
fn an_ext4_that_somebody_else_fills_ends_the_capture_properly() {
    need!(check_proper_end(|place| SmallDisk::ext4_at(place, "16m", &[])));
}

/// Where nothing can be reserved, the end may not fit any more; `recover` has the samples then.
#[test]
fn a_file_system_that_reserves_nothing_keeps_what_was_finished() {
    let scene = need!(Scene::new(ENDLESS));
    let place = scene.path().join("out");
    let disk = need!(SmallDisk::ext4_at(&place, "16m", &["-O", "^extents,^64bit"]));
    let said = filled_by_somebody_else(&scene, &disk);
    let bundle = match said.exit {
        4 => check_bundle(&only_bundle(&place, ".tar.zst")),
        5 => recovered(&scene, &place),
        _ => panic!("{said}"),
    };
    check_kept(&bundle, &said);
    assert!(said.stderr.contains(" free"), "{said}");
    drop(disk);
}

/// The kernel kills who writes more than that.
#[test]
fn a_limit_on_the_length_of_files_ends_the_capture_properly() {
    let scene = need!(Scene::new(ENDLESS));
    let inner = scene.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f 1024 && exec \"$@\"", "sh"]).arg(inner.get_program());
    shell.args(inner.get_args()).current_dir(scene.path());
    let captured = scene.captured(run(shell, LIMIT));
    check_kept(&captured.bundle, &captured.said);
    assert_eq!(captured.bundle.index["reason"], "disk");
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    expect![[r#"
        : no file may have more than [SIZE] here (`ulimit -f`); raise that
    "#]]
    .assert_eq(&last_words(&captured.said));
}

/// The program needs about twelve open files to begin and some more for a worker. With too few for
/// that it leaves no bundle that is none, and does not advise another directory.
#[test]
fn a_limit_on_open_files_leaves_nothing_behind_where_no_bundle_begins() {
    let scene = need!(Scene::new("collectors: [{ plugin: meminfo }]"));
    let inner = scene.command(&[]);
    let mut n_not_begun = 0;
    for n in 5..20 {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {n} && exec \"$@\""), "sh"]);
        shell.arg(inner.get_program()).args(inner.get_args()).current_dir(scene.path());
        let said = run(shell, LIMIT);
        if said.exit != 5 {
            continue;
        }
        n_not_begun += 1;
        assert_eq!(scene.output(), [] as [PathBuf; 0], "with {n} open files: {said}");
        let last = said.stderr.lines().last().unwrap_or_default();
        assert_eq!(last, "error: cannot write to directory out: Too many open files (os error 24)");
    }
    assert!(n_not_begun >= 3, "{n_not_begun} captures did not begin");
}

/// What `recover` makes, on another disk, of the one unfinished bundle in `place`.
fn recovered(scene: &Scene, place: &Path) -> Bundle {
    let partial = only_bundle(place, ".tar.zst.partial").display().to_string();
    let said = collector(scene.path(), &["bundle", "recover", &partial, "-C", "recovered"]);
    assert_eq!(said.exit, 0, "{said}");
    check_bundle(&scene.path().join(said.stdout.trim_end()))
}

/// The one file in `place` with this end of its name.
fn only_bundle(place: &Path, suffix: &str) -> PathBuf {
    let entries = fs::read_dir(place).expect("a directory");
    let paths = entries.map(|it| it.expect("an entry").path());
    let found: Vec<PathBuf> = paths.filter(|it| it.to_string_lossy().ends_with(suffix)).collect();
    let [path] = &found[..] else { panic!("one file with {suffix}: {found:?}") };
    path.clone()
}

/// As after an error of the disk under it: nothing more can be written, and what was is there.
#[test]
fn a_file_system_that_becomes_read_only_keeps_what_was_finished() {
    let scene = need!(Scene::new(ENDLESS));
    let place = scene.path().join("out");
    let disk = need!(SmallDisk::ext4_at(&place, "16m", &[]));
    let running = begun(&scene);
    need!(disk.remount("abort"));
    let said = ended(running);
    assert_eq!((said.exit, said.stdout.as_str()), (5, ""), "{said}");
    expect![[r#"
        error: cannot write out/[HOST]-[TIME].tar.zst.partial (hint: the finished samples are kept; `collector bundle recover out/[HOST]-[TIME].tar.zst.partial -C DIR` makes a bundle of them in the directory DIR, on another disk): Input/output error (os error 5)
    "#]]
    .assert_eq(&last_words(&said).replace(
        // It depends on what was under way.
        "Read-only file system (os error 30)",
        "Input/output error (os error 5)",
    ));
    check_kept(&recovered(&scene, &place), &said);
    drop(disk);
}

/// The capture whose bundle loses its name by `remove`, which gets its path. It has a new one.
fn captured_after(remove: impl FnOnce(&Path)) -> Result<Captured, Missing> {
    let scene = Scene::new(ENDLESS)?;
    let running = begun(&scene);
    remove(&only_bundle(&scene.path().join("out"), ".tar.zst.partial"));
    let said = ended(running);
    let path = said.stdout.trim_end();
    assert!(path.starts_with("out/") && path.ends_with(".tar.zst"), "{said}");
    let bundle = check_bundle(&scene.path().join(path));
    check_kept(&bundle, &said);
    assert_eq!((said.exit, bundle.index["reason"].as_str()), (4, Some("disk")), "{said}");
    Ok(Captured { said, bundle })
}

#[test]
fn a_bundle_that_is_removed_is_written_again() {
    let captured = need!(captured_after(|path| fs::remove_file(path).expect("it was there")));
    expect![[r#"
        : the unfinished bundle was removed or renamed while it was written; what was collected before is in this one
    "#]].assert_eq(&last_words(&captured.said));
}

#[test]
fn a_directory_that_is_removed_is_made_again() {
    let captured = need!(captured_after(|path| {
        let directory = path.parent().expect("a directory");
        fs::remove_dir_all(directory).expect("it was there");
    }));
    expect![[r#"
        : the unfinished bundle was removed or renamed while it was written; what was collected before is in this one
    "#]].assert_eq(&last_words(&captured.said));
}

#[test]
fn a_bundle_that_is_renamed_is_written_again_under_its_name() {
    need!(captured_after(|path| {
        fs::rename(path, path.with_file_name("somebody-elses")).expect("it was there");
    }));
}

#[test]
fn a_directory_that_is_moved_takes_the_bundle_with_it() {
    let scene = need!(Scene::new(ENDLESS));
    let mut running = begun(&scene);
    fs::rename(scene.path().join("out"), scene.path().join("moved")).expect("it was there");
    // Another directory in its place gets nothing.
    fs::create_dir(scene.path().join("out")).expect("it is free");
    running.wait_for_stderr("sample 8 of ");
    running.signal(Signal::INT);
    let said = ended(running);
    assert_eq!(said.exit, 130, "{said}");
    let path = PathBuf::from(said.stdout.trim_end());
    assert_eq!(path.parent(), Some(&*scene.path().join("moved")), "{said}");
    check_kept(&check_bundle(&path), &said);
    assert!(scene.output().is_empty(), "{:?}", scene.output());
}

#[test]
fn a_name_that_is_taken_in_the_middle_is_not_overwritten() {
    let scene = need!(Scene::new(ENDLESS));
    let running = begun(&scene);
    let place = scene.path().join("out");
    let partial = only_bundle(&place, ".partial");
    let taken = partial.with_extension("");
    fs::write(&taken, "precious").expect("written");
    running.signal(Signal::INT);
    let said = ended(running);
    assert_eq!((said.exit, said.stdout.as_str()), (5, ""), "{said}");
    expect![[r#"
        error: the capture ended: Ctrl-C (SIGINT): the bundle is complete, but cannot be renamed to out/[HOST]-[TIME].tar.zst; it is out/[HOST]-[TIME].tar.zst.partial (hint: rename it yourself, to a name that ends with .tar.zst): File exists (os error 17)
    "#]].assert_eq(&last_words(&said));
    assert_eq!(fs::read_to_string(&taken).expect("there"), "precious");
    // It is as the message says.
    let renamed = taken.with_file_name(taken.file_name().expect("a name"));
    fs::rename(&partial, &renamed).expect("renamed");
    check_kept(&check_bundle(&renamed), &said);
}
