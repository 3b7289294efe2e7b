//! Which samples are the same, what cannot be put together, and what is summed up where.

use std::time::Duration;

use expect_test::expect;

use super::*;
use crate::analysis::readers::pprof;

macro_rules! recorded {
    ($name:literal) => {{
        let bytes = include_bytes!(concat!("../../../../tests/fixtures/profiles/", $name));
        pprof::read(bytes).expect("a recorded profile")
    }};
}

/// A profile in which each text is `LEAF < CALLER < ROOT = VALUE`, every function in a location of
/// its own. `a+b` is a location in which `a` was put into `b`.
fn profile(samples: &[&str]) -> Profile {
    let mut profile = Profile {
        types: vec![ValueType { kind: "inuse_space".into(), unit: "bytes".into() }],
        samples: Samples::new(1),
        ..Profile::default()
    };
    profile.texts.push("");
    profile.mappings.push(Mapping { start: 0x1000, limit: 0x9000, ..Mapping::default() });
    for sample in samples {
        let (stack, value) = sample.split_once(" = ").expect("a value");
        let stack: Vec<u32> =
            stack.split(" < ").map(|functions| location(&mut profile, functions)).collect();
        profile.samples.push(stack, &[value.parse().expect("a number")], []);
    }
    profile
}

/// The location of these functions; the same for the same text.
fn location(profile: &mut Profile, functions: &str) -> u32 {
    let lines_start = number(profile.lines.len());
    for name in functions.split('+') {
        let known = profile.functions.iter().position(|it| profile.texts.get(it.name) == name);
        let function = known.unwrap_or_else(|| {
            let name = profile.texts.push(name).expect("room");
            profile.functions.push(Function { name, ..Function::default() });
            profile.functions.len() - 1
        });
        profile.lines.push(Line { function: number(function), line: 1, column: 0 });
    }
    let address = 0x1000 + functions.bytes().map(u64::from).sum::<u64>();
    let lines_end = number(profile.lines.len());
    let added = Location { mapping: Some(0), address, is_folded: false, lines_start, lines_end };
    profile.locations.push(added);
    number(profile.locations.len() - 1)
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("a small profile")
}

/// The list without what pprof prints above it: flat, cum and name.
fn listed(profile: Profile, options: &TopOptions) -> String {
    let top = top(profile, options).expect("it has these values");
    let row = |it: &Row| format!("{} {} {} {:?}\n", it.flat, it.cum, it.function, it.inlined);
    let rows: String = top.rows.iter().map(row).collect();
    format!("of {}, {} dropped\n{rows}", top.total, top.n_dropped)
}

fn all(profile: Profile) -> String {
    listed(profile, &TopOptions::default())
}

#[test]
fn a_function_counts_once_for_each_sample_however_often_it_is_on_the_stack() {
    let text = all(profile(&["fib < fib < fib < main = 6", "main = 1"]));
    expect![[r#"
        of 7, 0 dropped
        6 6 fib No
        1 7 main No
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_function_is_inlined_into_callers_that_never_call_it() {
    let text = all(profile(&[
        "a+b < main = 5",
        "a < c < main = 5",
        "d+b < main = 2",
        "e+b < main = 1",
        "e < b < main = 1",
    ]));
    expect![[r#"
        of 14, 0 dropped
        10 10 a Partly
        2 2 d Everywhere
        2 2 e No
        0 9 b No
        0 5 c No
        0 14 main No
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_is_too_small_is_dropped_and_counted() {
    let text = all(profile(&["big < main = 100000", "small < main = 499", "enough < main = 510"]));
    expect![[r#"
        of 101009, 1 dropped
        100000 100000 big No
        510 510 enough No
        0 101009 main No
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_cancels_out_is_gone_and_what_shrank_has_a_minus() {
    let base = profile(&["same < main = 7", "less < main = 9", "gone < main = 2"]);
    let new = profile(&["same < main = 7", "less < main = 4", "more < main = 3"]);
    expect![[r#"
        of 10, 0 dropped
        -5 -5 less No
        3 3 more No
        -2 -2 gone No
        0 -4 main No
    "#]]
    .assert_eq(&all(subtract(new, base).expect("of one kind")));
}

#[test]
fn where_a_program_was_loaded_does_not_count_and_its_build_does() {
    let base = || profile(&["f < main = 5"]);
    let mut moved = base();
    moved.mappings[0].start += 0x7f00_0000;
    moved.mappings[0].limit += 0x7f00_0000;
    moved.locations.iter_mut().for_each(|it| it.address += 0x7f00_0000);
    assert!(subtract(moved, base()).expect("of one kind").samples.is_empty());

    let mut rebuilt = base();
    let build = rebuilt.texts.push("a build id").expect("room");
    rebuilt.mappings[0].build_id = build;
    let difference = subtract(rebuilt, base()).expect("of one kind");
    // The samples stay apart and cancel out only by function: the total says so.
    expect![[r#"
        of 10, 0 dropped
    "#]]
    .assert_eq(&all(difference));
}

#[test]
fn samples_with_other_labels_are_others() {
    let labelled = |value| {
        let mut profile = profile(&[]);
        let stack = [location(&mut profile, "f")];
        let key = profile.texts.push("bytes").expect("room");
        let label = Label { key, value: LabelValue::Number(value, Text::default()) };
        profile.samples.push(stack, &[10], [label]);
        profile
    };
    assert!(subtract(labelled(64), labelled(64)).expect("of one kind").samples.is_empty());
    assert_eq!(subtract(labelled(64), labelled(80)).expect("of one kind").samples.len(), 2);
    assert_eq!(merge(vec![labelled(64), labelled(80)]).expect("of one kind").samples.len(), 2);
}

#[test]
fn profiles_are_added_in_the_finest_unit_and_the_types_that_all_have() {
    let of = |types: &[(&str, &str)], values: &[i64]| {
        let mut profile = profile(&[]);
        let types = types.iter();
        profile.types = types
            .map(|(kind, unit)| ValueType { kind: (*kind).into(), unit: (*unit).into() })
            .collect();
        profile.period_type = ValueType { kind: "cpu".into(), unit: "nanoseconds".into() };
        profile.samples = Samples::new(values.len());
        let stack = [location(&mut profile, "f")];
        profile.samples.push(stack, values, []);
        profile
    };
    let fine = of(&[("cpu", "nanoseconds"), ("samples", "count")], &[500, 1]);
    let coarse = of(&[("cpu", "microseconds")], &[2]);
    let sum = merge(vec![coarse, fine.clone()]).expect("both have cpu");
    expect![[r#"
        of 2500, 0 dropped
        2500 2500 f No
    "#]]
    .assert_eq(&all(sum));

    let heap = of(&[("inuse_space", "bytes")], &[1]);
    let odd = of(&[("cpu", "bytes")], &[1]);
    let mut other_period = fine.clone();
    other_period.period_type.kind = "contentions".to_owned();
    let said: String = [heap, odd, other_period]
        .map(|other| merge(vec![fine.clone(), other]).expect_err("another kind").to_string() + "\n")
        .concat();
    expect![[r#"
        the profiles have no type of value in common: one has cpu, samples, another inuse_space (hint: compare profiles of the same kind, such as two heaps)
        the profiles do not fit together: the type of the values is `cpu nanoseconds` in one and `cpu bytes` in another
        the profiles do not fit together: the period type is `cpu nanoseconds` in one and `contentions nanoseconds` in another
    "#]].assert_eq(&said);
    assert_eq!(merge(Vec::new()).expect_err("nothing"), MergeError::Nothing);
}

#[test]
fn values_that_are_not_there_are_asked_for_in_vain() {
    let options = TopOptions { sample_index: Some("alloc".into()), ..TopOptions::default() };
    let error = top(recorded!("heap.pb.gz"), &options).expect_err("no such type");
    expect!["the profile has no values `alloc` (hint: it has alloc_objects, alloc_space, inuse_objects, inuse_space, or their numbers from 0)"].assert_eq(&error.to_string());
}

#[test]
fn frames_that_a_profile_drops_go_with_what_they_call() {
    let mut dropping = profile(&[
        "brk < malloc < f < main = 1",
        "brk < malloc_hook < f < main = 2",
        "zero+malloc+g < main = 4",
        "malloc = 8",
    ]);
    dropping.drop_frames = "malloc.*".to_owned();
    dropping.keep_frames = ".*_hook".to_owned();
    expect![[r#"
        of 15, 0 dropped
        8 8 malloc No
        4 4 g No
        2 2 brk No
        1 3 f No
        0 7 main No
        0 2 malloc_hook No
    "#]]
    .assert_eq(&all(dropping.clone()));
    // As pprof, which drops nothing then.
    dropping.drop_frames = "(".to_owned();
    assert!(all(dropping).contains("zero"));
}

#[test]
fn names_are_those_of_pprof() {
    let texts = [
        "main.(*T).Run",
        "main.(*Cache[...]).Put",
        "main.(*T).Run.each[...].func1",
        "ns::f(int, char<a>)::g",
        "a)::b(",
        "Map.<init>(x)",
    ];
    let names: Vec<String> = texts
        .iter()
        .map(|text| {
            let mut texts = Texts::default();
            texts.push("");
            let name = texts.push(text).expect("room");
            names::shown(&Function { name, system_name: name, ..Function::default() }, &texts)
        })
        .collect();
    expect![[r#"
        main.(*T).Run
        main.(*Cache[...]).Put
        main..Run.each[...].func1
        ns::f::g
        a)::b(
        Map.<init>(x)
    "#]]
    .assert_eq(&(names.join("\n") + "\n"));
}

#[test]
fn a_heap_that_grew_names_the_lines_with_their_callers() {
    let between = Some(Duration::from_secs(1800));
    let growth =
        growth(Grows::Heap, &recorded!("heap.pb.gz"), &recorded!("heap-later.pb.gz"), between)
            .expect("two heaps");
    let shown = |it: &Frame| format!("{} {}:{}", it.function, it.file, it.line);
    let mut text = format!("{} bytes, noise {}\n", growth.amount, growth.noise);
    for site in growth.sites.iter().take(4) {
        let callers: Vec<String> = site.callers.iter().map(shown).collect();
        let rate = site.per_hour.expect("the time is known");
        text.push_str(&format!("{} ({rate:.0}/h) {}\n", site.amount, shown(&site.at)));
        text.push_str(&format!("    {}\n", callers.join(" < ")));
    }
    expect![[r#"
        15461684 bytes, noise 40960
        14024101 (28048202/h) main.grow example.com/collector/leaks/profiles/leak.go:25
            main.leak example.com/collector/leaks/profiles/leak.go:30 < main.take example.com/collector/leaks/profiles/main.go:41 < main.main example.com/collector/leaks/profiles/main.go:33 < runtime.main runtime/proc.go:290
        1885623 (3771246/h) main.leak.fill.(*keeper).run.func1 example.com/collector/leaks/profiles/leak.go:77
            main.each[go.shape.int] example.com/collector/leaks/profiles/main.go:106 < main.(*keeper).run example.com/collector/leaks/profiles/leak.go:76 < main.fill example.com/collector/leaks/profiles/leak.go:71 < main.leak example.com/collector/leaks/profiles/leak.go:45 < main.take example.com/collector/leaks/profiles/main.go:41 < main.main example.com/collector/leaks/profiles/main.go:33 < runtime.main runtime/proc.go:290
        161938 (323876/h) internal/bytealg.MakeNoZero runtime/slice.go:437
            strings.(*Builder).grow strings/builder.go:67 < strings.(*Builder).Grow strings/builder.go:81 < strings.Repeat strings/strings.go:677 < main.leak example.com/collector/leaks/profiles/leak.go:40 < main.take example.com/collector/leaks/profiles/main.go:41 < main.main example.com/collector/leaks/profiles/main.go:33 < runtime.main runtime/proc.go:290
        131072 (262144/h) strings.(*Builder).WriteString strings/builder.go:114
            main.build example.com/collector/leaks/profiles/leak.go:52 < main.leak example.com/collector/leaks/profiles/leak.go:43 < main.take example.com/collector/leaks/profiles/main.go:41 < main.main example.com/collector/leaks/profiles/main.go:33 < runtime.main runtime/proc.go:290
    "#]].assert_eq(&text);
    let sum = subtract(recorded!("heap-later.pb.gz"), recorded!("heap.pb.gz")).expect("two heaps");
    let flat: i64 = sum.samples.iter().map(|it| it.values[3]).sum();
    assert_eq!(growth.amount, flat, "every byte has a site");
}

#[test]
fn only_a_heap_can_grow() {
    let error = growth(Grows::Heap, &recorded!("cpu.pb.gz"), &recorded!("heap.pb.gz"), None);
    expect!["it has samples, cpu and no inuse_space in bytes"]
        .assert_eq(&error.expect_err("no heap").to_string());
    let two = growth(Grows::Heap, &recorded!("heap.pb.gz"), &recorded!("heap-later.pb.gz"), None);
    assert!(two.expect("two heaps").sites.iter().all(|it| it.per_hour.is_none()));
}
