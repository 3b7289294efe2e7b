//! What nobody reads holds up no capture, and what cannot be printed loses no bundle: pipes that are
//! full from the start, a stdout that is closed, and one on a full device.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{LIMIT, Missing, Said, Scene, check_bundle, run, wait_until};

const SHORT: &str = "\
schedule: { every: 500ms, samples: 3 }
collectors:
  - { plugin: '[good.c]' }
";

/// A pipe that takes nothing more. The thread ends when the reader is gone.
fn full_pipe() -> (PipeReader, PipeWriter, JoinHandle<()>) {
    let (reader, writer) = io::pipe().expect("a pipe");
    let mut filling = writer.try_clone().expect("its end");
    let filler = thread::spawn(move || while filling.write_all(b"full").is_ok() {});
    wait_until("a full pipe", || {
        let mut ends = [PollFd::new(&writer, PollFlags::OUT)];
        poll(&mut ends, Some(&Timespec::default())).is_ok_and(|n_ready| n_ready == 0)
    });
    (reader, writer, filler)
}

#[test]
fn a_full_pipe_on_stderr_holds_up_no_capture() {
    let scene = need!(Scene::new(SHORT));
    // Declared before the child: if this panics it closes, and the child goes on and ends.
    let (reader, writer, filler) = full_pipe();
    let mut command = scene.command(&[]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(writer);
    let mut child = command.spawn().expect("it starts");
    drop(command);
    wait_until("the end of the capture", || child.try_wait().expect("a child of ours").is_some());
    drop(reader);
    filler.join().expect("it only writes");

    let mut path = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut path).expect("a path");
    assert_eq!(child.wait().expect("it has ended").code(), Some(0));
    let bundle = check_bundle(&scene.path().join(path.trim_end()));
    assert_eq!(bundle.outcomes("good"), ["ok"; 3]);
}

/// The bundle is complete before its path is printed; a signal then ends the program as any other.
#[test]
fn a_full_pipe_on_stdout_holds_up_no_bundle_and_a_signal_ends_the_wait() {
    let scene = need!(Scene::new(SHORT));
    let (reader, writer, filler) = full_pipe();
    let mut command = Command::new("env");
    let inner = scene.command(&[]);
    command.arg("--default-signal=HUP,INT,TERM").arg(inner.get_program()).args(inner.get_args());
    command.current_dir(scene.path()).stdin(Stdio::null()).stdout(writer).stderr(Stdio::null());
    let mut child = KilledOnDrop(command.spawn().expect("it starts"));
    drop(command);
    wait_until("the bundle", || {
        scene.output().iter().any(|it| it.extension().is_some_and(|it| it == "zst"))
    });
    let pid = Pid::from_child(&child.0);
    let mut status = None;
    // It may be a moment before it waits, when a signal does not end it yet.
    wait_until("its end", || {
        kill_process(pid, Signal::TERM).expect("a child of ours");
        status = child.0.try_wait().expect("a child of ours");
        status.is_some()
    });
    drop(reader);
    filler.join().expect("it only writes");
    let signal = std::os::unix::process::ExitStatusExt::signal(&status.expect("its end"));
    assert_eq!(signal, Some(Signal::TERM.as_raw()));
    let [bundle] = &scene.output()[..] else { panic!("one file") };
    assert_eq!(check_bundle(bundle).outcomes("good"), ["ok"; 3]);
}

struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // Both fail once it has ended and was waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The run whose stdout the shell makes with `redirection`, and that must leave a whole bundle.
fn printed_to(redirection: &str) -> Result<Said, Missing> {
    let scene = Scene::new(SHORT)?;
    let inner = scene.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$@\" {redirection}"), "sh"]).arg(inner.get_program());
    shell.args(inner.get_args()).current_dir(scene.path());
    let said = run(shell, LIMIT);
    let [bundle] = &scene.output()[..] else { panic!("one file: {said}") };
    assert_eq!(check_bundle(bundle).outcomes("good"), ["ok"; 3]);
    Ok(said)
}

/// Who closes stdout does not want the path: no file that is opened later gets it, either.
#[test]
fn a_closed_stdout_is_no_error() {
    let said = need!(printed_to(">&-"));
    assert_eq!(said.exit, 0, "{said}");
}

#[test]
fn a_full_stdout_is_an_error_that_has_the_path() {
    if File::create("/dev/full").is_err() {
        skip_or_fail!("no /dev/full");
    }
    let said = need!(printed_to(">/dev/full"));
    assert_eq!(said.exit, 1, "{said}");
    let text = said.to_string();
    expect_test::expect!["error: the bundle is out/[HOST]-[TIME].tar.zst, but: cannot write to stdout: No space left on device (os error 28)"].assert_eq(text.lines().last().expect("a line"));
}
