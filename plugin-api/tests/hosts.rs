//! A plugin of the SDK on hosts that are not as they should be, and with configurations that are
//! none.

use expect_test::expect;
use plugin_api::testing::{collect, collect_refusing};
use plugin_api::{Context, Described, Error, Plugin, Status};
use serde::Deserialize;

/// Delivers two artifacts, whatever becomes of the first.
struct Two;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    text: String,
}

impl Plugin for Two {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        drop(config.text);
        Ok(Two)
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        for name in ["first", "second"] {
            let delivered = context.artifact(name, "text/plain").and_then(|mut artifact| {
                artifact.append(b"data\n")?;
                artifact.finish()
            });
            if let Err(error) = delivered {
                context.problem(&error);
            }
        }
        Ok(())
    }
}

impl Described for Two {
    const DESCRIPTION: &'static str = "{}";
}

/// Breaks the rules of names and media types.
struct Misnaming;

impl Plugin for Misnaming {
    type Config = plugin_api::NoConfig;

    fn new(_: Self::Config, _: &Context) -> Result<Self, Error> {
        Ok(Misnaming)
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let long = "a".repeat(201);
        let names = ["/etc/passwd", "a/../b", "", "-x", "two words", &long, "good", "good"];
        let types = names.iter().map(|name| (*name, "text/plain"));
        for (name, media_type) in types.chain([("typed", "text/plain\n"), ("typed", "")]) {
            if let Ok(mut artifact) = context.artifact(name, media_type) {
                artifact.append(b"data\n")?;
                artifact.finish()?;
            }
        }
        Ok(())
    }
}

impl Described for Misnaming {
    const DESCRIPTION: &'static str = "{}";
}

/// In the words of the host, which `tests/it/misbehaving/artifacts.rs` shows.
#[test]
fn the_host_of_tests_has_the_rules_of_the_host() {
    expect![[r#"
        status: ok
        problem: failed: artifact_begin: the name "/etc/passwd" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
        problem: failed: artifact_begin: the name "a/../b" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
        problem: failed: artifact_begin: the name "" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
        problem: failed: artifact_begin: the name "-x" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
        problem: failed: artifact_begin: the name "two words" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
        problem: failed: artifact_begin: a name of 201 bytes, the limit is 200
        problem: failed: the artifact good was delivered twice; the second is left out
        problem: failed: artifact_begin: the media type "text/plain\n" is not 1 to 200 printable ASCII characters
        problem: failed: artifact_begin: the media type "" is not 1 to 200 printable ASCII characters
        == good (text/plain)
        data
    "#]].assert_eq(&collect::<Misnaming>("{}").to_string());
}

#[test]
fn only_an_object_is_a_configuration() {
    for config in ["{}", " {\"text\": \"\"}"] {
        assert_eq!(collect::<Two>(config).status, 0, "{config}");
    }
    let said = ["", "[]", "[\"text\"]", "null", "{", "{} {}"]
        .map(|config| format!("{config}: {}", collect::<Two>(config)));
    expect![[r#"
        : status: bad config
        problem: bad config: the configuration is no JSON object
        []: status: bad config
        problem: bad config: the configuration is no JSON object
        ["text"]: status: bad config
        problem: bad config: the configuration is no JSON object
        null: status: bad config
        problem: bad config: the configuration is no JSON object
        {: status: bad config
        problem: bad config: configuration: EOF while parsing an object at line 1 column 1
        {} {}: status: bad config
        problem: bad config: configuration: trailing characters at line 1 column 4
    "#]]
    .assert_eq(&said.concat());
}

#[test]
fn a_call_that_the_host_refuses_is_a_problem_and_the_rest_is_delivered() {
    let said = [1, 2, 3, 4, 7].map(|call| {
        match collect_refusing::<Two>("{}", call..=call, Status::Failed) {
            Some(recorded) => format!("{call}. {recorded}"),
            None => format!("{call}. no such call\n"),
        }
    });
    expect![[r#"
        1. status: partial
        problem: failed: artifact first: the host answered status 1
        log 4: trial: refused call 1, artifact_begin
        == second (text/plain)
        data
        2. status: partial
        problem: failed: artifact first: the host answered status 1
        log 4: trial: refused call 2, artifact_write
        == first (text/plain, cut)
        == second (text/plain)
        data
        3. status: partial
        problem: failed: artifact first: the host answered status 1
        log 4: trial: refused call 3, artifact_end
        == first (text/plain)
        data
        == second (text/plain)
        data
        4. status: partial
        problem: failed: artifact second: the host answered status 1
        log 4: trial: refused call 4, artifact_begin
        == first (text/plain)
        data
        7. no such call
    "#]]
    .assert_eq(&said.concat());
}
