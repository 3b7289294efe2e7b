//! A procfs that hides processes of other users.

use expect_test::expect;

use super::check;

#[test]
fn a_hidden_first_process_means_hidden_others() {
    let tree = "90/stat: 90 (dolt) S 1 90\n90/status: Name:\\tdolt";
    check(
        tree,
        "",
        expect![[r#"
        status: denied
        problem: denied: the first process is hidden, so others may be; procfs is mounted with hidepid: run as root, or in the group of its option gid, to add them
        == stat (text/x-linux-pid-stat)
        ==> 90/stat 17 <==
        90 (dolt) S 1 90

        == status (text/x-linux-pid-status)
        ==> 90/status 11 <==
        Name:	dolt

    "#]],
    );
    check(
        tree,
        r#", "processes": [90]"#,
        expect![[r#"
        status: ok
        == stat (text/x-linux-pid-stat)
        ==> 90/stat 17 <==
        90 (dolt) S 1 90

        == status (text/x-linux-pid-status)
        ==> 90/status 11 <==
        Name:	dolt

    "#]],
    );
    check(
        tree,
        r#", "processes": [90, 4242]"#,
        expect![[r#"
        status: denied
        problem: denied: no process is seen that is 4242; procfs is mounted with hidepid: run as root, or in the group of its option gid, to add them
        == stat (text/x-linux-pid-stat)
        ==> 90/stat 17 <==
        90 (dolt) S 1 90

        == status (text/x-linux-pid-status)
        ==> 90/status 11 <==
        Name:	dolt

    "#]],
    );
}
