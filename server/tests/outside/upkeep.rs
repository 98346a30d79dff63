//! `verify`, `rebuild` and `backup`.

use cairn_server::auth::Role;
use serde_json::json;
use sqlx::{AnyConnection, Connection, Executor};

use crate::{
    both::Engine,
    county::{County, outreach},
    on_both,
    postgres::Cluster,
    run::Program,
};

on_both![
    a_store_that_was_tampered_with_is_found_out_and_repaired,
    a_backup_is_a_whole_store_as_of_one_moment,
    the_first_altered_entry_of_the_audit_log_is_named,
];

async fn logged(engine: Engine) -> (County, String) {
    let mut county = County::new(engine).await;
    let token = county.user("doctor-03", Role::Recorder, "markam").await;
    let phone = county.phone("doctor-03").await;
    for day in ["2021-03-15", "2021-03-16", "2021-04-01"] {
        county.log(&phone, "markam-hospital", "clinic.outreach", &outreach(day, 40)).await;
    }
    (county, token)
}

async fn tamper(url: &str, statement: &'static str) {
    let mut connection = AnyConnection::connect(url).await.unwrap();
    assert!(connection.execute(statement).await.unwrap().rows_affected() > 0, "{statement}");
    connection.close().await.unwrap();
}

async fn a_store_that_was_tampered_with_is_found_out_and_repaired(engine: Engine) {
    let (county, token) = logged(engine).await;
    let program = county.program();
    let clean = program.json(&["verify"]);
    assert_eq!((&clean["changes"], &clean["records"], &clean["differences"]), (&json!(3), &json!(3), &json!([])));
    assert_eq!(program.run(&["verify"]).stdout, "verified 3 changes of 3 records in 1 feeds\n");

    for statement in [
        "UPDATE tallies SET value = value + 1 WHERE measure = 'people_benefited'",
        "DELETE FROM records WHERE on_day = '2021-03-15'",
        "UPDATE records SET status = 'approved'",
        "UPDATE feeds SET head = head + 1 WHERE head > 0",
    ] {
        tamper(&county.url, statement).await;
        let found = program.run(&["verify", "--json"]);
        assert_eq!((found.status, found.stderr.lines().count()), (1, 1), "{statement}: {found:?}");
        assert!(found.stderr.starts_with("error: ") && found.stderr.contains("difference"), "{}", found.stderr);
        let listed: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
        assert!(!listed["differences"].as_array().unwrap().is_empty(), "{statement}");
        let rebuilt = program.json(&["rebuild"]);
        assert_eq!(rebuilt, json!({"feeds": 1, "records": 3, "failed": []}), "{statement}");
        assert_eq!(program.json(&["verify"])["differences"], json!([]), "{statement}");
    }
    let rows = county.answer("/api/v1/summary?unit=markam&from=2021-03-01&to=2021-03-31", &token).await["rows"].take();
    assert_eq!(rows[0]["measures"]["people_benefited"], 80);
}

async fn a_backup_is_a_whole_store_as_of_one_moment(engine: Engine) {
    let (county, _) = logged(engine).await;
    let program = county.program();
    let server = program.serve();
    let file = county.dir().join("backup.sqlite");
    let path = file.to_str().unwrap();
    let made = program.json(&["backup", path]);
    assert_eq!(made["file"], path);
    let admin = county.user("admin-02", Role::Administrator, "changdu").await;
    let last = county.answer("/api/v1/system", &admin).await["backup"]["last"].take();
    assert!(last.is_string(), "{last}");
    assert_eq!(made["bytes"], std::fs::metadata(&file).unwrap().len());
    program.fails(&["backup", path], 1, "backup.sqlite exists already");
    program.fails(&["backup", "nowhere/backup.sqlite"], 1, "nowhere");
    program.json(&["admin", "unit", "add", "late", "--kind", "other", "--name", "late"]);

    let restored = Program::new();
    std::fs::copy(&file, restored.dir().join("cairn.sqlite")).unwrap();
    let verified = restored.json(&["verify"]);
    assert_eq!((&verified["changes"], &verified["differences"]), (&json!(3), &json!([])));
    let units = restored.json(&["admin", "unit", "list"])["units"].as_array().unwrap().len();
    assert_eq!(units + 1, program.json(&["admin", "unit", "list"])["units"].as_array().unwrap().len());
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_moves_to_another_database_and_back() {
    let (county, _) = logged(Engine::Sqlite).await;
    let held = county.program().run(&["verify", "--json"]).stdout;
    let (there, back) = (Program::of(Engine::Postgres), Program::new());
    let postgres = there.database().unwrap().to_owned();
    let file = back.dir().join("cairn.sqlite");
    let sqlite = format!("sqlite://{}?mode=rwc", file.display());
    for (from, to) in [(&county.url, &postgres), (&postgres, &sqlite)] {
        let ended = back.run_bare(&["migrate-store", "--from", from, "--to", to, "--json"]);
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        let told: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!((&told["feeds"], &told["changes"], &told["records"]), (&json!(1), &json!(3), &json!(3)));
        // A store is never poured over another one.
        let again = back.run_bare(&["migrate-store", "--from", from, "--to", to]);
        assert_eq!(again.status, 1, "{again:?}");
        assert!(again.stderr.contains("not empty"), "{}", again.stderr);
    }
    assert_eq!(there.run(&["verify", "--json"]).stdout, held);
    assert_eq!(back.run(&["verify", "--json"]).stdout, held);
    let secrets = "SELECT value FROM store_meta WHERE key = 'author_key'";
    let kept = Cluster::get().sql(&postgres, secrets);
    let mut connection = AnyConnection::connect(&county.url).await.unwrap();
    let before: String = sqlx::query_scalar(secrets).fetch_one(&mut connection).await.unwrap();
    assert_eq!(kept, before);
    let nowhere = back.run_bare(&["migrate-store", "--from", "sqlite:///nonexistent/x.sqlite", "--to", &postgres]);
    assert_eq!((nowhere.status, nowhere.stdout.as_str(), nowhere.stderr.lines().count()), (1, "", 1), "{nowhere:?}");
    assert!(nowhere.stderr.contains("/nonexistent/x.sqlite: "), "{}", nowhere.stderr);
}

#[test]
fn upkeep_of_a_store_that_is_not_there_makes_none() {
    let program = Program::new();
    for words in [vec!["verify"], vec!["rebuild"], vec!["backup", "copy.sqlite"]] {
        program.fails(&words, 1, "cairn.sqlite: No such file");
    }
    assert_eq!(std::fs::read_dir(program.dir()).unwrap().count(), 0);
}

async fn the_first_altered_entry_of_the_audit_log_is_named(engine: Engine) {
    let (county, _) = logged(engine).await;
    let program = county.program();
    tamper(&county.url, "UPDATE audit SET by_user = 'nobody' WHERE number IN (3, 5)").await;
    let ended = program.run(&["verify"]);
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(ended.stdout.starts_with("audit entry 3: was altered"), "{}", ended.stdout);
    assert_eq!(ended.stdout.matches("audit entry").count(), 1, "{}", ended.stdout);
}
