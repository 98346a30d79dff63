//! A device says that somebody else wrote what it pushes, and nothing proves it.

use sync_core::{
    crdt::Change,
    gate::ReasonCode,
    id::ActorKey,
    limits::PARKED_CHANGES_MAX,
    record::{Record, Verdict},
    wire::Outcome,
};

use super::{accepted, held};
use crate::{
    auth::Role,
    store::Engine,
    testing::{Worker, World, on_both, operator},
};

on_both![
    a_forged_verdict_is_held_and_burns_nothing,
    a_forgery_is_no_better_for_having_been_parked,
    a_forgery_is_no_better_for_having_been_one_too_many,
    the_author_may_bring_what_somebody_else_brought_before,
    a_voucher_brings_in_what_was_held_for_want_of_one,
    a_proof_that_comes_while_a_change_is_parked_counts_when_its_turn_comes,
    whoever_is_vouched_for_stands_behind_an_actor_not_whoever_pushes_in_its_name,
    what_a_device_disowns_is_not_its_own,
    a_revoked_device_cannot_wait_until_it_is_trusted,
    a_person_may_let_in_what_nothing_proves,
];

/// A recorder's record, as a reviewer has it who has commented on it, and the recorder.
async fn scene(world: &World) -> (Record, Worker, Worker) {
    let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
    let reviewer = world.worker("reviewer-01", Role::Reviewer, "changdu").await;
    let (mut record, first) = doctor.outreach("markam", 7, 1);
    accepted(&world.push(&doctor, "markam", &[&first]).await);
    let comment = record.comment("请核对人数", reviewer.pen(2)).unwrap();
    accepted(&world.push(&reviewer, "markam", &[&comment]).await);
    (record, doctor, reviewer)
}

fn verdict(record: &Record, verdict: Verdict, by: &Worker, time: i64) -> Change {
    record.clone().review(verdict, "", None, by.pen(time)).unwrap()
}

const STATUS_OPEN: &str = "SELECT COUNT(*) FROM records WHERE status = 'open'";

async fn a_forged_verdict_is_held_and_burns_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let (record, doctor, reviewer) = scene(&world).await;
    let forged = verdict(&record, Verdict::Approved, &reviewer, 3);
    assert_eq!(held(&world.push(&doctor, "markam", &[&forged]).await[0]), ReasonCode::UnprovenAuthor);
    assert_eq!(held(&world.push(&doctor, "markam", &[&forged]).await[0]), ReasonCode::UnprovenAuthor, "again");
    assert_eq!(world.count(STATUS_OPEN).await, 1);
    let kept = "SELECT COUNT(*) FROM held WHERE username = 'reviewer-01' AND author IS NULL AND device IS NOT NULL";
    assert_eq!(world.count(kept).await, 1);
    // The reviewer's next change has the same number.
    let genuine = verdict(&record, Verdict::Returned, &reviewer, 4);
    assert_eq!(genuine.parts().unwrap().seq, forged.parts().unwrap().seq);
    assert_eq!(accepted(&world.push(&reviewer, "markam", &[&genuine]).await), [3]);
    assert_eq!(world.count("SELECT COUNT(*) FROM records WHERE status = 'returned'").await, 1);
    // By now the number is taken: nobody can let the forgery in any more.
    let outcome = world.app.ingest.admit(forged.hash(), &operator()).await.unwrap().unwrap();
    assert_eq!(held(&outcome), ReasonCode::ActorReused);
    world.is_right().await;
}

async fn a_forgery_is_no_better_for_having_been_parked(engine: Engine) {
    let world = World::new(engine).await;
    let (mut record, doctor, reviewer) = scene(&world).await;
    let missing = record.comment("好", doctor.pen(3)).unwrap();
    let forged = verdict(&record, Verdict::Approved, &reviewer, 4);
    assert_eq!(world.push(&doctor, "markam", &[&forged]).await, [Outcome::Parked]);
    accepted(&world.push(&doctor, "markam", &[&missing]).await);
    let decisions = world.decisions(&doctor).await;
    assert_eq!((decisions[0].0, held(&decisions[0].1)), (forged.hash(), ReasonCode::UnprovenAuthor));
    assert_eq!(world.count(STATUS_OPEN).await, 1);
    world.is_right().await;
}

async fn a_forgery_is_no_better_for_having_been_one_too_many(engine: Engine) {
    let world = World::new(engine).await;
    let (mut record, doctor, reviewer) = scene(&world).await;
    world.tamper(super::kept::FILL_PARKED).await;
    world.tamper("UPDATE parked SET device = (SELECT id FROM devices WHERE username = 'doctor-03')").await;
    assert_eq!(world.count("SELECT COUNT(*) FROM parked").await, PARKED_CHANGES_MAX as i64);
    let missing = record.comment("好", doctor.pen(3)).unwrap();
    let forged = verdict(&record, Verdict::Approved, &reviewer, 4);
    assert_eq!(held(&world.push(&doctor, "markam", &[&forged]).await[0]), ReasonCode::TooManyParked);
    world.tamper("DELETE FROM parked").await;
    accepted(&world.push(&doctor, "markam", &[&missing]).await);
    assert_eq!(held(&world.decisions(&doctor).await[0].1), ReasonCode::UnprovenAuthor);
    assert_eq!(world.count(STATUS_OPEN).await, 1);
    world.is_right().await;
}

async fn the_author_may_bring_what_somebody_else_brought_before(engine: Engine) {
    let world = World::new(engine).await;
    let (record, doctor, reviewer) = scene(&world).await;
    let early = verdict(&record, Verdict::Approved, &reviewer, 3);
    assert_eq!(held(&world.push(&doctor, "markam", &[&early]).await[0]), ReasonCode::UnprovenAuthor);
    // From another device of the same person it is good.
    let desk = world.device(&reviewer.user).await;
    assert_eq!(accepted(&world.push(&desk, "markam", &[&early]).await), [3]);
    assert_eq!(world.decisions(&doctor).await, [(early.hash(), Outcome::Accepted { position: 3 })]);
    assert_eq!(world.count("SELECT COUNT(*) FROM held").await, 0, "nobody had to decide");
    assert_eq!(world.count("SELECT COUNT(*) FROM records WHERE status = 'approved'").await, 1);
    world.is_right().await;
}

async fn a_voucher_brings_in_what_was_held_for_want_of_one(engine: Engine) {
    let world = World::new(engine).await;
    let (record, doctor, reviewer) = scene(&world).await;
    let other = world.worker("doctor-04", Role::Recorder, "markam").await;
    let early = verdict(&record, Verdict::Approved, &reviewer, 3);
    assert_eq!(held(&world.push(&doctor, "markam", &[&early]).await[0]), ReasonCode::UnprovenAuthor);
    accepted(&world.give_back(&other, "markam", &[&early], &[&reviewer]).await);
    assert_eq!(world.decisions(&doctor).await, [(early.hash(), Outcome::Accepted { position: 3 })]);
    world.is_right().await;
}

async fn a_proof_that_comes_while_a_change_is_parked_counts_when_its_turn_comes(engine: Engine) {
    for by_itself in [true, false] {
        let world = World::new(engine).await;
        let (mut record, doctor, reviewer) = scene(&world).await;
        let missing = record.comment("好", doctor.pen(3)).unwrap();
        let early = verdict(&record, Verdict::Approved, &reviewer, 4);
        // The author comes second, and then once more somebody else.
        for by in [&doctor, &reviewer, &doctor] {
            assert_eq!(world.push(by, "markam", &[&early]).await, [Outcome::Parked]);
        }
        if by_itself {
            accepted(&world.push(&doctor, "markam", &[&missing]).await);
            assert_eq!(world.decisions(&doctor).await, [(early.hash(), Outcome::Accepted { position: 4 })]);
        } else {
            assert_eq!(accepted(&world.push(&doctor, "markam", &[&missing, &early]).await), [3, 4]);
        }
        world.is_right().await;
    }
}

async fn whoever_is_vouched_for_stands_behind_an_actor_not_whoever_pushes_in_its_name(engine: Engine) {
    let world = World::new(engine).await;
    let (record, doctor, reviewer) = scene(&world).await;
    // A process of the reviewer's that this store has never heard of, as after a restore.
    let reviewer = Worker { actor: ActorKey([9; 8]), ..reviewer };
    let forged = record.clone().comment("好", reviewer.pen(3)).unwrap();
    let genuine = verdict(&record, Verdict::Approved, &reviewer, 4);
    let (_, another) = reviewer.outreach("markam", 1, 5);
    // The proof of one serves no other, wherever they stand in the request.
    let pushed = [&forged, &genuine, &another];
    let outcomes = world.push_with(&doctor, "markam", &pushed, &[], &[(&genuine, &reviewer)]).await;
    assert_eq!(accepted(&outcomes[1..2]), [3]);
    assert_eq!([held(&outcomes[0]), held(&outcomes[2])], [ReasonCode::UnprovenAuthor; 2]);
    let bound = "SELECT COUNT(*) FROM actors WHERE hex(actor) = '0909090909090909' AND username = 'reviewer-01'";
    assert_eq!(world.count(bound).await, 1);
    world.is_right().await;
}

async fn what_a_device_disowns_is_not_its_own(engine: Engine) {
    let world = World::new(engine).await;
    let (mut record, doctor, reviewer) = scene(&world).await;
    let reviewer = Worker { actor: ActorKey([9; 8]), ..reviewer };
    let missing = record.comment("好", doctor.pen(3)).unwrap();
    let parked = record.comment("好", reviewer.pen(4)).unwrap();
    let (_, given) = reviewer.outreach("markam", 1, 5);
    // An honest device gives back what it read, and its vouchers are of another store.
    let outcomes = world.push_with(&doctor, "markam", &[&parked, &given], &[&reviewer], &[]).await;
    assert_eq!((&outcomes[0], held(&outcomes[1])), (&Outcome::Parked, ReasonCode::UnprovenAuthor));
    accepted(&world.push(&doctor, "markam", &[&missing]).await);
    assert_eq!(held(&world.decisions(&doctor).await[0].1), ReasonCode::UnprovenAuthor);
    assert_eq!(world.count("SELECT COUNT(*) FROM actors WHERE hex(actor) = '0909090909090909'").await, 0);
    // Then its author comes.
    accepted(&world.push(&reviewer, "markam", &[&given, &parked]).await);
    world.is_right().await;
}

async fn a_revoked_device_cannot_wait_until_it_is_trusted(engine: Engine) {
    let world = World::new(engine).await;
    let (mut record, mut doctor, _) = scene(&world).await;
    let other = world.device(&doctor.user).await;
    let (_, known) = other.outreach("markam", 1, 3);
    accepted(&world.push(&other, "markam", &[&known]).await);
    world.revoke(&mut doctor).await;
    let missing = record.comment("好", other.pen(4)).unwrap();
    let late = record.comment("是", other.pen(5)).unwrap();
    // In the name of the same person's other device.
    assert_eq!(world.push(&doctor, "markam", &[&late]).await, [Outcome::Parked]);
    accepted(&world.push(&other, "markam", &[&missing]).await);
    assert_eq!(held(&world.decisions(&doctor).await[0].1), ReasonCode::DeviceRevoked);
    world.is_right().await;
}

async fn a_person_may_let_in_what_nothing_proves(engine: Engine) {
    let world = World::new(engine).await;
    let (record, doctor, reviewer) = scene(&world).await;
    let early = verdict(&record, Verdict::Approved, &reviewer, 3);
    held(&world.push(&doctor, "markam", &[&early]).await[0]);
    let by = operator();
    assert_eq!(world.app.ingest.admit(early.hash(), &by).await.unwrap(), Some(Outcome::Accepted { position: 3 }));
    assert_eq!(world.count("SELECT COUNT(*) FROM records WHERE status = 'approved'").await, 1);
    world.is_right().await;
}
