//! Command lines that are wrong, and those that ask for help.

use crate::run::Program;

#[test]
fn a_wrong_command_line_is_one_line_and_status_2() {
    let program = Program::new();
    for (words, part) in [
        (vec!["bogus"], "bogus"),
        (vec!["serve", "--port", "1"], "--port"),
        (vec!["admin", "unit", "add", "x", "--kind", "county"], "--name"),
        (vec!["admin", "unit", "add", "x"], "--kind <KIND>"),
        (vec!["admin", "unit", "add", "--kind", "county", "--name", "x"], "<CODE>"),
        (vec!["admin", "enrol", "x", "--hours", "soon"], "--hours"),
        (vec!["admin", "grant", "add", "x", "--role", "recorder"], "--unit"),
        (vec!["admin", "held", "reject", "00"], "--reason"),
        (vec!["backup"], "<FILE>"),
        (vec!["demo", "--seed", "x"], "--seed"),
        (vec![], "command"),
        (vec!["admin"], "command"),
        (vec!["admin", "unit"], "command"),
    ] {
        let ended = program.run_bare(&words);
        assert_eq!(ended.status, 2, "{words:?}: {ended:?}");
        assert_eq!((ended.stdout.as_str(), ended.stderr.lines().count()), ("", 1), "{words:?}: {ended:?}");
        assert!(ended.stderr.contains(part), "{words:?}: {}", ended.stderr);
    }
    assert_eq!(std::fs::read_dir(program.dir()).unwrap().count(), 0, "a wrong command line makes nothing");
}

#[test]
fn help_and_version_are_not_failures() {
    let program = Program::new();
    for (words, part) in [
        (vec!["--help"], "backup"),
        (vec!["help", "serve"], "--listen"),
        (vec!["admin", "--help"], "enrol"),
        (vec!["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let ended = program.run_bare(&words);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{words:?}");
        assert!(ended.stdout.contains(part), "{words:?}: {}", ended.stdout);
    }
}

#[test]
fn a_flag_goes_before_the_environment() {
    let program = Program::new();
    let list = |command: &mut std::process::Command| command.output().unwrap().status.code();
    let words = ["admin", "unit", "list"];
    assert_eq!(list(program.command(&words).env("CAIRN_DATA", "from-env")), Some(0));
    assert!(program.dir().join("from-env").is_dir());
    assert_eq!(
        list(program.command(&["admin", "--data", "from-flag", "unit", "list"]).env("CAIRN_DATA", "other")),
        Some(0)
    );
    assert!(program.dir().join("from-flag").is_dir() && !program.dir().join("other").exists());
    assert_eq!(list(&mut program.command(&words)), Some(0));
    assert!(program.dir().join("data").is_dir(), "the default is ./data");
    let url = format!("sqlite://{}?mode=rwc", program.dir().join("elsewhere.sqlite").display());
    assert_eq!(list(program.command(&words).env("CAIRN_DATA", "unused").env("CAIRN_DATABASE", url)), Some(0));
    assert!(program.dir().join("elsewhere.sqlite").is_file() && !program.dir().join("unused").exists());
}

#[test]
fn a_store_that_cannot_be_opened_is_one_line() {
    let program = Program::new();
    let file = program.dir().join("file");
    std::fs::write(&file, "not a database, but long enough to be taken for one at first sight".repeat(20)).unwrap();
    let file = file.to_str().unwrap();
    let url = format!("sqlite://{file}");
    for (words, part) in [
        (vec!["admin", "unit", "list", "--data", file], "file"),
        (vec!["admin", "unit", "list", "--database", "mysql://user:secret@host/db"], "mysql"),
        (vec!["admin", "unit", "list", "--database", &url], "/file: "),
        (
            vec!["serve", "--database", "sqlite:///nonexistent/dir/x.sqlite", "--listen", "127.0.0.1:0"],
            "/nonexistent/dir/x.sqlite: ",
        ),
    ] {
        let ended = program.run_bare(&words);
        assert_eq!(
            (ended.status, ended.stdout.as_str(), ended.stderr.lines().count()),
            (1, "", 1),
            "{words:?} {ended:?}"
        );
        assert!(ended.stderr.contains(part) && !ended.stderr.contains("secret"), "{words:?}: {}", ended.stderr);
    }
}
