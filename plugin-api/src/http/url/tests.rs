//! Which URLs are taken, how they are shown, and where a redirect may lead.

use expect_test::{Expect, expect};

use super::Url;
use crate::http::credentials::Credentials;

fn check(text: &str, expect: Expect) {
    let said = match Url::parse("url", text) {
        Ok(url) => url.to_string(),
        Err(error) => error.to_string(),
    };
    expect.assert_eq(&said);
}

#[test]
fn a_url_is_shown_without_its_query_and_fragment() {
    check("http://127.0.0.1:6060", expect!["http://127.0.0.1:6060/"]);
    check("https://[::1]:6060/debug/pprof#top", expect!["https://[::1]:6060/debug/pprof"]);
    check("http://host/metrics?token=SECRET", expect!["http://host/metrics?..."]);
}

#[test]
fn what_is_no_url_is_refused_and_not_repeated() {
    for text in ["me:SECRET@host", "http://me:SEC@RET@host/"] {
        let said = Url::parse("url", text).unwrap_err();
        assert!(said.message().contains("set `basic_auth`"), "{said}");
        assert!(!said.message().contains("RET"), "{said}");
    }
    check(
        "http://me:SECRET@host/",
        expect!["url: it holds a password or user name; set `basic_auth` instead"],
    );
    check(
        "127.0.0.1:6060",
        expect!["url: the scheme is missing; write it like http://127.0.0.1:6060/path"],
    );
    check(
        "localhost:6060/metrics",
        expect!["url: not a URL: invalid format; write it like http://127.0.0.1:6060/path"],
    );
    check("ftp://host/", expect!["url: the scheme is ftp; only http and https work"]);
    check(
        "http:///metrics",
        expect!["url: not a URL: invalid format; write it like http://127.0.0.1:6060/path"],
    );
    check("", expect!["url: not a URL: empty string; write it like http://127.0.0.1:6060/path"]);
    check(
        "http://a b/",
        expect!["url: not a URL: invalid uri character; write it like http://127.0.0.1:6060/path"],
    );
}

#[test]
fn paths_and_queries_are_joined() {
    let url = Url::parse("url", "http://host:1/a?token=x").unwrap();
    let next = url.with_path("/b/heap").unwrap().with_query("gc=1").unwrap();
    expect!["http://host:1/b/heap?token=x&gc=1"].assert_eq(&next.uri().to_string());
    let plain = Url::parse("url", "http://host/a").unwrap().with_query("seconds=5").unwrap();
    expect!["http://host/a?seconds=5"].assert_eq(&plain.uri().to_string());
}

#[test]
fn a_redirect_stays_on_the_server_or_moves_to_its_https() {
    let from = |url: &str, location: &str| {
        let here = Url::parse("url", url).unwrap();
        let next = here.redirected(location, &Credentials::default()).unwrap();
        format!("{} {}", next.uri(), here.is_same_server(&next))
    };
    let said = [
        from("http://host/a/b?q", "/c"),
        from("http://host/a/b?q", "c"),
        from("http://host/a/b?q", "?r"),
        from("http://host/a/b", "/login?next=http://evil/c"),
        from("http://host/a/b", "login?next=http://evil/c"),
        from("http://host/a", "//HOST/c"),
        from("http://host/a", "https://host/a"),
        from("http://host:8080/a", "https://host:8443/a"),
        from("https://host/a", "http://host/a"),
        from("http://host/a", "http://host:81/a"),
        from("http://host/a", "http://host.evil/a"),
    ];
    expect![[r#"
        http://host/c true
        http://host/a/c true
        http://host/a/b?r true
        http://host/login?next=http://evil/c true
        http://host/a/login?next=http://evil/c true
        http://HOST/c true
        https://host/a true
        https://host:8443/a true
        http://host/a false
        http://host:81/a false
        http://host.evil/a false"#]]
    .assert_eq(&said.join("\n"));
}
