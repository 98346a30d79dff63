//! Everything that works without a network, which is everything but `enrol` and `sync`.

use crate::desk::Desk;

#[test]
fn a_record_is_made_edited_commented_on_taken_back_and_told_about() {
    let desk = Desk::enrolled();
    let id = desk.add("嘎托镇", 40);
    assert_eq!(id.len(), 36);
    let short = &id[..6];
    assert_eq!(desk.ok(&["record", "edit", short, "patients_seen=41", "notes=高血压"]), id);
    desk.ok(&["record", "edit", short, "notes="]);
    desk.ok(&["record", "comment", short, "请核对"]);
    let shown = desk.json(&["record", "show", short]);
    assert_eq!(shown["values"]["patients_seen"], 41);
    assert_eq!((&shown["on"], &shown["worker"]), (&"2021-03-15".into(), &"doctor-03".into()));
    assert_eq!((&shown["receipt"], &shown["status"]), (&"on_this_device".into(), &"open".into()));
    assert_eq!(
        (&shown["comments"][0]["text"], &shown["comments"][0]["author"]),
        (&"请核对".into(), &"doctor-03".into())
    );
    desk.ok(&["record", "void", short, "--reason", "误填"]);
    assert_eq!(desk.json(&["record", "show", short])["status"], "void");
    let events = desk.json(&["record", "history", short])["events"].clone();
    assert_eq!(events.as_array().unwrap().len(), 5);
    assert_eq!(events[4]["acts"][0]["did"], "reviewed");
    assert!(events.as_array().unwrap().iter().all(|e| e["state"] == "waiting" && e["author"] == "doctor-03"));
    let text = desk.ok(&["record", "show", short]);
    for part in ["patients_seen  41", "comment", "请核对", "void"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(desk.json(&["status"])["waiting"], 5);
}

#[test]
fn a_tally_is_counted_and_today_is_the_default_day() {
    let desk = Desk::enrolled();
    let id = desk.ok(&["record", "add", "clinic.outpatient_day", "department=内科", "visits=10"]);
    desk.ok(&["record", "edit", &id, "visits=+3"]);
    desk.ok(&["record", "edit", &id, "visits=-1"]);
    let shown = desk.json(&["record", "show", &id]);
    assert_eq!(shown["values"]["visits"], 12);
    let on = shown["on"].as_str().unwrap();
    assert!(on.len() == 10 && on > "2024", "{on}");
    // What is typed is understood in every language of the forms.
    let answers = ["procedure=阑尾切除", "outcome=治愈", "laparoscopic=是"];
    let id = desk.ok(&[&["record", "add", "clinic.surgery"][..], &answers[..]].concat());
    assert_eq!(desk.json(&["record", "show", &id])["values"]["outcome"], "recovered");
}

#[test]
fn lists_are_filtered_and_aligned() {
    let desk = Desk::enrolled();
    desk.add("嘎托镇", 1);
    desk.add("Gartok", 2);
    desk.ok(&["record", "add", "clinic.outpatient_day", "--on", "2021-04-01", "department=内科", "visits=3"]);
    let found =
        |arguments: &[&str]| desk.json(&[&["record", "list"], arguments].concat())["records"].as_array().unwrap().len();
    assert_eq!(found(&[]), 3);
    assert_eq!(found(&["--form", "clinic.outreach"]), 2);
    assert_eq!(found(&["--text", "gartok"]), 1);
    assert_eq!(found(&["--from", "2021-03-16"]), 1);
    assert_eq!(found(&["--to", "2021-03-15", "--unit", "markam", "--status", "open"]), 2);
    assert_eq!(found(&["--receipt", "on_the_server"]), 0);
    assert_eq!(found(&["--limit", "1", "--offset", "2"]), 1);
    let text = desk.ok(&["record", "list"]);
    let columns: Vec<_> = text.lines().map(|line| line.find("markam-hospital").unwrap()).collect();
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{text}");
    assert!(text.lines().next().unwrap().contains("2021-04-01"), "newest first: {text}");
}

#[test]
fn forms_units_and_status_are_shown() {
    let desk = Desk::enrolled();
    let forms = desk.json(&["forms"])["forms"].clone();
    assert_eq!(forms[1]["id"], "clinic.outreach");
    assert_eq!((&forms[1]["fields"][0]["key"], &forms[1]["fields"][2]["type"]), (&"on".into(), &"integer".into()));
    assert!(desk.ok(&["forms"]).contains("patients_seen*:integer"));
    let units = desk.json(&["units"])["units"].clone();
    assert_eq!((&units[1]["code"], &units[1]["roles"]["recorder"]), (&"markam-hospital".into(), &true.into()));
    let status = desk.json(&["status"]);
    assert_eq!((&status["user"], &status["waiting"]), (&"doctor-03".into(), &0.into()));
    let all = status.to_string();
    assert!(!all.contains("token-of-this-device") && !all.contains("secret"), "{all}");
    assert!(desk.ok(&["status"]).contains("last sync  never"));
    assert!(desk.ok(&["--version"]).starts_with("cairn "));
    assert!(desk.ok(&["record", "--help"]).contains("import"));
}

#[test]
#[cfg(unix)]
fn nobody_else_may_read_a_store() {
    let desk = Desk::enrolled();
    assert_eq!(crate::desk::mode(&desk.store()), 0o700);
    assert_eq!(crate::desk::mode(&desk.store().join("replica.sqlite")), 0o600);
}

#[test]
fn work_is_carried_to_another_device_by_hand() {
    let (desk, other) = (Desk::enrolled(), Desk::enrolled());
    let id = desk.add("嘎托镇", 40);
    let file = desk.store().join("work.cairn").display().to_string();
    assert!(desk.ok(&["copy", "save", &file]).starts_with("saved 1 changes, "));
    let over = desk.fails(1, &["copy", "save", &file]);
    assert!(over.contains("work.cairn: File exists"), "{over}");
    assert_eq!(other.ok(&["copy", "take-in", &file]), "took in 1 of 1 changes");
    assert_eq!(other.json(&["record", "show", &id])["values"]["patients_seen"], 40);
    let refused = other.fails(1, &["copy", "take-in", &desk.file("letter.pdf", "%PDF-1.7")]);
    assert!(refused.contains("no copy that Cairn saved"), "{refused}");
}
