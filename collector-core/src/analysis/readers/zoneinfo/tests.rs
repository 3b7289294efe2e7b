//! Zones with their lists, and damaged ones.

use expect_test::expect;

use super::super::testing::check;
use super::*;

const ZONE: &str = "Node 0, zone   Normal
  per-node stats
      nr_inactive_anon 2144
      nr_mapped    2651
  pages free     1996473
        boost    0
        high     19765
        protection: (0, 0, 10752, 10752, 10752)
      nr_zspages   0
  pagesets
    cpu: 0
              count:    12000
              high:     2312
              high_min: 2312
  vm stats threshold: 24
    cpu: 1
              count:    30
              of_tomorrow: 7
  vm stats threshold: 24
  node_unreclaimable:  0
  start_pfn:           4096
Node 0, zone  Movable
  pages free     0
        min      32
        protection: (0, 0, 0, 0, 0)
";

#[test]
fn the_free_pages_of_all_processors_are_found() {
    let read = read(ZONE.as_bytes());
    check(
        &read,
        expect![[r#"
        Zoneinfo {
            zones: [
                Zone {
                    node: 0,
                    name: "Normal",
                    numbers: {
                        "boost": 0,
                        "free": 1996473,
                        "high": 19765,
                        "node_unreclaimable": 0,
                        "nr_inactive_anon": 2144,
                        "nr_mapped": 2651,
                        "nr_zspages": 0,
                        "start_pfn": 4096,
                    },
                    processors: [
                        Processor {
                            cpu: 0,
                            numbers: {
                                "count": 12000,
                                "high": 2312,
                                "high_min": 2312,
                                "vm stats threshold": 24,
                            },
                        },
                        Processor {
                            cpu: 1,
                            numbers: {
                                "count": 30,
                                "of_tomorrow": 7,
                                "vm stats threshold": 24,
                            },
                        },
                    ],
                },
                Zone {
                    node: 0,
                    name: "Movable",
                    numbers: {
                        "free": 0,
                        "min": 32,
                    },
                    processors: [],
                },
            ],
        }
    "#]],
    );
    assert_eq!(read.value.free_on_processors(), Some(Pages(12_030)));
}

#[test]
fn without_lists_nothing_is_known_of_them() {
    let text = "Node 1, zone  Movable\n  pages free     0\n";
    assert_eq!(read(text.as_bytes()).value.free_on_processors(), None);
}

#[test]
fn what_stands_under_a_damaged_line_goes_to_nobody_else() {
    let text = "  pages free 7
Node 0, zone Normal
  pages free 8
        min x
        low 99999999999999999999
        low 4
        low 5
  pagesets
    cpu: 0
              count: 1
    cpu: one
              count: 2
Node x, zone DMA
  pages free 9
Node 1 DMA
  pages free 10
Node 2, zone DMA
  pages free 11";
    check(
        &read(text.as_bytes()),
        expect![[r#"
        Zoneinfo {
            zones: [
                Zone {
                    node: 0,
                    name: "Normal",
                    numbers: {
                        "free": 8,
                        "low": 4,
                    },
                    processors: [
                        Processor {
                            cpu: 0,
                            numbers: {
                                "count": 1,
                            },
                        },
                    ],
                },
                Zone {
                    node: 2,
                    name: "DMA",
                    numbers: {},
                    processors: [],
                },
            ],
        }
        line 1: it belongs to no zone that could be read: "  pages free 7"
        line 4: what should be a number is none: "        min x"
        line 5: a number is too large: "        low 99999999999999999999"
        line 7: there was a value of this name before: "low"
        line 11: what should be a number is none: "    cpu: one"
        line 12: it belongs to no processor that could be read: "              count: 2"
        line 13: what should be a number is none: "Node x, zone DMA"
        line 14: it belongs to no zone that could be read: "  pages free 9"
        line 15: it names no zone: "Node 1 DMA"
        line 16: it belongs to no zone that could be read: "  pages free 10"
        line 18: the text ends within this line: "  pages free 11"
    "#]],
    );
}
