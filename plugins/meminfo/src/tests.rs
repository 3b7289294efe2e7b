//! The plugin over written-down `/proc` and `/sys` trees; the kernel of this machine plays no part.

use expect_test::{Expect, expect};
use plugin_api::testing::{Tree, collect};

use super::Meminfo;

fn check_tree(tree: &Tree, expect: Expect) {
    let root = tree.path().display().to_string();
    let config = format!("{{\"procfs\": \"{root}/proc\", \"sysfs\": \"{root}/sys\"}}");
    expect.assert_eq(&collect::<Meminfo>(&config).to_string().replace(&root, "[ROOT]"));
}

fn check(tree: &str, expect: Expect) {
    check_tree(&Tree::new(tree), expect);
}

#[test]
fn each_account_is_stored_byte_for_byte() {
    check(
        "proc/meminfo: MemTotal:  16384 kB\\nMemFree:  1 kB
         proc/zoneinfo: Node 0, zone DMA
         proc/vmstat: nr_free_pages 1
         proc/vmallocinfo: 0xffff 8192 kernel_clone+0x1 pages=1 vmalloc
         proc/net/sockstat: sockets: used 3
         proc/pressure/memory: some avg10=0.00
         proc/swaps: Filename Type Size Used Priority
         proc/sysvipc/shm:        key      shmid perms
         proc/cgroups: #subsys_name\\thierarchy\\tnum_cgroups\\tenabled
         proc/self/mountinfo: 27 1 254:0 / / rw - ext4 /dev/vda rw
         sys/fs/cgroup/cgroup.stat: nr_descendants 4",
        expect![[r#"
            status: ok
            log 2: no tracefs is mounted, so the size of the tracing buffer is not told
            == meminfo (text/x-linux-meminfo)
            MemTotal:  16384 kB
            MemFree:  1 kB
            == zoneinfo (text/x-linux-zoneinfo)
            Node 0, zone DMA
            == vmstat (text/x-linux-vmstat)
            nr_free_pages 1
            == vmallocinfo (text/x-linux-vmallocinfo)
            0xffff 8192 kernel_clone+0x1 pages=1 vmalloc
            == sockstat (text/x-linux-sockstat)
            sockets: used 3
            == pressure-memory (text/x-linux-pressure)
            some avg10=0.00
            == swaps (text/x-linux-swaps)
            Filename Type Size Used Priority
            == sysvipc-shm (text/x-linux-sysvipc-shm)
                   key      shmid perms
            == cgroups (text/x-linux-cgroups)
            #subsys_name	hierarchy	num_cgroups	enabled
            == cgroup-stat (text/x-linux-cgroup-stat)
            nr_descendants 4
            == tmpfs.tsv (text/x-collector-tmpfs)
            device	type	mount_point	size_bytes	used_bytes
        "#]],
    );
}

#[test]
fn what_a_kernel_lacks_is_logged_and_what_every_kernel_has_is_missed() {
    check(
        "proc/meminfo: MemTotal:  16384 kB\nproc/vmstat: nr_free_pages 1",
        expect![[r#"
            status: partial
            problem: unavailable: [ROOT]/proc/zoneinfo: No such file or directory (os error 2)
            problem: unavailable: [ROOT]/proc/self/mountinfo: No such file or directory (os error 2)
            log 2: [ROOT]/proc/vmallocinfo: No such file or directory (os error 2); kernels have it with CONFIG_MMU
            log 2: [ROOT]/proc/net/sockstat: No such file or directory (os error 2); kernels have it with CONFIG_INET
            log 2: [ROOT]/proc/pressure/memory: No such file or directory (os error 2); kernels have it with CONFIG_PSI (4.20)
            log 2: [ROOT]/proc/swaps: No such file or directory (os error 2); kernels have it with CONFIG_SWAP
            log 2: [ROOT]/proc/sysvipc/shm: No such file or directory (os error 2); kernels have it with CONFIG_SYSVIPC
            log 2: [ROOT]/proc/cgroups: No such file or directory (os error 2); kernels have it with CONFIG_CGROUPS
            == meminfo (text/x-linux-meminfo)
            MemTotal:  16384 kB
            == vmstat (text/x-linux-vmstat)
            nr_free_pages 1
        "#]],
    );
}

/// A tracefs is where the table of mounts says; a tmpfs that is not there does not tell.
#[test]
fn the_tracing_buffer_is_read_where_it_is_mounted_and_not_below_a_server() {
    let tree = Tree::new(
        "proc/meminfo: MemTotal:  16384 kB
         tracing/buffer_total_size_kb: 14 (expanded: 2816)
         dead/tracing/buffer_total_size_kb: 1",
    );
    let root = tree.path().display();
    let mountinfo = format!(
        "27 1 254:0 / / rw - ext4 /dev/vda rw
28 27 0:5 / {root}/dead rw - nfs4 srv:/ rw
29 28 0:6 / {root}/dead/tracing rw - tracefs tracefs rw
30 28 0:7 / {root}/dead/shm rw - tmpfs tmpfs rw
31 27 0:6 / {root}/tracing rw - tracefs tracefs rw
"
    );
    std::fs::create_dir_all(tree.path().join("proc/self")).expect("a directory");
    std::fs::write(tree.path().join("proc/self/mountinfo"), mountinfo).expect("a table");
    check_tree(
        &tree,
        expect![[r#"
        status: partial
        problem: unavailable: [ROOT]/proc/zoneinfo: No such file or directory (os error 2)
        problem: unavailable: [ROOT]/proc/vmstat: No such file or directory (os error 2)
        log 2: [ROOT]/proc/vmallocinfo: No such file or directory (os error 2); kernels have it with CONFIG_MMU
        log 2: [ROOT]/proc/net/sockstat: No such file or directory (os error 2); kernels have it with CONFIG_INET
        log 2: [ROOT]/proc/pressure/memory: No such file or directory (os error 2); kernels have it with CONFIG_PSI (4.20)
        log 2: [ROOT]/proc/swaps: No such file or directory (os error 2); kernels have it with CONFIG_SWAP
        log 2: [ROOT]/proc/sysvipc/shm: No such file or directory (os error 2); kernels have it with CONFIG_SYSVIPC
        log 2: [ROOT]/proc/cgroups: No such file or directory (os error 2); kernels have it with CONFIG_CGROUPS
        log 2: [ROOT]/sys/fs/cgroup/cgroup.stat: No such file or directory (os error 2); kernels have it with control groups of version 2 (4.14)
        log 2: 1 tmpfs did not tell how full they are, the first [ROOT]/dead/shm: without a limit, below a mount that may hang, below another mount, or denied
        == meminfo (text/x-linux-meminfo)
        MemTotal:  16384 kB
        == tmpfs.tsv (text/x-collector-tmpfs)
        device	type	mount_point	size_bytes	used_bytes
        0:7	tmpfs	[ROOT]/dead/shm		
        == tracing-buffer (text/x-linux-tracing-buffer)
        14 (expanded: 2816)
    "#]],
    );
}
