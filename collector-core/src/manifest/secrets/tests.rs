//! What is masked, and what must stay readable.

use serde_json::json;

use super::*;

fn check(text: &str, masked: &str) {
    assert_eq!(mask_text(text), masked, "{text}");
    assert_eq!(mask_text(masked), masked, "masking twice changes nothing");
}

#[test]
fn users_of_urls_are_masked() {
    check("http://joe:hunter2@db1:6060/x", "http://***@db1:6060/x");
    check("see https://token@h/ and ssh://a:b@c", "see https://***@h/ and ssh://***@c");
    check("http://joe:a@b@db1/", "http://***@db1/");
    check("http://joe:pa/ss@db1/x", "http://***@db1/x");
    check("http://${USER}:${PASSWORD}@db1/", "http://${USER}:${PASSWORD}@db1/");
    check("http://joe:${PASSWORD:-hunter2}@db1/", "http://***@db1/");
}

#[test]
fn secret_values_are_masked() {
    check("http://h/m?a=1&token=t0p&b=2", "http://h/m?a=1&token=***&b=2");
    check("http://h/m?X-Amz-Signature=ab%20&sig=1", "http://h/m?X-Amz-Signature=***&sig=***");
    check("run --password hunter2 --url x", "run --password *** --url x");
    check("run --api-key=k1 PGPASSWORD='a b' x", "run --api-key=*** PGPASSWORD='***' x");
    check(r#"{"password": "a, b", "n": 1}"#, r#"{"password": "***", "n": 1}"#);
    check(r#"{"pwd": 1234}"#, r#"{"pwd": ***}"#);
    check("Server=db;Password=a b;Timeout=3", "Server=db;Password=*** b;Timeout=3");
    check("Authorization: Token abc def", "Authorization: ***");
    check("X-Api-Key: abc", "X-Api-Key: ***");
    check("Private-Token: x", "Private-Token: ***");
    check("Api-Key: x", "Api-Key: ***");
    check("DB_PASS=x PGPASS=x PGHOST=x", "DB_PASS=*** PGPASS=*** PGHOST=x");
    check("sent bearer abcdefgh.ijk, then", "sent bearer ***, then");
    check("token=${TOKEN}", "token=${TOKEN}");
    check(
        "a\n-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nb",
        "a\n-----BEGIN EC PRIVATE KEY-----***-----END EC PRIVATE KEY-----\nb",
    );
    check("-----BEGIN PRIVATE KEY-----MHc", "-----BEGIN PRIVATE KEY-----***");
}

#[test]
fn what_is_no_secret_stays() {
    for text in [
        "",
        "http://127.0.0.1:6060/debug/pprof/heap?debug=0",
        "http://h:80/users/a@b",
        "http://[::1]:80/a@b",
        "cannot read the token: permission denied",
        "--token: a file is better",
        "sort_key=a&bypass=yes",
        "bearer_token_file=/run/secrets/token",
        "basic auth and bearer auth",
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
        "ä=ö://ü",
    ] {
        check(text, text);
    }
}

#[test]
fn names_of_secrets_are_known_in_every_spelling() {
    for name in [
        "password DB_PASSWORD apiKey api-key X-Auth-Token client_secret",
        "db_pass dbPass PGPASS DB_PASS DBPass passcode doorPasscode ssh.passphrase Private-Token",
        "master_key tlsKey db-pw sentry_dsn auth wifi_psk",
    ]
    .iter()
    .flat_map(|it| it.split(' '))
    {
        assert!(is_secret_name(name), "{name}");
    }
    for name in [
        "password_file tokenFile token-path url profiles author key",
        "bypass byteCompass monkey sort_key primaryKey passthrough pass_path db_pass_file",
        "key_directory",
    ]
    .iter()
    .flat_map(|it| it.split(' '))
    {
        assert!(!is_secret_name(name), "{name}");
    }
}

#[test]
fn configurations_are_masked_all_the_way_down() {
    let config = json!({
        "url": "http://joe:hunter2@db1/?token=abc",
        "password": "${PASSWORD}",
        "secret": "${SECRET:-hunter2}",
        "pin_token": 1234,
        "use_token": true,
        "bearer_token_file": "/run/token",
        "credentials": { "user": "joe", "key_file": "/k", "all": ["a", { "b": "c" }] },
        "args": ["--password", "hunter2", "--verbose", "x"],
        "env": [{ "name": "DB_PASSWORD", "value": "hunter2" }, { "name": "HOST", "value": "db" }],
    });
    let masked = json!({
        "url": "http://***@db1/?token=***",
        "password": "${PASSWORD}",
        "secret": "***",
        "pin_token": "***",
        "use_token": true,
        "bearer_token_file": "/run/token",
        "credentials": { "user": "***", "key_file": "/k", "all": ["***", { "b": "***" }] },
        "args": ["--password", "***", "--verbose", "x"],
        "env": [{ "name": "DB_PASSWORD", "value": "***" }, { "name": "HOST", "value": "db" }],
    });
    assert_eq!(mask_config(&config), masked);
}
