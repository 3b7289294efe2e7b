//! The account on a disk of 1 MiB, with files that can have their space reserved and with such that
//! cannot.

use std::fs;
use std::io::Write;

use super::*;
use crate::bundle::testing::SmallDisk;

const KIB: u64 = 1 << 10;

/// It is to keep a quarter of what it has.
fn disk_of(small: &SmallDisk) -> Disk {
    let directory = File::open(small.path()).expect("a directory");
    Disk::new(directory, Bytes(256 * KIB))
}

/// Two files share the disk: what one has, another is not given, until it gives it back.
fn check_sharing(mut one: Space, mut two: Space) {
    assert_eq!(one.extend(0, 400 * KIB).expect("a disk"), None);
    let lack = two.extend(0, 400 * KIB).expect("a disk").expect("there is not as much");
    assert!(
        lack.to_string().contains(" free and is to keep 256 KiB (`output.min_free`)"),
        "{lack}"
    );
    assert_eq!(two.extend(0, 300 * KIB).expect("a disk"), None);
    drop(one);
    assert_eq!(two.extend(0, 700 * KIB).expect("a disk"), None);
    two.trim(0);
    assert_eq!(two.extend(0, 700 * KIB).expect("a disk"), None, "it was given back");
}

#[test]
fn what_one_file_has_reserved_another_is_not_granted() {
    let Some(small) = SmallDisk::new() else { return };
    let disk = disk_of(&small);
    let [one, two] = [(), ()].map(|()| disk.unnamed_file().expect("a file"));
    check_sharing(one, two);
    assert_eq!(disk.free_bytes().expect("a disk"), Bytes(1 << 20));
}

/// The system reserves nothing for a file that cannot be written: as on a file system that cannot.
#[test]
fn what_cannot_be_reserved_is_remembered_until_it_is_written() {
    let Some(small) = SmallDisk::new() else { return };
    let disk = disk_of(&small);
    let path = small.path().join("empty");
    File::create(&path).expect("a file");
    let [one, two] = [(), ()].map(|()| disk.space(File::open(&path).expect("there")));
    check_sharing(one, two);
    assert_eq!(*disk.0.unseen.lock().expect("no panic"), 0, "all was given back");

    let mut space = disk.space(File::open(&path).expect("there"));
    assert_eq!(space.extend(0, 400 * KIB).expect("a disk"), None);
    fs::write(&path, vec![1; 300 << 10]).expect("there is room");
    // Counted twice, the rest would not be there.
    assert_eq!(space.extend(300 * KIB, 700 * KIB).expect("a disk"), None);
    assert!(space.extend(300 * KIB, 800 * KIB).expect("a disk").is_some());
}

#[test]
fn what_is_reserved_can_be_written_on_a_full_disk() {
    let Some(small) = SmallDisk::new() else { return };
    let mut space = disk_of(&small).unnamed_file().expect("a file");
    assert_eq!(space.extend(0, 400 * KIB).expect("a disk"), None);
    let filled = fs::write(small.path().join("somebody-else"), vec![0; 1 << 20]);
    assert!(filled.is_err(), "it takes all there is");
    space.file().write_all(&vec![1; 400 << 10]).expect("it was granted");
    let lack = space.extend(400 * KIB, 500 * KIB).expect("a disk").expect("it is full");
    assert!(lack.to_string().starts_with("the disk has 0 B free and is to keep"), "{lack}");
}
