//! Bundles as other programs see them: `tar`, `zstd`, `sha256sum`; and what is never overwritten.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use expect_test::expect;

use super::*;
use crate::bundle::testing::*;

/// Runs a shell line in `directory`; its output, errors included, and whether it succeeded.
fn shell(directory: &Path, line: &str) -> (bool, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; umask 022; {line}")])
        .current_dir(directory)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .output()
        .expect("a shell");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn plain_tar_and_sha256sum_read_a_bundle() {
    let place = tempfile::tempdir().expect("a directory");
    small_bundle(place.path());
    let (_, listing) = shell(place.path(), "tar --zstd -tvf *.tar.zst | tr -s ' '");
    expect![[r#"
        -rw------- 0/0 942 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/capture.json
        -rw------- 0/0 11 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/manifest.yaml
        drwx------ 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/
        -rw------- 0/0 21 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/meminfo
        -rw------- 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/empty
        -rw------- 0/0 5890 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/zoneinfo
        -rw------- 0/0 700 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/deep/er/noise
        -rw------- 0/0 939 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/sample.json
        -rw------- 0/0 21 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/meminfo
        -rw------- 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/empty
        -rw------- 0/0 5890 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/zoneinfo
        -rw------- 0/0 700 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/deep/er/noise
        -rw------- 0/0 943 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/sample.json
        -rw------- 0/0 21 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/meminfo
        -rw------- 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/empty
        -rw------- 0/0 5890 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/zoneinfo
        -rw------- 0/0 700 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/deep/er/noise
        -rw------- 0/0 943 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/sample.json
        -rw------- 0/0 1216 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/index.json
        -rw------- 0/0 1904 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/SHA256SUMS
    "#]]
    .assert_eq(&listing);
    for line in ["tar --zstd -xf *.tar.zst", "zstd -dcq *.tar.zst | tar -x"] {
        let line = format!("rm -rf web1*Z && {line} && cd web1*Z && sha256sum -c SHA256SUMS");
        let (is_good, said) = shell(place.path(), &line);
        assert!(is_good, "{said}");
        assert_eq!(said.lines().filter(|it| it.ends_with(": OK")).count(), 18, "{said}");
    }
    let root = place.path().join("web1-ACME-1234-20261123T024512Z");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o7777;
    assert_eq!(mode(&root), 0o700);
    assert_eq!(mode(&root.join("capture.json")), 0o600);
    let (is_good, said) = shell(place.path(), "zstd -tq *.tar.zst && zstd -lv *.tar.zst");
    assert!(is_good && said.contains("Check: XXH64"), "{said}");
}
