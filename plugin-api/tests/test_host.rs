//! `collector_test_host.h` tells a C author of the plugin's mistakes: it ends the test program with
//! the place and what does not hold. It compiles as C99 and as C++11 without warnings.

use std::fs;
use std::path::Path;
use std::process::Command;

const INCLUDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/include");

/// A plugin whose `collect` is `body`, and a test program that takes one sample of it, by a host with
/// these settings.
fn program(settings: &str, body: &str) -> String {
    format!(
        r#"
#include "collector_test_host.h"

static struct test_host host;

static inline collector_str str(const char *text)
{{
    collector_str it = {{text, strlen(text)}};
    return it;
}}

static collector_status create(const collector_host *host, collector_str config, void **instance)
{{
    (void)host;
    (void)config;
    *instance = NULL;
    return COLLECTOR_OK;
}}

static collector_status collect(void *instance, const collector_host *host)
{{
    uint64_t handle = 0;
    (void)instance;
    (void)handle;
    {body}
    return COLLECTOR_OK;
}}

static const collector_plugin plugin = {{
    COLLECTOR_MAGIC, COLLECTOR_ABI_MAJOR, COLLECTOR_ABI_MINOR, sizeof(collector_plugin), 0,
    {{NULL, 0}}, create, collect, NULL,
}};

const collector_plugin *collector_plugin_entry_v1(void)
{{
    return &plugin;
}}

int main(void)
{{
    test_host_init(&host);
    {settings}
    TEST_CHECK(test_host_run(&host, "{{}}", 1) == COLLECTOR_OK);
    TEST_CHECK(strcmp(test_host_artifact(&host, "a")->data, "text") == 0);
    test_host_clear(&host);
    return 0;
}}
"#
    )
}

/// Compiles the program and runs it: its exit code, and the last word of what does not hold.
fn run(compiler: &str, standard: &str, settings: &str, body: &str) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let extension = if compiler == "cc" { "c" } else { "cpp" };
    let (source, test) =
        (dir.path().join("test").with_extension(extension), dir.path().join("test"));
    fs::write(&source, program(settings, body)).expect("write the source");
    let command = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        let done = command.args(arguments).output();
        done.unwrap_or_else(|error| panic!("cannot run {}: {error}", program.display()))
    };
    let paths = [&test, &source].map(|it| it.to_str().expect("a path of text"));
    let options = [standard, "-pedantic", "-Wall", "-Wextra", "-Werror", "-I", INCLUDE, "-o"];
    let built = command(Path::new(compiler), &[&options[..], &paths[..]].concat());
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let said = command(&test, &[]);
    let text = String::from_utf8(said.stderr).expect("a text");
    let what = text.trim_end().rsplit(": ").next().unwrap_or_default();
    (said.status.code(), what.to_owned())
}

const BEGIN: &str = r#"host->artifact_begin(host->ctx, str("a"), str("text/plain"), &handle);"#;
const WRITE: &str = r#"host->artifact_write(host->ctx, handle, "text", 4);"#;
const END: &str = "host->artifact_end(host->ctx, handle, COLLECTOR_OK);";

#[test]
fn a_plugin_that_does_as_it_should_passes_in_c_and_in_cpp() {
    let body = [BEGIN, WRITE, END].concat();
    for (compiler, standard) in [("cc", "-std=c99"), ("c++", "-std=c++11")] {
        assert_eq!(run(compiler, standard, "", &body), (Some(0), String::new()), "{compiler}");
    }
}

#[test]
fn each_mistake_ends_the_test_with_what_does_not_hold() {
    let check = |body: &[&str], expected: &str| {
        assert_eq!(run("cc", "-std=c99", "", &body.concat()), (Some(1), expected.to_owned()));
    };
    check(&[BEGIN, WRITE], "!host->artifacts[i].is_open");
    check(&[BEGIN, END, WRITE], "host->artifacts[handle - 1].is_open");
    check(&[BEGIN, WRITE, END, END], "host->artifacts[handle - 1].is_open");
    check(&[WRITE], "handle >= 1 && handle <= host->n_artifacts");
    let silent = "host->fail(host->ctx, COLLECTOR_OK, str(\"\"));";
    check(&[silent], "status != COLLECTOR_OK");
    let other = r#"strcmp(test_host_artifact(&host, "a")->data, "text") == 0"#;
    check(&[BEGIN, END], other);
}

#[test]
fn one_call_is_refused_alone_or_with_all_after_it() {
    let said = |settings: &str, body: &[&str]| run("cc", "-std=c99", settings, &body.concat());
    let passed = (Some(0), String::new());
    // A second write is taken again.
    let body = [BEGIN, WRITE, WRITE, END];
    assert_eq!(said("host.refuse_call = host.refuse_last = 2;", &body), passed);
    let lost = r#"strcmp(test_host_artifact(&host, "a")->data, "text") == 0"#;
    assert_eq!(said("host.refuse_call = 2;", &body), (Some(1), lost.to_owned()));
}

#[test]
fn an_older_host_lacks_what_came_later() {
    let older = "TEST_HOST_BEFORE(&host, artifact_end);";
    let asks = "if (COLLECTOR_HOST_HAS(host, artifact_end))";
    let body = [BEGIN, WRITE, asks, END].concat();
    for (compiler, standard) in [("cc", "-std=c99"), ("c++", "-std=c++11")] {
        assert_eq!(run(compiler, standard, "", &body), (Some(0), String::new()));
        let never_ended = (Some(1), "!host->artifacts[i].is_open".to_owned());
        assert_eq!(run(compiler, standard, older, &body), never_ended, "it asks");
        let body = [BEGIN, WRITE, END].concat();
        assert_eq!(run(compiler, standard, older, &body).0, None, "it crashes");
    }
}
