//! The plugin over written-down `/proc` trees; the kernel of this machine plays no part.

use expect_test::{Expect, expect};
use plugin_api::testing::{Tree, collect};

use super::Meminfo;

fn check(tree: &str, expect: Expect) {
    let tree = Tree::new(tree);
    let said = collect::<Meminfo>(&format!("{{\"procfs\": {:?}}}", tree.path())).to_string();
    expect.assert_eq(&said.replace(&tree.path().display().to_string(), "[PROC]"));
}

#[test]
fn each_account_is_stored_byte_for_byte() {
    check(
        "meminfo: MemTotal:  16384 kB\\nMemFree:  1 kB
         zoneinfo: Node 0, zone DMA
         vmstat: nr_free_pages 1
         vmallocinfo: 0xffff 8192 kernel_clone+0x1 pages=1 vmalloc
         net/sockstat: sockets: used 3
         pressure/memory: some avg10=0.00
         swaps: Filename Type Size Used Priority",
        expect![[r#"
            status: ok
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
        "#]],
    );
}

#[test]
fn what_a_kernel_lacks_is_logged_and_what_every_kernel_has_is_missed() {
    check(
        "meminfo: MemTotal:  16384 kB\nvmstat: nr_free_pages 1",
        expect![[r#"
        status: partial
        problem: unavailable: [PROC]/zoneinfo: No such file or directory (os error 2)
        log 2: [PROC]/vmallocinfo: No such file or directory (os error 2); kernels have it with CONFIG_MMU
        log 2: [PROC]/net/sockstat: No such file or directory (os error 2); kernels have it with CONFIG_INET
        log 2: [PROC]/pressure/memory: No such file or directory (os error 2); kernels have it with CONFIG_PSI (4.20)
        log 2: [PROC]/swaps: No such file or directory (os error 2); kernels have it with CONFIG_SWAP
        == meminfo (text/x-linux-meminfo)
        MemTotal:  16384 kB
        == vmstat (text/x-linux-vmstat)
        nr_free_pages 1
    "#]],
    );
}
