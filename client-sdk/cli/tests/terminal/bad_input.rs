//! Bad input: one clear line, the right exit code, and nothing lost.

use crate::desk::Desk;

#[test]
fn every_bad_record_is_one_line_and_no_record() {
    let desk = Desk::enrolled();
    let good = ["place=嘎托镇", "patients_seen=40"];
    let cases: [(&[&str], &str); 12] = [
        (&["clinic.nothing"], "unknown form \"clinic.nothing\": `cairn forms` lists them"),
        (&["Not A Form"], "unknown form \"Not A Form\": `cairn forms` lists them"),
        (&["clinic.outreach", "--unit", "riwoqe"], "unknown org unit \"riwoqe\": `cairn units` lists them"),
        (&["clinic.outreach", "--unit", "markam"], "no permission here: doctor-03 may not do this in markam"),
        (
            &["clinic.outreach", "--on", "2021-02-30"],
            "on: must be a day from 1900-01-01 to 2199-12-31, written like 2021-03-15",
        ),
        (
            &["clinic.outreach", "--on", "gestern"],
            "on: must be a day from 1900-01-01 to 2199-12-31, written like 2021-03-15",
        ),
        (&["clinic.outreach", "referred=many"], "referred: must be a whole number"),
        (&["clinic.outreach", "referred=-1"], "referred: must be at least 0"),
        (&["clinic.outreach", "referred=99999999999999999999"], "referred: must be at most 1000000000"),
        (&["clinic.outreach", "colour=red"], "colour: the form has no such field"),
        (&["clinic.outreach", "NOT A KEY=red"], "NOT A KEY: the form has no such field"),
        (
            &["clinic.surgery", "procedure=x", "outcome=fine"],
            "outcome: must be one of the options of the form; patients_seen: the form has no such field; place: the form has no such field",
        ),
    ];
    for (arguments, expected) in cases {
        let line = desk.fails(1, &[&["record", "add"], arguments, &good[..]].concat());
        let sorted = |text: &str| {
            let mut parts: Vec<String> = text.split("; ").map(str::to_owned).collect();
            parts.sort();
            parts
        };
        assert_eq!(sorted(&line), sorted(expected), "{arguments:?}");
    }
    let missing = desk.fails(1, &["record", "add", "clinic.outreach", "place=  "]);
    assert_eq!(missing, "place: an answer is required; patients_seen: an answer is required");
    assert_eq!(desk.count(), 0);
    assert_eq!(desk.json(&["status"])["waiting"], 0);
}

#[test]
fn a_command_line_without_sense_is_64() {
    let desk = Desk::enrolled();
    let cases: [(&[&str], &str); 11] = [
        (&[], "requires a subcommand"),
        (&["recrod"], "recrod"),
        (&["record", "add"], "<FORM>"),
        (&["record", "add", "clinic.outreach", "patients_seen"], "expected FIELD=VALUE"),
        (&["record", "add", "clinic.outreach", "place=a", "place=b"], "field place is given twice"),
        (&["record", "void", "abcdef"], "--reason"),
        (&["record", "comment", "abcdef", "  "], "needs a text"),
        (&["record", "review", "abcdef", "perfect"], "perfect"),
        (&["record", "list", "--from", "2021-13-01"], "2021-13-01"),
        (&["record", "list", "--status", "lost"], "lost"),
        (&["record", "import", "records.xlsx"], ".jsonl or .csv"),
    ];
    for (arguments, part) in cases {
        let line = desk.fails(64, arguments);
        assert!(line.contains(part), "{arguments:?}: {line}");
    }
}

#[test]
fn a_record_that_is_not_there_is_named() {
    let desk = Desk::enrolled();
    desk.add("嘎托镇", 1);
    for command in [&["show"][..], &["history"], &["edit"], &["comment"], &["review"], &["void"]] {
        let rest: &[&str] = match command[0] {
            "edit" => &["place=x"],
            "comment" => &["x"],
            "review" => &["approved"],
            "void" => &["--reason", "x"],
            _ => &[],
        };
        for name in ["00000000", "abc", "0b5e0000-0000-8000-8000-000000000000"] {
            let line = desk.fails(1, &[&["record"], command, &[name], rest].concat());
            assert_eq!(line, format!("no such record: {name}"));
        }
    }
}

#[test]
fn edits_that_cannot_be_made_change_nothing() {
    let desk = Desk::enrolled();
    let id = desk.add("嘎托镇", 40);
    let before = desk.json(&["record", "show", &id]);
    for (answer, expected) in [
        ("patients_seen=", "patients_seen: an answer is required"),
        ("patients_seen=many", "patients_seen: must be a whole number"),
        ("patients_seen=+3x", "patients_seen: must be a whole number"),
        ("patients_seen=40", "nothing would change"),
        ("on=2021-02-30", "on: must be a day from 1900-01-01 to 2199-12-31, written like 2021-03-15"),
        ("colour=red", "colour: the form has no such field"),
    ] {
        assert_eq!(desk.fails(1, &["record", "edit", &id, answer]), expected, "{answer}");
    }
    assert_eq!(
        desk.fails(1, &["record", "review", &id, "approved"]),
        "no permission here: doctor-03 may not do this in markam-hospital"
    );
    assert_eq!(desk.json(&["record", "show", &id]), before);
    let tally = desk.ok(&["record", "add", "clinic.outpatient_day", "department=x", "visits=5"]);
    assert_eq!(desk.fails(1, &["record", "edit", &tally, "visits=-6"]), "visits: must be at least 0");
    assert_eq!(desk.fails(1, &["record", "edit", &tally, "visits=+x"]), "visits: must be a count");
}

#[test]
fn a_device_that_is_not_enrolled_is_told_so_and_nothing_is_made() {
    let desk = Desk::empty();
    for command in [&["status"][..], &["sync"], &["forms"], &["record", "list"], &["record", "add", "clinic.outreach"]]
    {
        assert!(desk.fails(1, command).starts_with("this device is not enrolled"), "{command:?}");
    }
    assert!(!desk.store().exists());
    for url in ["cairn.example", "ftp://cairn.example", "http://"] {
        assert!(desk.fails(1, &["enrol", url, "CODE"]).contains("is not a server's address"), "{url}");
    }
}

#[test]
fn what_is_no_store_is_not_touched() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.store()).unwrap();
    let file = desk.store().join("replica.sqlite");
    std::fs::write(&file, "my diary\n".repeat(1_000)).unwrap();
    let line = desk.fails(1, &["status"]);
    assert!(line.contains("cannot be opened") && line.contains("not a database"), "{line}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("my diary"));
}

/// The system refuses to make files larger, as it would on a full disk.
#[test]
#[cfg(unix)]
fn a_full_disk_is_one_line_and_loses_nothing() {
    let desk = Desk::enrolled();
    let kept = desk.add("嘎托镇", 40);
    let rows: String = (0..3_000)
        .map(|i| format!("{{\"form\":\"clinic.outreach\",\"on\":\"2021-03-01\",\"fields\":{{\"place\":\"{i}\",\"patients_seen\":{i}}}}}\n"))
        .collect();
    let file = desk.file("rows.jsonl", &rows);
    let limited = |arguments: &[&str]| {
        let script = "trap '' XFSZ; ulimit -f 900; exec \"$0\" \"$@\"";
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_cairn")]).args(arguments).env("CAIRN_STORE", desk.store());
        crate::desk::Said::from(command.output().unwrap())
    };
    let said = limited(&["record", "import", &file, "--json"]);
    assert_eq!(said.code, 1, "{} {}", said.out, said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("the disk is full"), "{}", said.err);
    let imported = serde_json::from_str::<serde_json::Value>(&said.out).unwrap()["imported"].as_u64().unwrap();
    assert_eq!(desk.count() as u64, imported + 1, "what was counted is there, and nothing else");
    assert_eq!(desk.json(&["record", "show", &kept])["values"]["patients_seen"], 40);
    // With space again, work goes on.
    desk.add("察雅", 1);
}
