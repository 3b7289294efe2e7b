//! Which file systems are asked, over texts of mountinfo.

use super::*;

const MOUNTINFO: &str = "\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - nfs4 srv:/export rw,vers=4.2,hard
40 27 0:44 / /home/me/My\\040Files rw - fuse.sshfs me@srv:/ rw,user_id=0
41 36 0:45 / /mnt2/cache rw - tmpfs tmpfs rw,size=4k
42 27 0:46 / /run rw - tmpfs tmpfs rw,size=4k
";

#[test]
fn only_file_systems_of_this_machine_are_asked() {
    for local in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "hugetlbfs", "sysfs"] {
        assert!(is_local(local), "{local}");
    }
    for waits in [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "9p",
        "ceph",
        "afs",
        "fuse",
        "fuse.sshfs",
        "fuseblk",
        "virtiofs",
        "lustre",
        "gfs2",
        "ocfs2",
        "glusterfs",
        "beegfs",
        "autofs",
        "ntfs",
        "",
        "something-new",
        "EXT4",
    ] {
        assert!(!is_local(waits), "{waits}");
    }
}

#[test]
fn a_line_is_taken_apart() {
    let lines: Vec<MountLine<'_>> = MountLine::all(MOUNTINFO.as_bytes()).collect();
    let nfs = MountLine {
        id: 36,
        device: "98:0",
        point: "/mnt2",
        fs_type: "nfs4",
        options: "rw,vers=4.2,hard",
    };
    assert_eq!(lines[1], nfs);
    assert_eq!(lines[2].path(), Path::new("/home/me/My Files"));
    let odd = MountLine { point: "/a\\134b\\9\\04", ..nfs };
    assert_eq!(odd.path(), Path::new("/a\\b\\9\\04"), "what is no such sign stays");
}

#[test]
fn a_line_of_another_form_is_passed_over() {
    let text =
        b"\n1\n2 1 0:1 / / rw ext4\n3 x - \n\xff 4 - ext4 a b\n5 1 0:1 / /ok rw - xfs d rw\n";
    let ids: Vec<u64> = MountLine::all(text).map(|it| it.id).collect();
    assert_eq!(ids, [5]);
}

#[test]
fn a_path_through_a_server_is_not_walked() {
    let barriers = Barriers::of(MOUNTINFO.as_bytes());
    for (path, is_free) in [
        ("/", true),
        ("/run", true),
        ("/run/user", true),
        ("/mnt2", false),
        ("/mnt2/cache", false),
        ("/mnt2x", true),
        ("/home/me", true),
        ("/home/me/My Files/tmp", false),
    ] {
        assert_eq!(barriers.are_not_on(Path::new(path)), is_free, "{path}");
    }
    let damaged = Barriers::of(b"27 1 254:0 / / rw - ext4 d rw\n36 35 98:0 /mnt1 /mnt2 rw nfs4\n");
    assert!(!damaged.are_not_on(Path::new("/run")), "what cannot be read may be a server");
}
