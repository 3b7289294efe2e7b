//! Which tmpfs are asked and what the table says, over texts of mountinfo; and once this machine's.

use expect_test::expect;

use super::*;

const MOUNTINFO: &str = "\
27 1 254:0 / / rw - ext4 /dev/vda rw
24 27 0:6 / /dev rw - devtmpfs devtmpfs rw
25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw
30 25 0:27 / /dev/shm rw - tmpfs tmpfs rw
31 27 0:28 / /mnt/my\\040files rw - tmpfs tmpfs rw
32 27 0:28 /a /bound rw - tmpfs tmpfs rw
";

#[test]
fn each_tmpfs_has_a_line_and_what_does_not_tell_has_no_numbers() {
    let mut asked = Vec::new();
    let table = table(MOUNTINFO.as_bytes(), |mount| {
        asked.push(format!("{} {}", mount.device, mount.point));
        // The first is hidden by the second.
        let usage = Usage { size_bytes: 8192, used_bytes: 4096 };
        (!matches!(mount.device, "0:23") && mount.point != "/mnt/my\\040files").then_some(usage)
    });
    expect![[r#"
        device	type	mount_point	size_bytes	used_bytes
        0:6	devtmpfs	/dev	8192	4096
        0:23	tmpfs	/dev/shm		
        0:27	tmpfs	/dev/shm	8192	4096
        0:28	tmpfs	/bound	8192	4096
    "#]]
    .assert_eq(&table.text);
    assert_eq!((table.n_not_asked, table.first_not_asked.as_deref()), (1, Some("/dev/shm")));
    assert_eq!(
        asked,
        ["0:6 /dev", "0:23 /dev/shm", "0:27 /dev/shm", "0:28 /mnt/my\\040files", "0:28 /bound"]
    );
}

#[test]
fn a_table_of_many_mounts_is_bounded_and_the_rest_is_counted() {
    let line = |n: usize| format!("{n} 1 0:{n} / /run/{n} rw - tmpfs tmpfs rw\n");
    let mountinfo: String = (1..=MAX_ROWS + 7).map(line).collect();
    let table = table(mountinfo.as_bytes(), |_| None);
    assert_eq!((table.text.lines().count(), table.n_left_out), (MAX_ROWS + 1, 7));
}

#[test]
fn a_tmpfs_of_this_machine_tells_when_its_device_is_asked() {
    let mountinfo = std::fs::read("/proc/self/mountinfo").expect("every kernel has it");
    let shm = MountLine::all(&mountinfo).filter(|it| it.point == "/dev/shm").last();
    let Some(shm) = shm.filter(|it| it.fs_type == "tmpfs") else { return };
    let usage = ask(&shm.path(), shm.device).expect("it is seen there");
    assert!(usage.used_bytes <= usage.size_bytes, "{usage:?}");
    assert_eq!(ask(&shm.path(), "0:0"), None, "another device");
    assert_eq!(ask(Path::new("/proc"), "0:0"), None, "no tmpfs");
}
