//! Files that are no plugins, or not for this machine, or not to be trusted: many in one manifest,
//! between two good collectors. Each is a row with its reason; `collector check` says the same.

mod hostile;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use expect_test::expect;

use crate::support::{
    Missing, SmallDisk, c_plugin, check_bundle, collector, installed, run_as_user,
};
use hostile::Hostile;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set the mode");
}

fn not_plain_files(hostile: &mut Hostile) {
    hostile.add("missing", "./missing", "");
    fs::create_dir(hostile.at("directory")).expect("create a directory");
    hostile.add("directory", "./directory", "");
    let (kind, rights) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR);
    rustix::fs::mknodat(rustix::fs::CWD, hostile.at("pipe"), kind, rights, 0).expect("a pipe");
    hostile.add("pipe", "./pipe", "");
    hostile.add("device", "/dev/zero", "");
    symlink("nowhere", hostile.at("dangling")).expect("link");
    hostile.add("dangling", "./dangling", "");
    symlink("loop", hostile.at("loop")).expect("link");
    hostile.add("loop", "./loop", "");
    hostile.add("long-name", format!("./{}", "n".repeat(300)), "");
    hostile.add("long-path", format!("./{}so", "./".repeat(5000)), "");
}

fn not_libraries(hostile: &mut Hostile) {
    hostile.file("empty", b"");
    hostile.file("text", b"hello\n");
    hostile.file("archive", b"!<arch>\nplugin.o/       0");
    hostile.file("page", b"<!DOCTYPE html><html>");
    hostile.patched("object", 16, 1);
    hostile.add("program", "/bin/sh", "");
    let good = hostile.good.clone();
    for (name, bytes) in [("cut-30", 30), ("cut-3000", 3000), ("cut-1", good.len() - 1)] {
        hostile.file(name, &good[..bytes]);
    }
    let huge = fs::File::options().append(true).open(hostile.file("huge", &good)).expect("open");
    huge.set_len(600 << 20).expect("a file with a hole");
    hostile.patched("many-headers", 0x39, 0xff);
    hostile.patched("far-headers", 0x27, 0xff);
}

fn not_for_this_machine(hostile: &mut Hostile) -> Result<(), Missing> {
    hostile.patched("other-machine", 18, 243);
    hostile.patched("other-class", 4, 1);
    hostile.patched("other-order", 5, 2);
    hostile.replaced("later-glibc", &[("GLIBC_2.", "GLIBC_9.")]);
    for name in ["musl", "execstack"] {
        hostile.add(name, c_plugin(name)?, "");
    }
    Ok(())
}

fn not_described(hostile: &mut Hostile) -> Result<(), Missing> {
    let (owner, entry) = (("collector\0", "collectoR\0"), ("entry_v1", "entry_v2"));
    hostile.replaced("no-note", &[owner]);
    hostile.replaced("other-entry", &[owner, entry]);
    hostile.replaced("note-other-entry", &[entry]);
    hostile.replaced("not-json", &[("{\"name\":", "{'name':")]);
    hostile.replaced("other-abi", &[("\"abi\":\"1.0\"", "\"abi\":\"2.0\"")]);
    hostile.replaced("no-version", &[("\"version\":", "\"Version\":")]);
    hostile.add("two-notes", c_plugin("two-notes")?, "");
    hostile.add("other-sum", c_plugin("good")?, &format!(", sha256: {}", "0".repeat(64)));
    Ok(())
}

fn not_trusted(hostile: &mut Hostile) {
    let good = hostile.good.clone();
    mode(&hostile.file("writable", &good), 0o666);
    let below = hostile.at("below");
    fs::create_dir(&below).expect("create a directory");
    fs::write(below.join("lib.so"), &good).expect("write a file");
    mode(&below, 0o777);
    hostile.add("writable-parent", "./below/lib.so", "");
    symlink("below/lib.so", hostile.at("link")).expect("link");
    hostile.add("link-there", "./link", "");
}

#[test]
fn every_hostile_file_is_a_row_and_the_others_are_complete() {
    let mut hostile = need!(Hostile::new());
    not_plain_files(&mut hostile);
    not_libraries(&mut hostile);
    need!(not_for_this_machine(&mut hostile));
    need!(not_described(&mut hostile));
    not_trusted(&mut hostile);
    let in_rows = hostile.captured();
    expect![[r#"
        missing: plugin: ./missing: there is no such file; correct the path, or copy the plugin there
        directory: plugin: ./directory: a directory, not a regular file; name the plugin's library
        pipe: plugin: ./pipe: a named pipe, not a regular file; name the plugin's library
        device: plugin: /dev/zero: a device, not a regular file; name the plugin's library
        dangling: plugin: ./dangling: is a symbolic link to nowhere, which is not there; correct the link, or name the library itself
        loop: plugin: ./loop: its symbolic links lead in a circle; correct them, or name the library itself
        long-name: plugin: ./nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…(152 characters)…nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: cannot be opened: File name too long (os error 36); correct the path, or copy the plugin to another place
        long-path: plugin: ././././././././././././././././././././././././././././././././././././././././././././././././././…(9854 characters)…././././././././././././././././././././././././so: there is no such file; correct the path, or copy the plugin there
        empty: plugin: ./empty: the file is 0 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
        text: plugin: ./text: not a shared library (it starts with "hello\n"): a text file; was the plugin's source named instead of the library?
        archive: plugin: ./archive: not a shared library (it starts with "!<arch>\n"): a static archive (.a); name the shared library, linked with -shared
        page: plugin: ./page: not a shared library (it starts with "<!DOCTYP"): a web page or XML; was a login or error page downloaded instead?
        object: plugin: ./object: an object file (.o), not a shared library; link it with -shared
        program: plugin: /bin/sh: a program, not a plugin; a plugin is a shared library, linked with -shared
        cut-30: plugin: ./cut-30: the file is 30 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
        cut-3000: plugin: ./cut-3000: the file is 3000 bytes, its headers need [WHOLE]: the copy was cut; copy it again and compare sha256sum on both sides
        cut-1: plugin: ./cut-1: the file is [WHOLE - 1] bytes, its headers need [WHOLE]: the copy was cut; copy it again and compare sha256sum on both sides
        huge: plugin: ./huge: the file is 629145600 bytes, over the limit of 536870912 for a plugin; strip it
        many-headers: plugin: ./many-headers: damaged: its program headers cannot be right; copy it again or ask its author
        far-headers: plugin: ./far-headers: damaged: its program headers cannot be right; copy it again or ask its author
        other-machine: plugin: ./other-machine: built for riscv64, this machine is [OURS]; use the plugin's build for [OURS]
        other-class: plugin: ./other-class: built as 32-bit (ELFCLASS32), this program is 64-bit (ELFCLASS64); use the plugin's build for this machine
        other-order: plugin: ./other-order: built for big-endian byte order, this machine is little-endian; use the plugin's build for this machine
        later-glibc: plugin: ./later-glibc: needs glibc [LATER], this machine has [OURS]; rebuild it against an older one (an old build container, or cargo zigbuild --target ...-gnu.2.17)
        musl: plugin: [PLUGINS]/libmusl.so: linked with musl libc (libc.musl-x86_64.so.1), this program uses glibc: two C libraries do not mix in a process; build it for a -gnu target
        execstack: plugin: [PLUGINS]/libexecstack.so: asks for an executable stack, which glibc 2.41 and security modules refuse; link it with -z noexecstack
        no-note: plugin: ./no-note: not a collector plugin, or built without the note that describes it (section .note.collector); build it with collector_plugin! in Rust or COLLECTOR_DESCRIPTION in C
        other-entry: plugin: ./other-entry: made for plugin ABI 2, this program speaks ABI 1; use the plugin's build for ABI 1, or a version of this program that speaks its ABI
        note-other-entry: plugin: ./note-other-entry: describes a plugin but exports no collector_plugin_entry_v1; export it (collector_plugin! in Rust, visibility "default" in C)
        not-json: plugin: ./not-json: its description is not JSON (key must be a string at line 1 column 2); ask its author for a repaired build
        other-abi: plugin: ./other-abi: made for plugin ABI 2, this program speaks ABI 1; use the plugin's build for ABI 1, or a version of this program that speaks ABI 2
        no-version: plugin: ./no-version: its description lacks `version`, which must be a text of 1 to 64 bytes; ask its author for a repaired build
        two-notes: plugin: [PLUGINS]/libtwo_notes.so: holds two descriptions (notes in .note.collector); one plugin per library: link one of them out
        other-sum: sha256: [PLUGINS]/libgood.so: its sha256 is [SHA256], the manifest pins [ZEROS]; get the pinned file, or correct `sha256` if the new one is meant
        writable: plugin: ./writable: [DIR]/writable is writable by everybody (mode 0666), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
        writable-parent: plugin: ./below/lib.so: [DIR]/below is writable by everybody (mode 0777), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
        link-there: plugin: ./link: [DIR]/below is writable by everybody (mode 0777), who could replace it; run `chmod o-w` on it, or copy the plugin to a directory of root
    "#]].assert_eq(&in_rows);

    let said = collector(hostile.scene.path(), &["check", "m.yaml"]);
    assert_eq!(said.exit, 3, "{said}");
    let checked = hostile.reasons(|name| {
        let prefix = format!("{name}: refused: ");
        let line = said.stdout.lines().find_map(|line| line.strip_prefix(&prefix));
        line.unwrap_or_else(|| panic!("{name} is not in {said}")).to_owned()
    });
    assert_eq!(checked, in_rows);
}

#[test]
fn a_file_of_somebody_else_is_refused() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("only root can give a file away");
    }
    let mut hostile = need!(Hostile::new());
    let good = hostile.good.clone();
    chown(hostile.file("given-away", &good), Some(12345), None).expect("give away");
    expect![[r#"
        given-away: plugin: ./given-away: [DIR]/given-away is owned by uid 12345, who is not root, the caller (uid 0) or the owner of this program, and could replace it; `chown` it, or copy the plugin to a directory of root
    "#]].assert_eq(&hostile.captured());
}

#[test]
fn a_plugin_on_a_mount_without_execution_is_refused() {
    let mut hostile = need!(Hostile::new());
    let _disk = need!(SmallDisk::at(&hostile.at("mount"), "4m,noexec"));
    fs::write(hostile.at("mount/lib.so"), &hostile.good).expect("write a file");
    hostile.add("noexec", "./mount/lib.so", "");
    expect![[r#"
        noexec: plugin: ./mount/lib.so: lies on a file system that is mounted noexec, so it cannot be loaded; copy it to another one, such as /usr/local/lib/collector/plugins
    "#]].assert_eq(&hostile.captured());
}

#[test]
fn an_ordinary_user_is_told_what_may_not_be_read() {
    let dir = installed();
    let library = need!(c_plugin("good"));
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).expect("create a directory");
    for path in ["good.so", "unreadable.so", "closed/lib.so"] {
        fs::copy(&library, dir.path().join(path)).expect("copy the library");
    }
    // A group that may write there harms only this user, who may as well trust it.
    if rustix::process::geteuid().is_root() {
        chown(dir.path().join("good.so"), None, Some(12345)).expect("change the group");
    }
    mode(&dir.path().join("good.so"), 0o664);
    mode(&dir.path().join("unreadable.so"), 0);
    mode(&closed, 0);
    let manifest = "\
version: 1
output: { min_free: 0, directory: . }
collectors:
  - { plugin: ./good.so, name: before }
  - { plugin: ./unreadable.so, name: file }
  - { plugin: ./closed/lib.so, name: directory }
  - { plugin: ./good.so, name: after }
";
    fs::write(dir.path().join("m.yaml"), manifest).expect("write the manifest");
    let said = need!(run_as_user(dir.path(), &["--output", ".", "../m.yaml"]));
    mode(&closed, 0o700);
    let path = said.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no path: {said}"));
    let bundle = check_bundle(&dir.path().join("out").join(path));
    assert_eq!([bundle.outcomes("before"), bundle.outcomes("after")], [["ok"]; 2]);
    let uid = format!("(uid {})", bundle.capture["host"]["uid"]);
    let reasons = ["file", "directory"].map(|name| {
        let row = bundle.row(0, name);
        assert_eq!(row["outcome"], "refused", "{row:#}");
        row["reason"].as_str().expect("a reason").replace(&uid, "(uid [UID])")
    });
    expect![[r#"
        ../m.yaml:5:7: collectors[1].plugin: .././unreadable.so: the caller (uid [UID]) may not read it; run with sudo, or `chmod a+r` the file and `a+x` the directories above it
        ../m.yaml:6:7: collectors[2].plugin: .././closed/lib.so: the caller (uid [UID]) may not read it; run with sudo, or `chmod a+r` the file and `a+x` the directories above it"#]].assert_eq(&reasons.join("\n"));
}
