//! Plugins and hosts of other ages: tables that are shorter or longer than this version's.
//!
//! A table starts with its size, and no side touches what lies behind the other's. Here every size
//! is tried, not only those that a version has had.

#![expect(unsafe_code, reason = "makes tables that no safe code could")]

use std::cell::Cell;
use std::ffi::c_void;
use std::mem::offset_of;
use std::process::Command;
use std::ptr;

use plugin_api::abi::{self, Host, PluginTable, StatusCode, Str, status};
use plugin_api::host::{TableError, read_table};
use plugin_api::{Context, Described, Error, Level, NoConfig, Plugin, runtime};

const SIZE: usize = size_of::<PluginTable>();

/// Uses all that a host offers.
struct Greedy;

impl Plugin for Greedy {
    type Config = NoConfig;

    fn new(_: NoConfig, _: &Context) -> Result<Self, Error> {
        Ok(Greedy)
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        context.log(Level::Info, "a line");
        context.problem(&Error::failed("a problem"));
        let _ = (context.stopping(), context.remaining());
        let mut artifact = context.artifact("name", "text/plain")?;
        artifact.append(b"data")?;
        artifact.finish()
    }
}

impl Described for Greedy {
    const DESCRIPTION: &'static str = "{}";
}

thread_local! {
    /// The callbacks that were called, a bit for each.
    static CALLED: Cell<u32> = const { Cell::new(0) };
}

const CALLBACKS: [(&str, usize); 7] = [
    ("log", offset_of!(Host, log)),
    ("fail", offset_of!(Host, fail)),
    ("should_stop", offset_of!(Host, should_stop)),
    ("remaining_ms", offset_of!(Host, remaining_ms)),
    ("artifact_begin", offset_of!(Host, artifact_begin)),
    ("artifact_write", offset_of!(Host, artifact_write)),
    ("artifact_end", offset_of!(Host, artifact_end)),
];

fn called<T: Default>(index: u32) -> T {
    CALLED.set(CALLED.get() | 1 << index);
    T::default()
}

extern "C" fn log(_: *mut c_void, _: u32, _: Str) {
    called(0)
}
extern "C" fn fail(_: *mut c_void, _: StatusCode, _: Str) {
    called(1)
}
extern "C" fn should_stop(_: *mut c_void) -> i32 {
    called(2)
}
extern "C" fn remaining_ms(_: *mut c_void) -> u64 {
    called(3)
}
extern "C" fn artifact_begin(_: *mut c_void, _: Str, _: Str, _: *mut u64) -> StatusCode {
    called(4)
}
extern "C" fn artifact_write(_: *mut c_void, _: u64, _: *const c_void, _: u64) -> StatusCode {
    called(5)
}
extern "C" fn artifact_end(_: *mut c_void, _: u64, _: StatusCode) -> StatusCode {
    called(6)
}

/// A host that says its table has `size` bytes, and has callbacks behind them all the same.
fn host(size: usize) -> Host {
    Host {
        size: u32::try_from(size).expect("small"),
        abi_minor: 0,
        ctx: ptr::null_mut(),
        log: Some(log),
        fail: Some(fail),
        should_stop: Some(should_stop),
        remaining_ms: Some(remaining_ms),
        artifact_begin: Some(artifact_begin),
        artifact_write: Some(artifact_write),
        artifact_end: Some(artifact_end),
    }
}

/// The callbacks that [`Greedy`] calls on this host.
fn calls_on(host: &Host) -> Vec<&'static str> {
    CALLED.set(0);
    let table = runtime::table::<Greedy>();
    let mut instance = ptr::null_mut();
    let create = table.create.expect("the SDK has it");
    // SAFETY: the host's table and the text live for the call.
    let made = unsafe { create(host, Str::new("{}"), &raw mut instance) };
    assert_eq!(made, status::OK);
    let collect = table.collect.expect("the SDK has it");
    // SAFETY: `create` has made the instance.
    unsafe { collect(instance, host) };
    let destroy = table.destroy.expect("the SDK has it");
    // SAFETY: as above, and it is not used any more.
    unsafe { destroy(instance) };
    let called = CALLED.get();
    let is_called = |index: usize| called & 1 << index != 0;
    (0..CALLBACKS.len()).filter(|it| is_called(*it)).map(|it| CALLBACKS[it].0).collect()
}

#[test]
fn a_new_plugin_calls_nothing_that_an_old_host_lacks() {
    for size in 0..=size_of::<Host>() + 64 {
        let expected: Vec<&str> = CALLBACKS
            .iter()
            .filter(|(_, offset)| offset + size_of::<usize>() <= size)
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(calls_on(&host(size)), expected, "a host of {size} bytes");
    }
}

#[test]
fn a_new_plugin_calls_nothing_that_a_host_left_out() {
    for (name, offset) in CALLBACKS {
        let mut host = host(size_of::<Host>());
        let field = (&raw mut host).wrapping_byte_add(offset).cast::<usize>();
        // SAFETY: the field is the host's, and an optional function may be zero.
        unsafe { field.write(0) };
        assert!(!calls_on(&host).contains(&name), "{name} is NULL");
    }
}

/// The same of a plugin in C, which asks with the header's macro.
#[test]
fn the_macro_of_the_header_tells_what_a_host_has() {
    let checks: String = CALLBACKS
        .iter()
        .map(|(name, offset)| {
            format!(
                "        if (COLLECTOR_HOST_HAS(&host, {name}) != (size >= {}u)) return 1;\n",
                offset + size_of::<usize>()
            )
        })
        .collect();
    let nulls: String = CALLBACKS
        .iter()
        .map(|(name, _)| {
            format!(
                "    host.size = sizeof host; host.{name} = 0;\n    \
                 if (COLLECTOR_HOST_HAS(&host, {name})) return 2;\n"
            )
        })
        .collect();
    let source = format!(
        "#include \"collector_plugin.h\"\n#include <string.h>\n\
         int main(void) {{\n    collector_host host;\n    memset(&host, 1, sizeof host);\n    \
         for (uint32_t size = 0; size <= sizeof host + 64u; size++) {{\n        \
         host.size = size;\n{checks}    }}\n{nulls}    return 0;\n}}\n"
    );
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (file, program) = (dir.path().join("sizes.c"), dir.path().join("sizes"));
    std::fs::write(&file, source).expect("write the source");
    let done = Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/include"))
        .arg(&file)
        .arg("-o")
        .arg(&program)
        .output()
        .expect("run cc");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let status = Command::new(&program).status().expect("run the program");
    assert_eq!(status.code(), Some(0), "1: wrong for some size; 2: NULL is taken for a callback");
}

/// A plugin's table of `size` bytes, of which those behind this version's are no pointers.
#[repr(C)]
struct Table {
    known: PluginTable,
    later: [usize; 8],
}

fn table(size: usize) -> Table {
    let mut known = runtime::table::<Greedy>();
    known.size = u32::try_from(size).expect("small");
    Table { known, later: [0x5555_5555; 8] }
}

fn read(table: &Table) -> Result<PluginTable, TableError> {
    // SAFETY: the table is whole, and its pointers are those of this program.
    unsafe { read_table(&raw const table.known, Greedy::DESCRIPTION) }
}

#[test]
fn a_plugin_of_every_size_is_taken_or_told_why() {
    for size in 0..SIZE {
        let told = read(&table(size)).expect_err("too small");
        assert_eq!(told, TableError::Size(u32::try_from(size).expect("small"), SIZE));
    }
    for size in SIZE..=size_of::<Table>() {
        read(&table(size)).unwrap_or_else(|told| panic!("{size} bytes: {told}"));
    }
}

#[test]
fn what_is_wrong_with_a_table_is_told_with_both_values_and_a_remedy() {
    let changed = |change: &dyn Fn(&mut PluginTable)| {
        let mut table = table(SIZE);
        change(&mut table.known);
        read(&table).expect_err("a wrong table").to_string()
    };
    let at = |address: usize| {
        // SAFETY: an address that cannot be a table's is not read.
        unsafe { read_table(ptr::without_provenance(address), "") }
            .expect_err("no table")
            .to_string()
    };
    let said = [
        at(0),
        at(0x1001),
        changed(&|it| it.magic = 0),
        changed(&|it| it.magic = abi::MAGIC.swap_bytes()),
        changed(&|it| it.abi_major = 2),
        changed(&|it| it.size = 0),
        changed(&|it| it.size = 48),
        changed(&|it| it.min_host_minor = 1),
        changed(&|it| it.create = None),
        changed(&|it| it.collect = None),
        changed(&|it| it.description = Str::new("{ }")),
        changed(&|it| it.description = Str { ptr: ptr::null(), len: 5 }),
        changed(&|it| it.description.len = u64::MAX),
    ];
    expect_test::expect![[r#"
        collector_plugin_entry_v1 returned NULL and no table; return the address of a static collector_plugin
        collector_plugin_entry_v1 returned 0x1001, where no table can be: its address is a multiple of 8; return the address of a static collector_plugin
        the table's magic is 0x00000000 instead of 0x31504c43; build against collector_plugin.h
        the table's magic is 0x434c5031 instead of 0x31504c43; build against collector_plugin.h
        the table is of ABI 2, this program speaks ABI 1; use a plugin or a program of the same major
        the table says it has 0 bytes, ABI 1.0 has 56; set size to sizeof(collector_plugin)
        the table says it has 48 bytes, ABI 1.0 has 56; set size to sizeof(collector_plugin)
        the plugin needs ABI 1.1, this program offers 1.0; use a newer collector
        the table's create is NULL, but every plugin must have it; put a function there
        the table's collect is NULL, but every plugin must have it; put a function there
        the description in the table differs from the one in the ELF note; build both from one text
        the description in the table differs from the one in the ELF note; build both from one text
        the description in the table differs from the one in the ELF note; build both from one text"#]].assert_eq(&said.join("\n"));
}
