//! Every part of a record × everybody who could write to it: who may is written down here once more, beside the gate's own
//! table, and each change that is not permitted is held with its reason, never lost.

use cairn_server::auth::Role;
use sync_core::{
    crdt::Change,
    gate::ReasonCode,
    record::{Edit, Record, Touched, Value, Verdict},
    wire::Outcome,
};

use crate::county::{County, Phone, outreach};
use crate::{both::Engine, on_both};

on_both![every_part_of_a_record_is_written_by_those_who_may_and_by_nobody_else,];

/// What a change does to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    Birth,
    Fields,
    Comment,
    Review,
    VoidOfAnothers,
    VoidOfOnesOwn,
}

const PATHS: [Path; 6] =
    [Path::Birth, Path::Fields, Path::Comment, Path::Review, Path::VoidOfAnothers, Path::VoidOfOnesOwn];

/// Who may, of those who have a role on the record's unit. Attachments have no writer yet: the gate's own test has them.
fn may(role: Role, path: Path) -> bool {
    match path {
        Path::Birth | Path::Fields => role != Role::Observer,
        Path::Comment => true,
        Path::Review | Path::VoidOfAnothers => matches!(role, Role::Reviewer | Role::Administrator),
        // Of what one wrote while one was a recorder.
        Path::VoidOfOnesOwn => role != Role::Observer,
    }
}

/// A part of a record that is not walked fails to compile here.
fn parts(touched: Touched) -> [bool; 5] {
    let Touched { birth, fields, comments, reviews, attachments } = touched;
    [birth, fields, comments, reviews, attachments]
}

/// Somebody who writes: with a role on a unit, or none, and a device that was revoked or not.
struct Writer {
    shown: String,
    phone: Phone,
    role: Option<Role>,
    /// Why what they may not do is held.
    reason: ReasonCode,
}

async fn writers(county: &County) -> Vec<Writer> {
    let mut writers = Vec::new();
    for (role, unit) in Role::ALL.into_iter().flat_map(|role| ["markam", "riwoqe", "revoked"].map(|unit| (role, unit)))
    {
        let user = format!("{}-{unit}", role.word());
        county.user(&user, role, if unit == "revoked" { "markam" } else { unit }).await;
        let phone = county.phone(&user).await;
        writers.push(Writer {
            shown: format!("{} on {unit}", role.word()),
            phone,
            role: (unit == "markam").then_some(role),
            reason: if unit == "revoked" { ReasonCode::DeviceRevoked } else { ReasonCode::NoPermission },
        });
    }
    writers
}

/// A record of another worker, or of the writer's own from when they were a recorder here.
async fn record(county: &mut County, phone: &Phone) -> Record {
    county.log(phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-15", 4)).await
}

fn write(county: &mut County, phone: &Phone, path: Path, record: &mut Record) -> Change {
    let pen = county.pen(phone);
    let written = match path {
        Path::Birth => return county.write(phone, "markam-hospital", "clinic.outreach", &outreach("2021-03-16", 5)).1,
        Path::Fields => {
            let edit = Edit::Set("patients_seen".parse().unwrap(), Value::Integer(pen.time.0));
            record.edit(&[edit], pen)
        }
        Path::Comment => record.comment("好", pen),
        Path::Review => record.review(Verdict::Approved, "", None, pen),
        Path::VoidOfAnothers | Path::VoidOfOnesOwn => record.review(Verdict::Void, "twice", None, pen),
    };
    written.unwrap()
}

async fn every_part_of_a_record_is_written_by_those_who_may_and_by_nobody_else(engine: Engine) {
    let mut county = County::new(engine).await;
    let admin = county.user("admin-01", Role::Administrator, "changdu").await;
    county.user("doctor-01", Role::Recorder, "markam").await;
    let other = county.phone("doctor-01").await;
    let writers = writers(&county).await;
    let mut walked = [false; 5];
    for path in PATHS {
        for Writer { shown, phone, role, reason } in &writers {
            let grants = format!("/api/v1/users/{}/grants", phone.user);
            let mut record = match path {
                Path::VoidOfOnesOwn => {
                    // They may be a recorder for a moment, and write a record of their own.
                    let recorder = serde_json::json!({"unit": "markam-hospital", "role": "recorder"});
                    county.call("POST", &grants, &admin, recorder).await;
                    let own = record(&mut county, phone).await;
                    let back = format!("{grants}?unit=markam-hospital&role=recorder");
                    assert_eq!(county.call("DELETE", &back, &admin, serde_json::Value::Null).await.0, 204);
                    own
                }
                _ => record(&mut county, &other).await,
            };
            let change = write(&mut county, phone, path, &mut record);
            let revoked = *reason == ReasonCode::DeviceRevoked;
            if revoked {
                county.tamper(&format!("UPDATE devices SET revoked_ms = 1 WHERE username = '{}'", phone.user)).await;
            }
            let outcome = county.push(phone, "markam-hospital", &change).await;
            if revoked {
                county.tamper(&format!("UPDATE devices SET revoked_ms = NULL WHERE username = '{}'", phone.user)).await;
            }
            match outcome {
                Outcome::Accepted { .. } => assert!(role.is_some_and(|role| may(role, path)), "{path:?} by {shown}"),
                Outcome::Held(held) => {
                    assert!(!role.is_some_and(|role| may(role, path)), "{path:?} by {shown}: {held}");
                    assert_eq!(held.code, *reason, "{path:?} by {shown}");
                }
                other => panic!("{path:?} by {shown}: {other:?}"),
            }
            if path != Path::Birth {
                for event in record.history().unwrap() {
                    for (seen, touched) in walked.iter_mut().zip(parts(event.touched)) {
                        *seen |= touched;
                    }
                }
            }
        }
    }
    assert_eq!(walked, [true, true, true, true, false], "all parts but attachments were walked");
    assert!(county.store.verify().await.unwrap().is_clean());
}
