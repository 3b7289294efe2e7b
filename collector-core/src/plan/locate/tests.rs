//! Where plugins are found, and what is said when they are not.

use expect_test::expect;

use super::*;

/// Two directories with empty files for libraries.
fn places(dir: &Path) -> Places {
    for (place, file) in
        [("own", "libmeminfo.so"), ("bin", "libmeminfo.so"), ("bin", "libfd_scan.so"), ("bin", "x")]
    {
        fs::create_dir_all(dir.join(place)).expect("make a directory");
        fs::write(dir.join(place).join(file), "").expect("write a file");
    }
    Places::new(&[dir.join("own"), dir.join("missing")], Some(&dir.join("bin")))
}

#[test]
fn the_first_directory_that_has_the_file_decides() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let places = places(dir.path());
    let found = |asked| places.locate(asked).expect(asked);
    assert_eq!(found("meminfo"), dir.path().join("own/libmeminfo.so"));
    assert_eq!(found("fd-scan"), dir.path().join("bin/libfd_scan.so"));
    assert_eq!(found("./libx.so"), Path::new("./libx.so"));
    let listed = places.libraries();
    assert_eq!(listed.len(), 3);
    assert!(!places.is_beside_program(&listed[0]) && places.is_beside_program(&listed[1]));
}

#[test]
fn a_plugin_that_is_nowhere_names_the_file_and_the_places() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let error = places(dir.path()).locate("fd-scna").expect_err("no such plugin").to_string();
    expect!["no libfd_scna.so in [DIR]/own, [DIR]/missing, [DIR]/bin, [DIR]/lib/collector/plugins, /usr/local/lib/collector/plugins, /usr/lib/collector/plugins; did you mean `fd-scan`?; `collector plugin list` shows the plugins there are; add its directory to `plugin_directories`, or write the path of its library"].assert_eq(&error.replace(&dir.path().display().to_string(), "[DIR]"));
}
