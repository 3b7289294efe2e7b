//! Mounts by their ids, and what hides, over texts of mountinfo.

use super::{Mounts, hidepid};

const MOUNTINFO: &str = "\
22 27 0:21 / /proc rw,relatime - proc proc rw,hidepid=invisible
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - nfs4 srv:/export rw,vers=4.2,hard
40 27 0:44 / /home/me/My\\040Files rw - fuse.sshfs me@srv:/ rw,user_id=0
";

#[test]
fn a_mount_is_known_by_its_id() {
    let mounts = Mounts::default();
    mounts.add(MOUNTINFO.as_bytes());
    assert_eq!(mounts.fs_type(27).as_deref(), Some("ext4"));
    assert_eq!(mounts.fs_type(36).as_deref(), Some("nfs4"));
    assert_eq!(mounts.fs_type(40).as_deref(), Some("fuse.sshfs"));
    assert_eq!(mounts.fs_type(35), None);
}

#[test]
fn lines_of_another_form_leave_their_mount_unknown() {
    let mounts = Mounts::default();
    mounts
        .add(b"\n1\n2 1 0:1 / / rw ext4\n3 x - \n\xff 4 - ext4 a b\n5 1 0:1 / /ok rw - xfs d rw\n");
    for id in 1..5 {
        assert_eq!(mounts.fs_type(id), None, "{id}");
    }
    assert_eq!(mounts.fs_type(5).as_deref(), Some("xfs"));
}

#[test]
fn hidepid_counts_when_this_procfs_hides() {
    assert_eq!(hidepid(MOUNTINFO.as_bytes(), "/proc"), Some("invisible"));
    assert_eq!(hidepid(MOUNTINFO.as_bytes(), "/host/proc"), None);
    for (value, hides) in [
        ("0", false),
        ("off", false),
        ("1", false),
        ("noaccess", false),
        ("2", true),
        ("ptraceable", true),
    ] {
        let line = format!("22 27 0:21 / /proc rw - proc proc rw,gid=4,hidepid={value}\n");
        assert_eq!(hidepid(line.as_bytes(), "/proc").is_some(), hides, "{value}");
    }
    assert_eq!(hidepid(b"22 27 0:21 / /proc rw - proc proc rw", "/proc"), None);
}
