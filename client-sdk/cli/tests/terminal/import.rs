//! Importing files: the good rows, and each bad one by its line.

use serde_json::Value as Json;

use crate::desk::Desk;

fn bad(desk: &Desk, file: &str) -> (u64, Vec<(u64, String)>) {
    let said = desk.run(&["record", "import", file, "--json"]);
    let report: Json = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{} {}", said.out, said.err));
    let rows = report["bad"].as_array().unwrap();
    assert_eq!(said.code, i32::from(!rows.is_empty()), "{}", said.out);
    assert_eq!(said.err.lines().count(), usize::from(!rows.is_empty()), "{}", said.err);
    let row = |row: &Json| (row["line"].as_u64().unwrap(), row["error"].as_str().unwrap().to_owned());
    (report["imported"].as_u64().unwrap(), rows.iter().map(row).collect())
}

#[test]
fn lines_of_json() {
    let desk = Desk::enrolled();
    let lines = [
        r#"{"form":"clinic.outreach","unit":"markam-hospital","on":"2021-03-01","fields":{"place":"嘎托镇","patients_seen":40,"notes":null}}"#,
        "",
        r#"{"form":"clinic.outreach","on":"2021-03-01","fields":{"place":"x","patients_seen":"40"}}"#,
        r#"{"form":"clinic.outreach","on":"2021-03-01","fields":{"place":"x"}}"#,
        r#"{"form":"clinic.nothing","on":"2021-03-01","fields":{}}"#,
        r#"{"form":"clinic.outreach","on":"2021-03-01","fields":{"place":"x","patients_seen":1},"colour":"red"}"#,
        r#"{"form":"clinic.outreach","on":"1.3.2021","fields":{"place":"x","patients_seen":1}}"#,
        r#"{"form":"clinic.outreach","fields":{"place":"x","patients_seen":1}}"#,
        r#"{"form":"clinic.outreach","unit":"riwoqe","on":"2021-03-01","fields":{"place":"x","patients_seen":1}}"#,
        r#"{"form":"clinic.outreach","on":"2021-03-01","fields":{"on":"2021-03-02","place":"x","patients_seen":1}}"#,
        r#"{"form":"clinic.outreach"#,
        "[1,2]",
        r#"{"form":"clinic.outpatient_day","on":"2021-03-02","fields":{"department":"内科","visits":12}}"#,
    ];
    let (imported, rows) = bad(&desk, &desk.file("rows.jsonl", &lines.join("\r\n")));
    assert_eq!((imported, desk.count()), (2, 2));
    assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let parts = [
        "patients_seen: must be a whole number",
        "patients_seen: an answer is required",
        "unknown form",
        "unknown field `colour`",
        "on: must be a day",
        "on: an answer is required",
        "unknown org unit",
        "on: given twice",
        "not a row",
        "not a row",
    ];
    for ((line, error), part) in rows.iter().zip(parts) {
        assert!(error.contains(part), "line {line}: {error}");
        assert!(!error.contains("line 1"), "line {line}: {error}");
    }
}

#[test]
fn a_table() {
    let desk = Desk::enrolled();
    let table = "\u{feff}form,unit,on,place,patients_seen,department,visits\n\
        clinic.outreach,markam-hospital,2021/3/1,\"嘎托镇, 广场\",40,,\n\
        clinic.outpatient_day,,2021-03-02,,,内科,12\n\
        clinic.outreach,,2021-03-02,x,-4,,\n\
        clinic.outreach,,2021-03-02,x\n\
        clinic.outreach,,,x,4,,\n\
        \"clinic.outreach\",,2021-03-03,\"two\nlines\",4,,\n\
        ,,2021-03-03,x,4,,\n";
    let (imported, rows) = bad(&desk, &desk.file("rows.csv", table));
    assert_eq!((imported, desk.count()), (2, 2));
    let expected = [
        (4, "patients_seen: must be at least 0"),
        (5, "4 columns, where the first line has 7"),
        (6, "on: an answer is required"),
        (7, "place: must not contain control characters"),
        (9, "unknown form \"\": `cairn forms` lists them"),
    ];
    assert_eq!(rows, expected.map(|(line, error)| (line, error.to_owned())));
    let found = desk.json(&["record", "list", "--text", "广场"]);
    assert_eq!(found["records"][0]["values"]["place"], "嘎托镇, 广场");
}

#[test]
fn files_that_are_no_tables() {
    let desk = Desk::enrolled();
    for (name, content, part) in [
        ("empty.csv", "", "no column `form`"),
        ("other.csv", "a,b\n1,2\n", "no column `form`"),
        ("twice.csv", "form,place,place\n", "stands there twice"),
    ] {
        let line = desk.fails(1, &["record", "import", &desk.file(name, content)]);
        assert!(line.contains(part) && line.contains(name), "{line}");
    }
    assert!(desk.fails(1, &["record", "import", "/nowhere/rows.jsonl"]).contains("/nowhere/rows.jsonl"));
    assert_eq!(bad(&desk, &desk.file("empty.jsonl", "\n\n")), (0, vec![]));
    let mut bytes = b"{\"form\":\"".to_vec();
    bytes.extend([0xff, 0xfe, b'\n']);
    let file = desk.file("bytes.jsonl", "");
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(bad(&desk, &file).1[0].0, 1);
    let (imported, rows) = bad(&desk, &desk.file("long.jsonl", &"x".repeat(3 << 20)));
    assert_eq!((imported, rows.len()), (0, 1), "{rows:?}");
}

#[test]
fn bad_rows_are_told_to_people_each_on_a_line() {
    let desk = Desk::enrolled();
    let file = desk.file(
        "rows.csv",
        "form,on,place,patients_seen\nclinic.outreach,2021-03-01,x,1\nclinic.outreach,2021-03-01,x,y\n",
    );
    let said = desk.run(&["record", "import", &file]);
    assert_eq!((said.code, said.out.as_str()), (1, "imported 1\n"));
    assert_eq!(said.err, "cairn: line 3: patients_seen: must be a whole number\n");
}
