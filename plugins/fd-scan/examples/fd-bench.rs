//! Measures the scan against a loop in C and against `lsof`, over processes that hold descriptors.
//!
//! `plugins/fd-scan/benches/fd-scan.sh` builds and calls it. The plugin is loaded from its library
//! and called through its C table, with a host that counts and drops what it gets. Each round
//! measures all programs one after another; the medians of wall and CPU time are printed, with
//! their ratio to the loop. On a busy machine only the CPU time means something.
//!
//! It is not a test: nothing here depends on a time.

#![expect(unsafe_code, reason = "loads the plugin and calls its table, as the worker does")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use plugin_api::abi::{self, Entry, PluginTable, StatusCode};
use plugin_api::host::{Callbacks, Instance};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["hold", kind, n] => hold(kind, n.parse()?),
        // For a profiler, over whatever runs on this machine.
        ["scan", plugin, threads, n_rounds] => {
            let library = load(plugin.as_ref())?;
            for _ in 0..n_rounds.parse()? {
                let took = time_plugin(table(&library)?, threads.parse()?)?;
                println!("{:.1} ms, CPU {:.1} ms", ms(took.wall), ms(took.cpu));
            }
            Ok(())
        }
        [plugin, c_loop, kind, n_processes, n_each, n_rounds] => Bench {
            plugin: plugin.into(),
            c_loop: c_loop.into(),
            kind: kind.to_owned(),
            n_processes: n_processes.parse()?,
            n_each: n_each.parse()?,
        }
        .run(n_rounds.parse()?),
        _ => {
            Err("usage: fd-bench PLUGIN.so C_LOOP file|deleted|socket PROCESSES EACH ROUNDS".into())
        }
    }
}

/// What is measured over what.
struct Bench {
    plugin: PathBuf,
    c_loop: PathBuf,
    kind: String,
    n_processes: usize,
    n_each: usize,
}

impl Bench {
    fn run(&self, n_rounds: usize) -> Fallible<()> {
        let library = load(&self.plugin)?;
        let table = table(&library)?;
        let mut results = [
            ("C loop, one thread", vec![]),
            ("fd-scan, threads 1", vec![]),
            ("fd-scan, threads 2", vec![]),
        ];
        // First over new processes, whose links the kernel has to make objects for; then again and
        // again over the same ones, as a capture does.
        for cold in [true, false] {
            results.iter_mut().for_each(|(_, times)| times.clear());
            // Starting the processes takes longer than all that is measured.
            let n_rounds = if cold { n_rounds.min(3) } else { n_rounds };
            let mut holders = vec![];
            for round in 0..n_rounds {
                // Another order in each round, so that none always comes after the same.
                for index in 0..results.len() {
                    let program = (index + round) % results.len();
                    if cold || holders.is_empty() {
                        release(holders)?;
                        holders = self.start_holders()?;
                    }
                    let took = match program {
                        0 => time_loop(&self.c_loop)?,
                        threads => time_plugin(table, threads)?,
                    };
                    results[program].1.push(took);
                }
            }
            let state = if cold { "first scan of a process" } else { "scans after the first" };
            println!(
                "{} x {} descriptors ({}), {state}, median of {n_rounds}:",
                self.n_processes, self.n_each, self.kind
            );
            let base = median(&results[0].1);
            for (name, times) in &results {
                print_line(name, median(times), base);
            }
            if !cold {
                lsof(base)?;
            }
            release(holders)?;
        }
        Ok(())
    }

    fn start_holders(&self) -> Fallible<Vec<Child>> {
        let mut holders = vec![];
        for _ in 0..self.n_processes {
            let child = Command::new(std::env::current_exe()?)
                .args(["hold", &self.kind, &self.n_each.to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            holders.push(child);
        }
        for holder in &mut holders {
            let mut said = String::new();
            let stdout = holder.stdout.take().ok_or("a piped stdout")?;
            BufReader::new(stdout).read_line(&mut said)?;
            if said != "ready\n" {
                return Err("a process could not open its descriptors; see above".into());
            }
        }
        Ok(holders)
    }
}

/// Ends the processes: they wait for the end of their input.
fn release(holders: Vec<Child>) -> Fallible<()> {
    for mut holder in holders {
        drop(holder.stdin.take());
        holder.wait()?;
    }
    Ok(())
}

/// The work of a holder: opens `n` descriptors and waits.
fn hold(kind: &str, n: usize) -> Fallible<()> {
    let needed = n as u64 + 64;
    let limit = getrlimit(Resource::Nofile);
    let maximum = limit.maximum.map(|maximum| maximum.max(needed));
    if let Err(errno) = setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum }) {
        return Err(format!("RLIMIT_NOFILE {needed}: {errno}; take fewer per process").into());
    }
    let directory = std::env::temp_dir().join(format!("fd-bench-{}", std::process::id()));
    std::fs::create_dir(&directory)?;
    let path = directory.join("LOCK");
    let open = || -> Fallible<OwnedFd> {
        Ok(match kind {
            "file" => File::options().append(true).create(true).open(&path)?.into(),
            "deleted" => {
                let file = File::create(&path)?;
                std::fs::remove_file(&path)?;
                file.into()
            }
            "socket" => UdpSocket::bind("127.0.0.1:0")?.into(),
            other => return Err(format!("{other}: not file, deleted or socket").into()),
        })
    };
    let held: Fallible<Vec<OwnedFd>> = (0..n).map(|_| open()).collect();
    if held.is_ok() {
        println!("ready");
        std::io::stdout().flush()?;
        std::io::stdin().read_to_end(&mut vec![])?;
    }
    // Only now: removed earlier, the file would be a deleted one.
    std::fs::remove_dir_all(&directory)?;
    held.map(drop)
}

fn load(path: &Path) -> Fallible<libloading::Library> {
    // SAFETY: the library is this package's; loading it runs nothing of its own.
    unsafe { libloading::Library::new(path) }
        .map_err(|error| format!("{}: {error}; build it first", path.display()).into())
}

fn table(library: &libloading::Library) -> Fallible<PluginTable> {
    // SAFETY: the symbol is of this type by the contract.
    let entry = unsafe { library.get::<Entry>(abi::ENTRY_SYMBOL) }?;
    // SAFETY: the function returns the address of a constant.
    let table = unsafe { entry() };
    // SAFETY: the plugin was built with the same `plugin-api`.
    Ok(unsafe { table.read() })
}

/// What a scan took.
#[derive(Debug, Clone, Copy)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

fn time_plugin(table: PluginTable, threads: usize) -> Fallible<Took> {
    let sink = Sink::default();
    let config = format!("{{\"threads\": {threads}}}");
    // SAFETY: the table was read from a library that stays loaded.
    let instance = unsafe { Instance::create(table, &config, &sink) };
    let mut instance = instance.map_err(|status| format!("create answered {status}"))?;
    let cpu = || Duration::try_from(clock_gettime(ClockId::ProcessCPUTime));
    let (start, cpu_start) = (Instant::now(), cpu()?);
    instance.collect();
    Ok(Took { wall: start.elapsed(), cpu: cpu()?.saturating_sub(cpu_start) })
}

/// The loop tells its CPU time last.
fn time_loop(c_loop: &Path) -> Fallible<Took> {
    let start = Instant::now();
    let output = Command::new(c_loop).output()?;
    let wall = start.elapsed();
    let said = String::from_utf8(output.stdout)?;
    let cpu_us = said.split_whitespace().last().ok_or("the loop said nothing")?.parse()?;
    Ok(Took { wall, cpu: Duration::from_micros(cpu_us) })
}

fn lsof(base: Took) -> Fallible<()> {
    let start = Instant::now();
    let status =
        Command::new("lsof").arg("-nP").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status {
        Ok(_) => {
            let wall = start.elapsed();
            let ratio = wall.as_secs_f64() / base.wall.as_secs_f64();
            println!("  {:20} {:8.1} ms {ratio:5.2} x", "lsof -nP, once", ms(wall));
        }
        Err(error) => eprintln!("lsof: {error}; not compared"),
    }
    Ok(())
}

fn print_line(name: &str, took: Took, base: Took) {
    let ratio = took.wall.as_secs_f64() / base.wall.as_secs_f64();
    let cpu_ratio = took.cpu.as_secs_f64() / base.cpu.as_secs_f64();
    println!(
        "  {name:20} {:8.1} ms {ratio:5.2} x   CPU {:8.1} ms {cpu_ratio:5.2} x",
        ms(took.wall),
        ms(took.cpu)
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The medians of wall and CPU time, each for itself.
fn median(times: &[Took]) -> Took {
    let middle = |of: fn(&Took) -> Duration| {
        let mut times: Vec<Duration> = times.iter().map(of).collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    Took { wall: middle(|it| it.wall), cpu: middle(|it| it.cpu) }
}

/// A host that counts bytes.
#[derive(Debug, Default)]
struct Sink(AtomicU64);

impl Callbacks for Sink {
    fn log(&self, _: u32, _: &str) {}

    fn fail(&self, _: StatusCode, _: &str) {}

    fn should_stop(&self) -> bool {
        false
    }

    fn remaining_ms(&self) -> u64 {
        abi::NO_DEADLINE
    }

    fn artifact_begin(&self, _: &str, _: &str) -> Result<u64, StatusCode> {
        Ok(1)
    }

    fn artifact_write(&self, _: u64, data: &[u8]) -> StatusCode {
        self.0.fetch_add(data.len() as u64, Ordering::Relaxed);
        abi::status::OK
    }

    fn artifact_end(&self, _: u64, _: StatusCode) -> StatusCode {
        abi::status::OK
    }
}
