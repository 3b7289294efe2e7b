//! What writing a bundle costs, beside the programs people would use instead.
//!
//! ```text
//! cargo bench -p collector-core --bench bundle -- samples [N]      bytes per sample of /proc texts
//! cargo bench -p collector-core --bench bundle -- still [N]        the same, where nothing changes
//! cargo bench -p collector-core --bench bundle -- throughput [DIR] 1 GiB of files, and tar | zstd -3
//! ```
//!
//! `samples` takes one sample a second of about what `meminfo`, `slabinfo`, `process-memory` and
//! `fd-scan` store; run it on an idle machine. `still` takes one and stores it again and again: what
//! is left is the price of the format. `throughput` reads the files of `DIR` (`/usr` by
//! default) into 1 GiB on `/dev/shm` or the temporary directory, cut into files of 4 MiB.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "support/writer.rs"]
mod support;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::Utc;
use collector_core::bundle::index::{self, Cost, EndReason, Row, Sample};
use collector_core::bundle::layout;
use collector_core::bundle::writer::{BundleWriter, Ending, Finished};
use collector_core::units::{Bytes, Outcome, Timestamp, hex};
use sha2::{Digest, Sha256};

use support::{Fallible, create, peak_memory};

fn main() -> Fallible<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    match arguments.first().map(String::as_str) {
        Some("samples") => samples(arguments.get(1).map_or(Ok(60), |it| it.parse())?, false),
        Some("still") => samples(arguments.get(1).map_or(Ok(60), |it| it.parse())?, true),
        Some("throughput") => throughput(Path::new(arguments.get(1).map_or("/usr", |it| it))),
        _ => {
            println!("usage: -- samples [N] | still [N] | throughput [DIR]");
            Ok(())
        }
    }
}

fn samples(n_samples: u64, is_still: bool) -> Fallible<()> {
    let place = tempfile::tempdir()?;
    let mut writer = create(place.path(), Utc::now())?;
    let (start, begun) = (Instant::now(), writer.written().0);
    let (mut first, mut input, mut writing) = (0, 0, Duration::ZERO);
    let mut artifacts = proc_artifacts();
    for number in 0..n_samples {
        if !is_still {
            std::thread::sleep((start + Duration::from_secs(number)) - Instant::now());
            artifacts = proc_artifacts();
        }
        let before = Instant::now();
        input += artifacts.iter().map(|(_, content)| content.len() as u64).sum::<u64>();
        write_sample(&mut writer, number, start, &artifacts)?;
        writing += before.elapsed();
        if number == 0 {
            first = writer.written().0;
        }
    }
    let before_end = writer.written().0;
    let finished = writer.finish(ending(start))?;
    let n_later = n_samples.saturating_sub(1).max(1);
    println!("samples                     {n_samples} of {}", Bytes(input / n_samples.max(1)));
    println!("first sample                {} bytes", first - begun);
    println!("each later one              {} bytes", (before_end - first) / n_later);
    println!("index and checksums, each   {} bytes", (finished.bytes.0 - before_end) / n_samples);
    println!("whole bundle per sample     {} bytes", finished.bytes.0 / n_samples);
    println!("hash, write and sync, each  {:?}", writing / u32::try_from(n_samples)?);
    println!("memory                      {}", peak_memory());
    Ok(())
}

/// About what the four collectors of the kernel's accounts store.
fn proc_artifacts() -> Vec<(String, Vec<u8>)> {
    let sources = [
        ("meminfo", "meminfo", "/proc/meminfo"),
        ("meminfo", "zoneinfo", "/proc/zoneinfo"),
        ("meminfo", "vmstat", "/proc/vmstat"),
        ("meminfo", "vmallocinfo", "/proc/vmallocinfo"),
        ("meminfo", "sockstat", "/proc/net/sockstat"),
        ("meminfo", "pressure-memory", "/proc/pressure/memory"),
        ("meminfo", "swaps", "/proc/swaps"),
        ("meminfo", "sysvipc-shm", "/proc/sysvipc/shm"),
        ("meminfo", "cgroups", "/proc/cgroups"),
        ("slabinfo", "slabinfo", "/proc/slabinfo"),
        ("slabinfo", "dentry-state", "/proc/sys/fs/dentry-state"),
        ("slabinfo", "inode-nr", "/proc/sys/fs/inode-nr"),
        ("slabinfo", "file-nr", "/proc/sys/fs/file-nr"),
        ("fd-scan", "net-tcp", "/proc/net/tcp"),
        ("fd-scan", "net-tcp6", "/proc/net/tcp6"),
        ("fd-scan", "net-udp", "/proc/net/udp"),
        ("fd-scan", "net-udp6", "/proc/net/udp6"),
        ("fd-scan", "net-unix", "/proc/net/unix"),
        ("fd-scan", "net-packet", "/proc/net/packet"),
    ];
    let mut artifacts: Vec<(String, Vec<u8>)> = sources
        .iter()
        .filter_map(|(collector, name, path)| {
            Some((format!("{collector}/{name}"), fs::read(path).ok()?))
        })
        .collect();
    let mut pids: Vec<u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|it| it.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    pids.sort_unstable();
    let (mut status, mut stat, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for pid in pids {
        // A process may be gone by now.
        status.extend(fs::read(format!("/proc/{pid}/status")).into_iter().flatten());
        stat.extend(fs::read(format!("/proc/{pid}/stat")).into_iter().flatten());
        for link in fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten() {
            if let Ok(target) = fs::read_link(link.path()) {
                let number = link.file_name();
                let line =
                    format!("{pid}\t{}\t{}\n", number.to_string_lossy(), target.to_string_lossy());
                links.extend(line.into_bytes());
            }
        }
    }
    artifacts.push(("process-memory/status".to_owned(), status));
    artifacts.push(("process-memory/stat".to_owned(), stat));
    artifacts.push(("fd-scan/fds.tsv".to_owned(), links));
    artifacts
}

fn write_sample(
    writer: &mut BundleWriter,
    number: u64,
    start: Instant,
    artifacts: &[(String, Vec<u8>)],
) -> Fallible<()> {
    let now = Utc::now();
    let directory = layout::sample_directory(now);
    let mut rows: Vec<Row> = Vec::new();
    for (index, (name, content)) in artifacts.iter().enumerate() {
        let file = index::File {
            name: name.clone(),
            media_type: format!("text/x-{}", name.rsplit('/').next().unwrap_or(name)),
            bytes: content.len() as u64,
            sha256: hex(&Sha256::digest(content)),
            cut: false,
        };
        writer.append(&directory, &file, Timestamp::new(now), &mut content.as_slice())?;
        let collector = name.split('/').next().unwrap_or(name).to_owned();
        match rows.iter_mut().find(|it| it.collector == collector) {
            Some(row) => row.files.push(file),
            None => rows.push(Row {
                collector,
                outcome: Outcome::Ok,
                reason: None,
                problems: Vec::new(),
                log: Vec::new(),
                started_ms: Some(index as u64),
                cost: Some(Cost {
                    wall_ms: 2,
                    cpu_us: Some(900 + u64::from(now.timestamp_subsec_micros() % 400)),
                    max_rss_bytes: Some(4 << 20),
                }),
                files: vec![file],
                stderr: None,
            }),
        }
    }
    let sample = Sample {
        index: number,
        time: Timestamp::new(now),
        monotonic_ms: u64::try_from(start.elapsed().as_millis())?,
        boottime_ms: Some(u64::try_from(start.elapsed().as_millis())?),
        duration_ms: 7,
        rows,
    };
    writer.end_sample(&directory, &sample)?;
    Ok(())
}

fn throughput(source: &Path) -> Fallible<()> {
    let shm = Path::new("/dev/shm");
    let place = match tempfile::tempdir_in(shm) {
        Ok(place) => place,
        Err(_) => tempfile::tempdir()?,
    };
    let output = tempfile::tempdir()?;
    let files = gather(source, place.path(), 1 << 30)?;
    println!("{} files of 4 MiB from {}", files.len(), source.display());
    let (mut ratios, mut cpu_ratios) = (Vec::new(), Vec::new());
    for round in 1..=3 {
        let cpu = cpu_seconds();
        let (ours, bundle) = time(|| write_files(output.path(), &files))?;
        let our_cpu = cpu_seconds().0 - cpu.0;
        let peak = peak_memory();
        let line = format!(
            "tar c -C {} . | zstd -3 -q > {}/theirs.tar.zst && sync {1}/theirs.tar.zst",
            place.path().display(),
            output.path().display()
        );
        let (theirs, status) = time(|| Ok(Command::new("sh").args(["-c", &line]).status()?))?;
        let theirs_bytes = fs::metadata(output.path().join("theirs.tar.zst"))?.len();
        let their_cpu = cpu_seconds().1 - cpu.1;
        cpu_ratios.push(their_cpu / our_cpu);
        ratios.push(theirs.as_secs_f64() / ours.as_secs_f64());
        println!(
            "round {round}: bundle {ours:.2?} (cpu {our_cpu} s, {}, memory {peak}), tar | zstd -3 {theirs:.2?} (cpu {their_cpu} s, {}, {status})",
            bundle.bytes,
            Bytes(theirs_bytes),
        );
        fs::remove_file(bundle.path)?;
    }
    println!("speed against tar | zstd -3: {ratios:.2?} (bar: 0.8); by cpu time: {cpu_ratios:.2?}");
    Ok(())
}

fn time<T>(work: impl FnOnce() -> Fallible<T>) -> Fallible<(Duration, T)> {
    let start = Instant::now();
    let done = work()?;
    Ok((start.elapsed(), done))
}

/// Copies `limit` bytes of the files below `source` into files of 4 MiB in `target`.
fn gather(source: &Path, target: &Path, limit: u64) -> Fallible<Vec<PathBuf>> {
    let (mut directories, mut files, mut total) = (vec![source.to_owned()], Vec::new(), 0);
    let mut piece = Vec::new();
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                directories.push(entry.path());
            } else if kind.is_file()
                && let Ok(file) = File::open(entry.path())
            {
                // A part of each is enough, and keeps this program small.
                file.take(4 << 20).read_to_end(&mut piece)?;
            }
            while piece.len() >= 4 << 20 && total < limit {
                let path = target.join(format!("piece-{:05}", files.len()));
                File::create(&path)?.write_all(&piece[..4 << 20])?;
                piece.drain(..4 << 20);
                files.push(path);
                total += 4 << 20;
            }
            if total >= limit {
                return Ok(files);
            }
        }
    }
    Ok(files)
}

/// As the core does it: hashed once while it arrives, then appended.
fn write_files(directory: &Path, files: &[PathBuf]) -> Fallible<Finished> {
    let start = Instant::now();
    let mut writer = create(directory, Utc::now())?;
    let now = Utc::now();
    let sample = layout::sample_directory(now);
    let mut content = Vec::new();
    for (index, path) in files.iter().enumerate() {
        content.clear();
        File::open(path)?.read_to_end(&mut content)?;
        let file = index::File {
            name: format!("files/piece-{index}"),
            media_type: "application/octet-stream".to_owned(),
            bytes: content.len() as u64,
            sha256: hex(&Sha256::digest(&content)),
            cut: false,
        };
        writer.append(&sample, &file, Timestamp::new(now), &mut content.as_slice())?;
    }
    Ok(writer.finish(ending(start))?)
}

fn ending(start: Instant) -> Ending {
    Ending {
        reason: EndReason::Finished,
        detail: None,
        ended: Timestamp::new(Utc::now()),
        duration_ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        cost: None,
    }
}

/// Seconds of processor time of this process and of its children, from `/proc/self/stat`.
fn cpu_seconds() -> (f64, f64) {
    let stat = fs::read_to_string("/proc/self/stat").expect("a figure needs /proc");
    let (_, fields) = stat.rsplit_once(')').expect("the name of the process is in parentheses");
    let ticks = |index| -> f64 {
        fields.split_whitespace().nth(index).and_then(|it| it.parse().ok()).unwrap_or(f64::NAN)
    };
    // utime, stime, cutime and cstime, counted from the third field; a tick is a hundredth.
    ((ticks(11) + ticks(12)) / 100.0, (ticks(13) + ticks(14)) / 100.0)
}
