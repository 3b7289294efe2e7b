//! `collector profile` against `go tool pprof`: the same text, line by line, for profiles that a
//! real program takes of itself.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{LIMIT, Missing, Scene, build, collector, command, go_server, go_tool, run};

/// The kinds of profile, and the values that each has.
const KINDS: &[(&str, &[&str])] = &[
    ("heap", &["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]),
    ("allocs", &["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"]),
    ("goroutine", &["goroutine"]),
    ("threadcreate", &["threadcreate"]),
    ("block", &["contentions", "delay"]),
    ("mutex", &["contentions", "delay"]),
    ("cpu", &["samples", "cpu"]),
];

/// The profiles that one run of the program has taken: `KIND-1.pb.gz` and `KIND-2.pb.gz`.
struct Pairs(tempfile::TempDir);

impl Pairs {
    fn take(program: &Path) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new(program);
        command.arg(dir.path()).current_dir(dir.path());
        let said = run(command, LIMIT);
        assert_eq!(said.exit, 0, "{}", said.stderr);
        Pairs(dir)
    }

    fn file(&self, kind: &str, round: u32) -> String {
        let file: PathBuf = self.0.path().join(format!("{kind}-{round}.pb.gz"));
        file.to_str().expect("a plain name").to_owned()
    }
}

/// The program and its next version, built once.
fn programs() -> Result<&'static [PathBuf; 2], Missing> {
    static BUILT: OnceLock<Result<[PathBuf; 2], Missing>> = OnceLock::new();
    let program = |name, flags: &[&str]| build("leaks/profiles", name, flags);
    let built = BUILT.get_or_init(|| {
        Ok([program("profiles", &[])?, program("profiles-rebuilt", &["-tags", "rebuilt"])?])
    });
    built.as_ref().map_err(|Missing(reason)| Missing(reason))
}

/// The pairs of the program.
fn pairs() -> Result<Pairs, Missing> {
    Ok(Pairs::take(&programs()?[0]))
}

/// What pprof says, where the time is in the same zone as ours.
fn pprof(args: &[&str]) -> String {
    let mut pprof = go_tool(&["pprof", "-top"]).expect("go has built the programs");
    // Where it would look for binaries.
    pprof.args(args).env("TZ", "UTC").env("PPROF_BINARY_PATH", "/nonexistent");
    let said = run(pprof, LIMIT);
    assert_eq!(said.exit, 0, "{}", said.stderr);
    said.stdout
}

fn ours(args: &[&str]) -> String {
    let said = collector(Path::new("/"), &[&["profile"], args].concat());
    assert_eq!((said.exit, said.stderr.as_str()), (0, ""), "{args:?}");
    said.stdout
}

/// Compares our text with pprof's and returns it. That of old versions of Go does not print the
/// build.
fn same(theirs: &[&str], mine: &[&str]) -> String {
    let without_build = |text: String| -> String {
        text.split_inclusive('\n').filter(|line| !line.starts_with("Build ID: ")).collect()
    };
    let (theirs, mine) = (without_build(pprof(theirs)), without_build(ours(mine)));
    assert_eq!(mine, theirs, "\n--- ours\n{mine}\n--- pprof\n{theirs}");
    mine
}

#[test]
fn every_value_of_every_profile_is_summed_up_as_by_pprof() {
    let pairs = need!(pairs());
    for (kind, types) in KINDS {
        let (first, second) = (pairs.file(kind, 1), pairs.file(kind, 2));
        same(&[&second], &["top", &second]);
        for kind in *types {
            let index = format!("-sample_index={kind}");
            let text = same(&[&index, &second], &["top", "--sample-index", kind, &second]);
            assert!(text.contains(&format!("Type: {kind}\n")), "{text}");
            let merged = ["top", "--cum", "--sample-index", kind, &first, &second];
            same(&["-cum", &index, &first, &second], &merged);
        }
    }
}

#[test]
fn what_grew_is_what_pprof_says_grew() {
    let [pairs, rebuilt] = need!(programs()).each_ref().map(|it| Pairs::take(it));
    for (kind, types) in KINDS {
        let (first, second) = (pairs.file(kind, 1), pairs.file(kind, 2));
        let of_next_version = rebuilt.file(kind, 2);
        for kind in *types {
            let index = format!("-sample_index={kind}");
            for new in [&second, &of_next_version] {
                let theirs = [&index, "-base", &first, new];
                same(&theirs, &["diff", "--sample-index", kind, &first, new]);
                // Six lines, so that calls go through functions that are not listed.
                let cut = ["diff", "-n", "6", "--cum", "--sample-index", kind, &first, new];
                same(&["-cum", "-nodecount=6", &index, "-base", &first, new], &cut);
            }
        }
    }
    let text = ours(&["diff", &pairs.file("heap", 1), &rebuilt.file("heap", 2)]);
    let grew = |name: &str| text.lines().any(|line| line.contains(name) && !line.contains('-'));
    assert!(grew("main.grow (inline)") && grew("main.extra (inline)"), "{text}");
}

#[test]
fn a_profile_less_itself_is_nothing() {
    let pairs = need!(pairs());
    let heap = pairs.file("heap", 2);
    let text = same(&["-base", &heap, &heap], &["diff", &heap, &heap]);
    assert!(text.contains("Showing nodes accounting for 0, 0% of 0 total"), "{text}");
}

#[test]
fn numbers_in_json_are_those_of_pprof() {
    let pairs = need!(pairs());
    let (first, second) = (pairs.file("heap", 1), pairs.file("heap", 2));
    let json = ours(&["diff", "--json", &first, &second]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["schema"], &json["unit"]), (&"collector-profile/1".into(), &"bytes".into()));
    // In bytes, pprof has no decimals to round.
    let text = pprof(&["-unit=B", "-base", &first, &second]);
    let rows = text.lines().skip_while(|line| !line.ends_with("cum%")).skip(1);
    let number = |text: &str| text.trim_end_matches('B').parse::<i64>().expect("whole bytes");
    let theirs: Vec<(i64, i64, String)> = rows
        .map(|row| {
            let words: Vec<&str> = row.split_whitespace().collect();
            (number(words[0]), number(words[3]), words[5].to_owned())
        })
        .collect();
    let functions = json["functions"].as_array().expect("a list");
    let value = |it: &serde_json::Value| it.as_i64().expect("a number");
    let ours: Vec<(i64, i64, String)> = functions
        .iter()
        .map(|it| {
            let name = it["function"].as_str().expect("a name");
            (value(&it["flat"]), value(&it["cum"]), name.to_owned())
        })
        .collect();
    assert!(!ours.is_empty());
    assert_eq!(ours, theirs);
}

#[test]
fn a_profile_inside_a_bundle_is_read_where_it_is() {
    let server = need!(go_server(&["-leak", "heap", "-bytes", "1048576"]));
    server.grow(24);
    let manifest = format!(
        "schedule: {{ every: 5s, samples: 2 }}\ncollectors:\n  - {{ plugin: go-pprof, config: {{ url: '{}', gc: true }} }}\n",
        server.url
    );
    let scene = need!(Scene::new(&manifest));
    let captured = scene.capture(&[]);
    let bundle = scene.path().join(captured.said.stdout.trim_end());
    let place = tempfile::tempdir().expect("a directory");
    let copy = place.path().join("a:b.tar.zst");
    std::fs::copy(bundle, &copy).expect("copy the bundle");

    let said = run(command(place.path(), &["profile", "top", "a:b.tar.zst"]), LIMIT);
    assert_eq!(said.exit, 2, "{said}");
    let entries: Vec<&str> = said
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("  a:b.tar.zst:"))
        .filter(|entry| entry.ends_with("/go-pprof/heap.pb.gz"))
        .collect();
    assert_eq!(entries.len(), 2, "{said}");

    let stored = place.path().join("heap.pb.gz");
    std::fs::write(&stored, captured.bundle.file(1, "go-pprof/heap.pb.gz")).expect("write");
    let named = format!("{}:{}", copy.display(), entries[1]);
    let text = ours(&["top", &named]);
    assert!(text.contains("main.growHeap"), "{text}");
    assert_eq!(text, ours(&["top", stored.to_str().expect("a plain name")]));

    let missing = run(command(place.path(), &["profile", "top", "a:b.tar.zst:heap"]), LIMIT);
    expect_test::expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: a:b.tar.zst has no `heap` (hint: `collector bundle list --files a:b.tar.zst` shows the names)
    "#]].assert_eq(&missing.to_string());
}

#[test]
fn what_cannot_be_listed_says_why() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/profiles");
    let place = tempfile::tempdir().expect("a directory");
    for name in ["heap.pb.gz", "cpu.pb.gz", "top.txt"] {
        std::fs::copy(fixtures.join(name), place.path().join(name)).expect("copy a fixture");
    }
    let heap = std::fs::read(place.path().join("heap.pb.gz")).expect("read it back");
    std::fs::write(place.path().join("cut.pb.gz"), &heap[..heap.len() / 2]).expect("write");
    let said: String = [
        &["top", "none.pb.gz"][..],
        &["top", "none.tar.zst:samples/x/heap.pb.gz"],
        &["top", "."],
        &["top", "cut.pb.gz"],
        &["top", "top.txt"],
        &["top", "heap.pb.gz:samples/x/heap.pb.gz"],
        &["top", "--sample-index", "space", "heap.pb.gz"],
        &["diff", "heap.pb.gz", "cpu.pb.gz"],
    ]
    .map(|args| {
        let said = run(command(place.path(), &[&["profile"], args].concat()), LIMIT);
        assert_eq!(said.stdout, "", "{said}");
        format!("{}: {}", said.exit, said.stderr)
    })
    .concat();
    expect_test::expect![[r#"
        6: error: cannot read none.pb.gz: No such file or directory (os error 2) (hint: name a file, or BUNDLE:ENTRY)
        6: error: cannot read none.tar.zst:samples/x/heap.pb.gz: No such file or directory (os error 2) (hint: name a file, or BUNDLE:ENTRY)
        6: error: cannot read .: Is a directory (os error 21)
        6: error: cut.pb.gz cannot be read as a profile: its gzip ends early or is damaged (hint: copy or collect it again): incomplete deflate stream
        6: error: top.txt cannot be read as a profile: it is no profile in pprof's form: it begins with "File: profiles\nBuild ID: 577fd0f54506ecbd9e324c5d0dfb81ab864" (hint: save it without `?debug=`, from the program itself and not from a login page)
        6: error: heap.pb.gz is not a bundle: it is compressed with gzip; bundles are .tar.zst
        2: error: the profile has no values `space` (hint: it has alloc_objects, alloc_space, inuse_objects, inuse_space, or their numbers from 0)
        2: error: the profiles have no type of value in common: one has samples, cpu, another alloc_objects, alloc_space, inuse_objects, inuse_space (hint: compare profiles of the same kind, such as two heaps)
    "#]].assert_eq(&said);
}
