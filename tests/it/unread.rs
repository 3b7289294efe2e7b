//! What nobody reads holds up no capture: a pipe on stderr that is full from the start.

use std::io::{self, Read, Write};
use std::process::Stdio;
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::support::{Scene, check_bundle, wait_until};

#[test]
fn a_full_pipe_on_stderr_holds_up_no_capture() {
    let scene = need!(Scene::new(
        "schedule: { every: 20ms, samples: 20 }\ncollectors:\n  - { plugin: '[good.c]' }\n"
    ));
    // Declared before the child: if this panics it closes, and the child goes on and ends.
    let (reader, writer) = io::pipe().expect("a pipe");
    let mut filling = writer.try_clone().expect("its end");
    // Ends when the reader is gone.
    let filler = thread::spawn(move || while filling.write_all(b"full").is_ok() {});
    wait_until("a full pipe", || {
        let mut ends = [PollFd::new(&writer, PollFlags::OUT)];
        poll(&mut ends, Some(&Timespec::default())).is_ok_and(|n_ready| n_ready == 0)
    });
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
    assert_eq!(bundle.outcomes("good"), ["ok"; 20]);
}
