//! `collector plugin new` as a new author meets it: an empty directory, the program, and the tools
//! of the language. Each project is built and tested by the words of its README, then run alone, in
//! every check, and in a capture.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use expect_test::expect;

use crate::author::checks_and_runs;
use crate::support::{check_bundle, collector, go_in, has_program, installed, run_as_user, tool};

/// A new project `acme-store` of this language, in a place of its own that stays the same: cargo
/// would build everything again for another.
fn project(language: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-new").join(language);
    // The first run has nothing there.
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("create a directory under target");
    let said = collector(&place, &["plugin", "new", "acme-store", "--lang", language]);
    assert_eq!((said.exit, said.stdout.as_str()), (0, "acme-store\n"), "{said}");
    place.join("acme-store")
}

/// Describes the library, checks it, and takes one sample, by the project's manifest, of a directory
/// with the files `one` and `two`; gives the number of files it found. `options` are further lines of
/// the configuration.
fn describe_check_and_run(project: &Path, library: &str, options: &str) -> String {
    let said = collector(project, &["plugin", "describe", library]);
    assert_eq!(said.exit, 0, "{said}");
    assert!(said.stdout.starts_with("acme-store 0.1.0: Space and files"), "{said}");

    let watched = tempfile::tempdir().expect("a temporary directory");
    for name in ["one", "two"] {
        fs::write(watched.path().join(name), "x").expect("write a file");
    }
    let text = fs::read_to_string(project.join("manifest.yaml")).expect("read the manifest");
    assert!(text.contains("path: /tmp\n"), "{text}");
    let config = format!("path: {}\n{}", watched.path().display(), options.trim_start());
    checks_and_runs(project, library, &config);
    let path = format!("path: {}\n{options}", watched.path().display());
    // The tests have cargo build elsewhere.
    let text = text.replace("path: /tmp\n", &path).replace("./target/", "../target/");
    fs::write(project.join("m.yaml"), text).expect("write the manifest");
    let said = collector(project, &["run", "--samples", "1", "m.yaml"]);
    assert_eq!(said.exit, 0, "{said}");
    let bundle = project.join(said.stdout.trim_end());
    let checked = check_bundle(&bundle);
    fs::remove_file(bundle).expect("remove the bundle");
    assert_eq!(checked.outcomes("acme-store"), ["ok"]);
    let page = String::from_utf8(checked.file(0, "acme-store/metrics")).expect("a text");
    let n_files = page.lines().find_map(|line| line.strip_prefix("acme_store_files "));
    n_files.unwrap_or_else(|| panic!("no number of files: {page}")).to_owned()
}

/// A directory without a file is a reading of nothing; a file in its place, a directory that is
/// gone and one that may not be read are none.
fn reads_only_what_it_can(project: &Path, library: &str) {
    let dir = installed();
    let place = |name: &str| dir.path().join(name).display().to_string();
    for name in ["empty", "closed"] {
        fs::create_dir(place(name)).expect("create a directory");
    }
    fs::set_permissions(place("closed"), Permissions::from_mode(0o000)).expect("set the mode");
    fs::write(place("file"), "x").expect("write a file");
    fs::copy(project.join(library), place("libit.so")).expect("copy the library");

    checks_and_runs(dir.path(), &place("libit.so"), &format!("path: {}\n", place("empty")));
    let mut manifest = "version: 1\nschedule: { every: 1s, samples: 1 }\ncollectors:\n".to_owned();
    for name in ["empty", "closed", "file", "gone"] {
        let (library, path) = (place("libit.so"), place(name));
        let config = format!("config: {{ path: {path} }}");
        manifest.push_str(&format!("  - {{ plugin: {library}, name: {name}, {config} }}\n"));
    }
    fs::write(place("m.yaml"), manifest).expect("write the manifest");
    let said = need!(run_as_user(dir.path(), &[&place("m.yaml")]));
    assert_eq!(said.exit, 4, "{said}");
    // Whoever ran it may remove it.
    fs::set_permissions(place("closed"), Permissions::from_mode(0o700)).expect("set the mode");
    let bundle = check_bundle(&dir.path().join("out").join(said.stdout.trim_end()));
    for (name, outcome) in
        [("empty", "ok"), ("closed", "denied"), ("file", "failed"), ("gone", "unavailable")]
    {
        let row = bundle.row(0, name);
        assert_eq!(row["outcome"], outcome, "{row:#}");
        let n_files = row["files"].as_array().map_or(0, Vec::len);
        assert_eq!(n_files, usize::from(outcome == "ok"), "{row:#}");
        let reason = row["reason"].as_str().unwrap_or_default();
        let advice = "; let `path` of the configuration name a directory, and run with sudo if you \
                      may not read it";
        assert!(outcome == "ok" || reason.ends_with(advice), "{row:#}");
    }
}

/// The option of the tutorial, set so that of two files one is counted.
const SUFFIX: &str = "      suffix: o\n";

/// Changes the project as the tutorial says in its block for this language.
fn follow_the_tutorial(project: &Path, language: &str) {
    let blocks = tutorial(&format!("diff {language}"));
    let [change] = blocks.as_slice() else { panic!("one change, not {}", blocks.len()) };
    fs::write(project.join("option.diff"), change).expect("write the change");
    tool(project, "patch", &["-p0", "--fuzz=0", "-i", "option.diff"]);
}

/// The blocks of `docs/writing-a-plugin.md` that are fenced with this word.
fn tutorial(fence: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/writing-a-plugin.md");
    let text = fs::read_to_string(path).expect("read the tutorial");
    let fence = format!("\n```{fence}\n");
    let blocks = text.split(&fence).skip(1);
    blocks.map(|it| it.split_once("```").expect("a closed block").0.to_owned()).collect()
}

#[test]
fn a_project_in_c_builds_passes_its_tests_and_runs() {
    if !has_program("cc") || !has_program("make") {
        skip_or_fail!("no C compiler, or no make");
    }
    let project = project("c");
    let said = tool(&project, "make", &[]);
    assert!(!said.stderr.contains("warning"), "{said}");
    let said = tool(&project, "make", &["test"]);
    assert!(said.stdout.ends_with("all tests passed\n"), "{said}");
    assert_eq!(describe_check_and_run(&project, "./libacme_store.so", ""), "2");
    reads_only_what_it_can(&project, "./libacme_store.so");

    follow_the_tutorial(&project, "c");
    tool(&project, "make", &["all", "test"]);
    assert_eq!(describe_check_and_run(&project, "./libacme_store.so", SUFFIX), "1");
}

#[test]
fn a_project_in_cpp_builds_passes_its_tests_and_runs() {
    if !has_program("c++") || !has_program("make") {
        skip_or_fail!("no C++ compiler, or no make");
    }
    let project = project("cpp");
    let said = tool(&project, "make", &[]);
    assert!(!said.stderr.contains("warning"), "{said}");
    let said = tool(&project, "make", &["test"]);
    assert!(said.stdout.ends_with("all tests passed\n"), "{said}");
    let library = "./libacme_store.so";
    let said = collector(&project, &["plugin", "describe", library]);
    assert!(said.stdout.starts_with("acme-store 0.1.0: The numbers of a status file"), "{said}");
    fs::write(project.join("status"), "sessions 3\n").expect("write a status file");
    let config = format!("file: {}/status\n", project.display());
    fs::write(project.join("config.yaml"), config).expect("write the configuration");
    let said =
        collector(&project, &["plugin", "run", library, "--config", "config.yaml", "--show"]);
    assert_eq!(said.exit, 0, "{said}");
    assert!(said.stdout.contains("acme_store_sessions 3\n"), "{said}");
    let said = collector(&project, &["plugin", "check", library, "--config", "config.yaml"]);
    assert_eq!(said.exit, 0, "{said}");
}

#[test]
fn a_project_in_rust_builds_passes_its_tests_and_runs() {
    let project = project("rust");
    let said = tool(&project, "cargo", &["build", "--release"]);
    assert!(!said.stderr.contains("warning"), "{said}");
    let said = tool(&project, "cargo", &["test", "--release"]);
    assert!(said.stdout.contains("\ntest the_description_fits_the_code ... ok\n"), "{said}");
    let library = "../target/release/libacme_store.so";
    assert_eq!(describe_check_and_run(&project, library, ""), "2");
    reads_only_what_it_can(&project, library);

    follow_the_tutorial(&project, "rust");
    // `env`, because this sets the variable as the tutorial does.
    tool(&project, "env", &["UPDATE_EXPECT=1", "cargo", "test", "--release"]);
    tool(&project, "cargo", &["test", "--release"]);
    tool(&project, "cargo", &["build", "--release"]);
    assert_eq!(describe_check_and_run(&project, library, SUFFIX), "1");
}

#[test]
fn a_project_in_go_builds_passes_its_tests_and_runs() {
    if !has_program("cc") {
        skip_or_fail!("no C compiler");
    }
    let project = project("go");
    let build = ["build", "-buildmode=c-shared", "-o", "libacme_store.so"];
    need!(go_in(&project, &build));
    let said = need!(go_in(&project, &["test", "-v"]));
    assert!(said.stdout.contains("--- PASS: TestPanicBecomesProblem"), "{said}");
    assert_eq!(describe_check_and_run(&project, "./libacme_store.so", ""), "2");
    reads_only_what_it_can(&project, "./libacme_store.so");

    follow_the_tutorial(&project, "go");
    for arguments in [&["generate"], &build[..], &["test"], &["vet"]] {
        need!(go_in(&project, arguments));
    }
    assert_eq!(describe_check_and_run(&project, "./libacme_store.so", SUFFIX), "1");
}

#[test]
fn what_the_tutorial_shows_is_in_the_projects() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut readmes = String::new();
    for (language, fences) in
        [("rust", &["rust"][..]), ("go", &["go"]), ("c", &["c", "json", "yaml"])]
    {
        let place = dir.path().join(language);
        fs::create_dir(&place).expect("create a directory");
        let said = collector(&place, &["plugin", "new", "acme-store", "--lang", language]);
        assert_eq!(said.exit, 0, "{said}");
        let texts: Vec<String> = files_of(&place.join("acme-store"));
        for (fence, block) in
            fences.iter().flat_map(|fence| tutorial(fence).into_iter().map(move |it| (fence, it)))
        {
            let is_there = texts.iter().any(|text| text.contains(&block));
            assert!(is_there, "the project in {language} has no such {fence}:\n{block}");
        }
        let readme = place.join("acme-store/README.md");
        readmes.push_str(&fs::read_to_string(readme).expect("read the README"));
    }
    let commands: Vec<String> = tutorial("text").concat().lines().map(str::to_owned).collect();
    let tools = [
        "make",
        "cargo ",
        "go ",
        "collector run",
        "collector report",
        "collector plugin d",
        "collector plugin check",
        "echo",
    ];
    let is_command = |line: &&String| tools.iter().any(|tool| line.starts_with(tool));
    let commands: Vec<&String> = commands.iter().filter(is_command).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        let is_there = readmes.lines().any(|line| line.starts_with(command.as_str()));
        assert!(is_there, "no README has the command {command:?}");
    }
}

/// The texts of the files of a project, those of the SDK left out.
fn files_of(project: &Path) -> Vec<String> {
    let dirs = [project.to_owned(), project.join("src")];
    let entries = dirs.iter().flat_map(|dir| fs::read_dir(dir).into_iter().flatten());
    let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|it| it.is_file());
    paths.map(|path| fs::read_to_string(path).expect("a text")).collect()
}

#[test]
fn what_is_there_stays_as_it_is() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::write(dir.path().join("mine"), "precious").expect("write a file");
    let new = |name| collector(dir.path(), &["plugin", "new", name, "--lang", "c"]);
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: mine is there already; choose another name, or remove it
    "#]]
    .assert_eq(&new("mine").to_string());
    assert_eq!(fs::read(dir.path().join("mine")).expect("read it"), b"precious");
    expect![[r#"
        exit: 0
        --- stdout
        first
        --- stderr
        next: cd first && make && make test
        first/README.md says what each file is, and how to run the plugin
    "#]]
    .assert_eq(&new("first").to_string());
    assert_eq!(new("first").exit, 2);
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: "../out" cannot be the name of a plugin: a name has a-z, 0-9 and dashes, starts with a letter, ends with no dash, and is at most 32 long
    "#]].assert_eq(&new("../out").to_string());
}
