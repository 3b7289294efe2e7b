//! `/proc/PID/fdinfo/FD` of descriptors that watch files, inotify and fanotify: how many watches
//! each has.
//!
//! The lines are those of the kernel's `fs/notify/fdinfo.c`: `inotify wd:1 ino:9e7e ...` for each
//! watch, `fanotify ino:...`, `mnt_id:...` and the like for each mark, after one `fanotify flags:...`
//! of the whole. `procfs` does not read them.

use super::line::{BadLines, Read, What, each_raw_line, small};
use super::records::{Record, each_record};

/// A descriptor that watches files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watcher<'a> {
    /// Its process.
    pub pid: u32,
    /// Its number.
    pub fd: u32,
    /// Its watches or marks, those included whose lines were not stored.
    pub watches: u64,
    /// The text, or the beginning of it.
    pub text: &'a [u8],
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Watcher<'_>>> {
    let mut bad = BadLines::default();
    let mut watchers = Vec::new();
    each_record(text, &mut bad, |record, bad| match watcher(&record, bad) {
        Ok(watcher) => watchers.push(watcher),
        Err(what) => bad.push(record.line, what, record.text.trim_ascii_end()),
    });
    Read { value: watchers, bad }
}

fn watcher<'a>(record: &Record<'a>, bad: &mut BadLines) -> Result<Watcher<'a>, What> {
    let fd = record.file.strip_prefix("fdinfo/").ok_or("it is of no descriptor")?;
    let (fd, mut watches) = (small(Some(fd))?, 0);
    let mut of_record = BadLines::default();
    each_raw_line(record.text, &mut of_record, |_, line| {
        watches += u64::from(is_watch(line));
        Ok(())
    });
    // Watches come last, so what follows them are more of them.
    let n_left_out = record.n_left_out.ok_or("it is not told how many lines are left out")?;
    if watches == 0 && n_left_out > 0 {
        return Err("it is not told what its lines that are left out are");
    }
    bad.append_from(of_record, record.line);
    let watches = watches.saturating_add(n_left_out);
    Ok(Watcher { pid: record.pid, fd, watches, text: record.text })
}

fn is_watch(line: &[u8]) -> bool {
    line.starts_with(b"inotify ")
        || line.strip_prefix(b"fanotify ").is_some_and(|it| !it.starts_with(b"flags:"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::record;
    use super::*;

    const HEAD: &str = "pos:\t0\nflags:\t02004000\nmnt_id:\t17\nino:\t1038\n";
    const WATCH: &str = "inotify wd:1 ino:a49231 sdev:fe00000 mask:2 ignored_mask:0 \
                         fhandle-bytes:8 fhandle-type:1 f_handle:3192a400b7634d42\n";

    fn check(text: &[u8], expected: expect_test::Expect) {
        let read = read(text);
        let mut told = String::new();
        for it in &read.value {
            told.push_str(&format!("{} of {}: {}\n", it.fd, it.pid, it.watches));
        }
        for bad in read.bad.kept() {
            told.push_str(&format!("{bad}\n"));
        }
        expected.assert_eq(&told);
    }

    #[test]
    fn watches_and_marks_are_counted() {
        let marks = format!(
            "{HEAD}fanotify flags:10 event-flags:0\nfanotify ino:68f71 sdev:800013 mflags:0 \
             mask:1b ignored_mask:0\nfanotify mnt_id:12 mflags:40 mask:38 ignored_mask:40000003\n"
        );
        let texts = [
            record(7, "fdinfo/3", HEAD.as_bytes()),
            record(7, "fdinfo/4", format!("{HEAD}{WATCH}{WATCH}").as_bytes()),
            record(8, "fdinfo/9", marks.as_bytes()),
            record(9, "fdinfo/5 (4000 lines left out)", format!("{HEAD}{WATCH}").as_bytes()),
        ];
        check(
            &texts.concat(),
            expect![[r#"
                3 of 7: 0
                4 of 7: 2
                9 of 8: 2
                5 of 9: 4001
            "#]],
        );
    }

    #[test]
    fn damage_is_told_and_not_counted() {
        let texts = [
            record(7, "fdinfo/x", HEAD.as_bytes()),
            record(7, "status", HEAD.as_bytes()),
            record(7, "fdinfo/3 (5 lines left out)", HEAD.as_bytes()),
            record(7, "fdinfo/4", format!("{WATCH}inotify wd").as_bytes()),
            record(8, "fdinfo/4", WATCH.as_bytes()),
        ];
        check(
            &texts.concat(),
            expect![[r#"
            4 of 7: 1
            4 of 8: 1
            line 2: what should be a number is none: "pos:\t0\nflags:\t02004000\nmnt_id:\t17\nino:\t1038"
            line 8: it is of no descriptor: "pos:\t0\nflags:\t02004000\nmnt_id:\t17\nino:\t1038"
            line 14: it is not told what its lines that are left out are: "pos:\t0\nflags:\t02004000\nmnt_id:\t17\nino:\t1038"
            line 21: the text ends within this line: "inotify wd"
        "#]],
        );
    }
}
