//! Every target over its seeds and regressions, and over random damage to them: a short run of
//! what `cargo fuzz` does for longer (`docs/fuzzing.md`).

use std::path::Path;

use plugin_api::testing::fuzz;

use super::*;

fn check(name: &str, n_rounds: u32, target: fn(&[u8])) {
    fuzz(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz"), name, n_rounds, target);
}

#[test]
fn no_damage_breaks_the_manifest() {
    check("manifest", 1000, manifest);
}

#[test]
fn no_damage_breaks_the_inspection_of_a_plugin() {
    check("elf", 5000, elf);
}

#[test]
fn no_damage_breaks_the_description_of_a_plugin() {
    check("description", 500, description);
}

#[test]
fn no_damage_breaks_the_frames_of_a_worker() {
    check("reports", 2000, reports);
    check("delivery", 2000, delivery);
}

#[test]
fn no_damage_breaks_the_commands_to_a_worker() {
    check("commands", 2000, commands);
}

#[test]
fn no_damage_breaks_a_bundle() {
    check("bundle", 500, bundle);
    check("tar", 500, tar);
}

#[test]
fn no_damage_breaks_a_reader() {
    check("readers", 1000, readers);
}

#[test]
fn no_damage_breaks_a_word_or_a_line() {
    check("texts", 5000, texts);
}

#[test]
fn no_damage_breaks_a_profile() {
    check("pprof", 1000, pprof);
}

/// Damage to what is refused anyway would show little.
#[test]
fn the_seeds_are_good() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    let read = |path: &Path| std::fs::read(path).expect("a seed");
    let in_directory = |name: &str| {
        let entries = std::fs::read_dir(seeds.join(name)).expect("seeds");
        entries.map(|it| it.expect("an entry").path()).collect::<Vec<_>>()
    };
    for path in in_directory("manifest") {
        let text = String::from_utf8(read(&path)).expect("text");
        let manifest = crate::manifest::Manifest::parse("m.yaml", &text, &|_| Some("x".to_owned()));
        assert!(manifest.is_ok(), "{}: {manifest:?}", path.display());
    }
    for path in in_directory("description") {
        let description = crate::plan::Description::parse(&read(&path));
        assert!(description.is_ok(), "{}: {description:?}", path.display());
    }
    for path in in_directory("pprof") {
        let profile = crate::analysis::readers::pprof::read(&read(&path));
        assert!(profile.is_ok_and(|it| !it.samples.is_empty()), "{}", path.display());
    }
    let verdict = crate::bundle::verify::verify(&seeds.join("bundle/whole"));
    assert!(verdict.expect("a bundle").is_good());
}
