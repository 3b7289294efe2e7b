//! Pages of both formats, whole and damaged.

use expect_test::{Expect, expect};

use super::*;

fn check(read: &Read<Metrics<'_>>, expect: Expect) {
    let mut told = String::new();
    for it in &read.value {
        told.push_str(&format!("{:?} {} = {:?} {:?}\n", it.role, it.series, it.value, it.rest));
    }
    for bad in read.bad.kept() {
        told.push_str(&format!("{bad}\n"));
    }
    expect.assert_eq(&told);
}

#[test]
fn the_text_of_prometheus_is_read() {
    let text = r##"# HELP go_goroutines Number of "goroutines".
# TYPE go_goroutines gauge
go_goroutines 27
# TYPE http_requests_total counter
http_requests_total{method="post",path="a b}\"\\"} 1.027e+03 1395066363000
http_requests_total { code = "400" }	3
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.5"} NaN
rpc_seconds_sum 1.7
rpc_seconds_count 2693
# TYPE latency histogram
latency_bucket{le="+Inf"} +Inf
# nobody knows the type of these
something 1
jobs_total 7
# TYPE go_go gauge
go_gogo_total 8
{"my.dotted_total",a="b"} 9
# a comment
"##;
    check(
        &read_prometheus(text.as_bytes()),
        expect![[r#"
        Level go_goroutines = 27.0 ""
        Cumulative http_requests_total{method="post",path="a b}\"\\"} = 1027.0 "1395066363000"
        Cumulative http_requests_total { code = "400" } = 3.0 ""
        Level rpc_seconds{quantile="0.5"} = NaN ""
        Cumulative rpc_seconds_sum = 1.7 ""
        Cumulative rpc_seconds_count = 2693.0 ""
        Cumulative latency_bucket{le="+Inf"} = inf ""
        Level something = 1.0 ""
        Cumulative jobs_total = 7.0 ""
        Cumulative go_gogo_total = 8.0 ""
        Cumulative {"my.dotted_total",a="b"} = 9.0 ""
    "#]],
    );
    let names: Vec<&str> = read_prometheus(text.as_bytes()).value.iter().map(Point::name).collect();
    assert_eq!(names[1..3], ["http_requests_total", "http_requests_total"]);
    assert_eq!(names.last(), Some(&"my.dotted_total"));
}

#[test]
fn openmetrics_is_read() {
    let text = r##"# TYPE acme_http counter
# UNIT acme_http requests
acme_http_total{path="/"} 17.0 1520879607.789 # {trace_id="oHg5SJYRHA0"} 9.8
acme_http_created 1520430000.123
# TYPE build info
build_info{version="1"} 1
# TYPE queue gaugehistogram
queue_gcount 4
# TYPE of_tomorrow fancy
of_tomorrow 5
# EOF
"##;
    check(
        &read_openmetrics(text.as_bytes()),
        expect![[r#"
        Cumulative acme_http_total{path="/"} = 17.0 "1520879607.789 # {trace_id=\"oHg5SJYRHA0\"} 9.8"
        Constant acme_http_created = 1520430000.123 ""
        Constant build_info{version="1"} = 1.0 ""
        Level queue_gcount = 4.0 ""
        Level of_tomorrow = 5.0 ""
    "#]],
    );
}

#[test]
fn damaged_lines_are_told_and_the_others_are_read() {
    let text = "good 1
good 2
1bad 1
no_value
no_value{a=\"b\"}
words many
open{a=\"b 1
-dash 1
huge 1e999
huge 99999999999999999999
hex 0x1F
name\u{e4} 1
# TYPE
# TYPE alone
also_good -1.5e-3
cut 12";
    check(
        &read_prometheus(text.as_bytes()),
        expect![[r#"
        Level good = 1.0 ""
        Level huge = 1e20 ""
        Level also_good = -0.0015 ""
        line 2: there was a value of this series before: "good 2"
        line 3: it does not begin with the name of a metric: "1bad 1"
        line 4: it has no value: "no_value"
        line 5: its value is no number: "no_value{a=\"b\"}"
        line 6: its value is no number: "words many"
        line 7: its labels do not end: "open{a=\"b 1"
        line 8: it does not begin with the name of a metric: "-dash 1"
        line 9: its value is too large: "huge 1e999"
        line 11: its value is no number: "hex 0x1F"
        line 12: it has no value: "nameä 1"
        line 16: the text ends within this line: "cut 12"
    "#]],
    );
}

#[test]
fn an_openmetrics_page_without_its_end_is_told() {
    check(
        &read_openmetrics(b"a 1\n"),
        expect![[r#"
            Level a = 1.0 ""
            the page has no `# EOF` at its end: it is not whole
        "#]],
    );
    check(
        &read_openmetrics(b"a 1\n# EOF\nb 2\n"),
        expect![[r#"
        Level a = 1.0 ""
        line 3: it comes after the end of the page: "b 2"
    "#]],
    );
    check(
        &read_openmetrics(b""),
        expect![[r#"
            the page has no `# EOF` at its end: it is not whole
        "#]],
    );
    for end in ["# EOF\n", "# EOF", "# EOF\r\n", "a 1\n# EOF"] {
        assert!(read_openmetrics(end.as_bytes()).bad.is_empty(), "{end:?}");
    }
    assert!(read_prometheus(b"").bad.is_empty(), "the older format has no end mark");
}
