//! Writing into a record for whoever calls: what the operations that do so share.

use std::collections::BTreeSet;

use axum::{Json, http::StatusCode};
use sync_core::id::{ChangeHash, RecordId};

use super::{ApiState, Problem, caller::Caller, record};
use crate::{
    ingest::{Dictation, IngestError, Unwritten, Writing},
    report::RecordReport,
    store::record_read,
};

/// Writes into a record on which the caller has the operation's right, and gives the record as it is then.
pub(super) async fn dictate(
    state: &ApiState,
    caller: &Caller,
    id: RecordId,
    what: Writing,
    seen: Option<BTreeSet<ChangeHash>>,
) -> Result<Json<RecordReport>, Problem> {
    write(state, caller, id, what, seen).await?;
    record::report(state, caller, id).await.map(Json)
}

/// Writes into a record on which the caller has the operation's right.
pub(super) async fn write(
    state: &ApiState,
    caller: &Caller,
    id: RecordId,
    what: Writing,
    seen: Option<BTreeSet<ChangeHash>>,
) -> Result<(), Problem> {
    let mut tx = state.store.read().await?;
    let row = record_read::one(&mut tx, &id).await?.filter(|row| caller.reaches(&row.path));
    drop(tx);
    let row = row.ok_or_else(|| record::unknown(id))?;
    let dictation = Dictation { by: caller.username().clone(), record: id, unit: row.unit, what, seen };
    state.ingest.write(dictation).await.map_err(problem_of)?;
    Ok(())
}

/// A text that a request holds, without its outer space: 422 of this code if nothing is left of it.
pub(super) fn said<'a>(text: &'a str, code: &'static str, what: &str) -> Result<&'a str, Problem> {
    let text = text.trim();
    if text.is_empty() { Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, what)) } else { Ok(text) }
}

/// The problem that stands for why something was not stored.
pub(super) fn problem_of(error: IngestError) -> Problem {
    let (code, detail) = (error.code(), error.to_string());
    let status = match error {
        IngestError::Store(error) => return error.into(),
        IngestError::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        IngestError::TooMuch => StatusCode::PAYLOAD_TOO_LARGE,
        IngestError::Unwritten(unwritten) => match unwritten {
            Unwritten::RecordUnknown(_) => StatusCode::NOT_FOUND,
            Unwritten::Moved | Unwritten::FormUnknown => StatusCode::CONFLICT,
            Unwritten::NotTaken(reason) if !reason.code.refuses() => StatusCode::FORBIDDEN,
            Unwritten::Faults(_) | Unwritten::DuplicateOfNothing(_) | Unwritten::Write(_) | Unwritten::NotTaken(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        },
    };
    Problem::new(status, code, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sync_core::{
        gate::ReasonCode,
        record::{Edit, Value},
        wire::Outcome,
    };

    use crate::{
        auth::Role,
        store::Engine,
        testing::{Desk, Hand, World, on_both, problem},
    };

    on_both![
        what_is_written_at_a_desk_reaches_the_device_and_the_totals,
        a_conflict_is_settled_by_writing_a_value,
        what_breaks_a_rule_is_named_and_not_written,
        a_verdict_on_what_nobody_has_seen_is_not_given,
        two_requests_of_one_person_at_once_are_both_kept,
        a_right_is_asked_for_where_the_record_lies,
    ];

    fn seen(count: i64) -> Edit {
        Edit::Set("patients_seen".parse().unwrap(), Value::Integer(count))
    }

    async fn what_is_written_at_a_desk_reaches_the_device_and_the_totals(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "changdu").await;
        let mut phone = Hand::of(&world, &doctor);
        let (record, first) = doctor.outreach("markam", 40, 1);
        phone.write(&record, &first);
        phone.sync_once().await;
        let path = format!("/api/v1/records/{}", record.id());
        let commented = desk.posted(&format!("{path}/comments"), json!({"text": " 好 "})).await;
        assert_eq!(commented["comments"][0]["text"], "好");
        assert_eq!(commented["comments"][0]["username"], "reviewer-01");
        assert_eq!(commented, desk.got(&path).await);
        let set = desk.posted(&format!("{path}/fields"), json!({"fields": {"patients_seen": 45, "referred": 2}})).await;
        assert_eq!((&set["values"]["patients_seen"], &set["values"]["referred"]), (&json!(45), &json!(2)));
        assert_eq!(world.total("people_benefited").await, 45);
        let verdict = json!({"verdict": "approved", "seen": set["heads"]});
        let approved = desk.posted(&format!("{path}/reviews"), verdict).await;
        assert_eq!(
            (&approved["status"], &approved["reviews"][0]["username"]),
            (&json!("approved"), &json!("reviewer-01"))
        );
        let void = json!({"verdict": "void", "reason": "a test"});
        assert_eq!(desk.posted(&format!("{path}/reviews"), void).await["status"], "void");
        assert_eq!(world.total("people_benefited").await, 0);
        let again = json!({"verdict": "approved"});
        assert_eq!(desk.posted(&format!("{path}/reviews"), again).await["status"], "approved");
        assert_eq!(world.total("people_benefited").await, 45);
        // The device gets them all, and who wrote them.
        phone.sync_once().await;
        assert_eq!(phone.rows.len(), 6);
        assert!(phone.authors.values().any(|author| author.user.as_str() == "reviewer-01"));
        world.is_right().await;
    }

    async fn a_conflict_is_settled_by_writing_a_value(engine: Engine) {
        let world = World::new(engine).await;
        let here = world.worker("doctor-03", Role::Recorder, "markam").await;
        let there = world.worker("doctor-04", Role::Recorder, "markam").await;
        let desk = Desk::with(&world, "admin-01", Role::Administrator, "changdu").await;
        let (record, first) = here.outreach("markam", 1, 1);
        let (mut mine, mut theirs) = (record.clone(), record.clone());
        let one = mine.edit(&[seen(2)], here.pen(2)).unwrap();
        let other = theirs.edit(&[seen(3)], there.pen(2)).unwrap();
        world.push(&here, "markam", &[&first, &one]).await;
        world.push(&there, "markam", &[&other]).await;
        let path = format!("/api/v1/records/{}", record.id());
        let shown = desk.got(&path).await;
        assert_eq!(shown["conflicts"][0]["field"], "patients_seen");
        // Even the value that is shown already.
        let chosen = json!({"fields": {"patients_seen": shown["values"]["patients_seen"]}});
        let settled = desk.posted(&format!("{path}/fields"), chosen.clone()).await;
        assert_eq!((&settled["conflicts"], &settled["values"]), (&json!([]), &shown["values"]));
        let twice = desk.post(&format!("{path}/fields"), chosen).await;
        assert_eq!(problem(twice), (422, "nothing_changed".into()));
        world.is_right().await;
    }

    async fn what_breaks_a_rule_is_named_and_not_written(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let desk = Desk::of(&world, &doctor.user).await;
        let (record, first) = doctor.outreach("markam", 1, 1);
        world.push(&doctor, "markam", &[&first]).await;
        let path = format!("/api/v1/records/{}", record.id());
        let bad = json!({"fields": {"patients_seen": -1, "referred": "two", "place": null, "nonsense": 1}});
        let (status, json) = desk.post(&format!("{path}/fields"), bad).await;
        assert_eq!((status, &json["code"]), (422, &json!("values_faulty")));
        for part in ["patients_seen: must be at least 0", "referred: ", "place: an answer", "nonsense: the form has no"]
        {
            assert!(json["detail"].as_str().unwrap().contains(part), "{part}: {json}");
        }
        for (what, body, code) in [
            ("comments", json!({"text": " "}), "text_missing"),
            ("comments", json!({"text": "x".repeat(9_000)}), "bad_value"),
        ] {
            assert_eq!(problem(desk.post(&format!("{path}/{what}"), body).await), (422, code.into()));
        }
        assert_eq!(desk.got(&path).await["history"].as_array().unwrap().len(), 1);
        let cleared = json!({"fields": {"notes": "很多人", "patients_seen": 2}});
        desk.posted(&format!("{path}/fields"), cleared).await;
        let cleared = desk.posted(&format!("{path}/fields"), json!({"fields": {"notes": null}})).await;
        assert_eq!(cleared["values"]["notes"], "");
        world.is_right().await;
    }

    async fn a_verdict_on_what_nobody_has_seen_is_not_given(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let desk = Desk::with(&world, "reviewer-01", Role::Reviewer, "markam").await;
        let (mut record, first) = doctor.outreach("markam", 1, 1);
        world.push(&doctor, "markam", &[&first]).await;
        let path = format!("/api/v1/records/{}", record.id());
        let heads = desk.got(&path).await["heads"].take();
        let second = record.edit(&[seen(2)], doctor.pen(2)).unwrap();
        world.push(&doctor, "markam", &[&second]).await;
        let approve = json!({"verdict": "approved", "seen": heads});
        let moved = desk.post(&format!("{path}/reviews"), approve).await;
        assert_eq!(problem(moved), (409, "record_moved".into()));
        let (_, other) = doctor.outreach("markam", 1, 5);
        for (body, code) in [
            (json!({"verdict": "fine"}), "verdict_unknown"),
            (json!({"verdict": "void"}), "reason_missing"),
            (json!({"verdict": "approved", "duplicate_of": record.id()}), "duplicate_not_void"),
            (json!({"verdict": "void", "reason": "x", "duplicate_of": record.id()}), "duplicate_of_nothing"),
            (json!({"verdict": "void", "reason": "x", "duplicate_of": "x"}), "duplicate_of_nothing"),
            (
                json!({"verdict": "void", "reason": "x",
                    "duplicate_of": sync_core::id::RecordId::of_first_change(&other.hash())}),
                "duplicate_of_nothing",
            ),
        ] {
            assert_eq!(
                problem(desk.post(&format!("{path}/reviews"), body.clone()).await),
                (422, code.into()),
                "{body}"
            );
        }
        assert_eq!(desk.got(&path).await["status"], "open");
        world.is_right().await;
    }

    async fn two_requests_of_one_person_at_once_are_both_kept(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let desk = Desk::with(&world, "guest-01", Role::Observer, "markam").await;
        let (mut record, first) = doctor.outreach("markam", 1, 1);
        let second = record.edit(&[seen(2)], doctor.pen(2)).unwrap();
        world.push(&doctor, "markam", &[&first]).await;
        let path = format!("/api/v1/records/{}/comments", record.id());
        let say = |n: usize| desk.posted(&path, json!({"text": format!("{n}")}));
        let pushed = [&second];
        let push = world.push(&doctor, "markam", &pushed);
        let (_, _, _, _, outcomes) = tokio::join!(say(1), say(2), say(3), say(4), push);
        assert!(matches!(outcomes[0], Outcome::Accepted { .. }));
        let shown = desk.got(&format!("/api/v1/records/{}", record.id())).await;
        assert_eq!(shown["comments"].as_array().unwrap().len(), 4);
        assert_eq!(shown["values"]["patients_seen"], 2);
        assert_eq!(world.count("SELECT COUNT(*) FROM actors WHERE device IS NULL").await, 1);
        world.is_right().await;
    }

    async fn a_right_is_asked_for_where_the_record_lies(engine: Engine) {
        let world = World::new(engine).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let guest = Desk::with(&world, "guest-01", Role::Observer, "markam").await;
        let stranger = Desk::with(&world, "reviewer-02", Role::Reviewer, "riwoqe").await;
        let own = Desk::of(&world, &doctor.user).await;
        let (record, first) = doctor.outreach("markam", 1, 1);
        world.push(&doctor, "markam", &[&first]).await;
        let path = format!("/api/v1/records/{}", record.id());
        let (review, fields) = (json!({"verdict": "approved"}), json!({"fields": {"patients_seen": 2}}));
        for (desk, what, body, expected) in [
            (&guest, "fields", &fields, (403, "role_missing")),
            (&guest, "reviews", &review, (403, "role_missing")),
            (&own, "reviews", &review, (403, "role_missing")),
            (&stranger, "reviews", &review, (404, "record_unknown")),
            (&stranger, "fields", &fields, (404, "record_unknown")),
            (&stranger, "comments", &json!({"text": "x"}), (404, "record_unknown")),
        ] {
            let found = problem(desk.post(&format!("{path}/{what}"), body.clone()).await);
            assert_eq!((found.0, found.1.as_str()), expected, "{what}");
        }
        // Whoever has lost the right between being let in and writing leaves no trace.
        world.withdraw(&doctor, Role::Recorder, "markam").await;
        let dictation = crate::ingest::Dictation {
            by: doctor.user.clone(),
            record: record.id(),
            unit: "markam".parse().unwrap(),
            what: crate::ingest::Writing::Comment("late".into()),
            seen: None,
        };
        let error = world.app.ingest.write(dictation).await.unwrap_err();
        assert_eq!(error.code(), ReasonCode::NoPermission.word());
        assert_eq!(world.count("SELECT COUNT(*) FROM held").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM changes").await, 1);
        world.is_right().await;
    }
}
