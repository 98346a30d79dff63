//! The audit log: 1,000 random alterations of it, each found, and named by the first entry that is not what was written.

use sync_core::id::ClockMs;

use crate::{
    admin,
    auth::{By, Role},
    store::{
        Engine, StoreError, WriteTx,
        audit::{self, Deed},
    },
    testing::{World, on_both},
};

on_both![
    an_entry_with_a_hash_that_fits_it_is_found_by_the_next,
    an_act_and_its_entry_are_written_together_or_not_at_all
];

const ENTRIES: i64 = 40;
const ALTERATIONS: usize = 1_000;

/// Numbers that look random and are the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % end.unsigned_abs()).unwrap()
    }
}

async fn written(engine: Engine) -> World {
    let world = World::new(engine).await;
    for number in 0..ENTRIES {
        let user = format!("admin-{:02}", number % 3).parse().unwrap();
        let by = if number % 5 == 0 { By::operator(ClockMs(number)) } else { By::oneself(user, ClockMs(number)) };
        let unit = "markam".parse().unwrap();
        let deed = Deed::new("role_granted", format_args!("doctor-{number:02}"));
        let deed = if number % 2 == 0 { deed.within(&unit) } else { deed };
        let deed = deed.with(serde_json::json!({"role": "recorder"}));
        world.store.write(async |tx| audit::note(tx, &by, deed).await).await.unwrap();
    }
    world
}

/// Alters the log at `at`; returns the statements, and the entries of which one must be named.
fn alteration(draws: &mut Draws, at: i64) -> (Vec<String>, [i64; 2]) {
    let other = if at == ENTRIES { 1 } else { at + 1 };
    let set = |what: &str| (vec![format!("UPDATE audit SET {what} WHERE number = {at}")], [at, at]);
    match draws.below(if at == ENTRIES { 13 } else { 14 }) {
        0 => set("at_ms = at_ms + 1"),
        1 => set("by_user = 'nobody'"),
        2 => set("by_user = CASE WHEN by_user IS NULL THEN '' ELSE NULL END"),
        3 => set("act = 'unit_moved'"),
        4 => set("org_unit = CASE WHEN org_unit IS NULL THEN '' ELSE NULL END"),
        5 => set("subject = subject || 'x'"),
        6 => set("detail = '{}'"),
        7 => set("act = act || subject, subject = ''"),
        8 => set("hash = randomblob(32)"),
        9 => (vec![format!("DELETE FROM audit WHERE number = {at}")], [at, at]),
        10 => (vec![format!("DELETE FROM audit WHERE number >= {at}")], [at, at]),
        11 => {
            let swap = |from, to| format!("UPDATE audit SET number = {to} WHERE number = {from}");
            (vec![swap(at, 0), swap(other, at), swap(0, other)], [at.min(other), at.min(other)])
        }
        12 => {
            let copy =
                "INSERT INTO audit SELECT number + 1, at_ms, by_user, act, org_unit, subject, detail, hash FROM audit";
            (vec![format!("{copy} WHERE number = {ENTRIES}")], [ENTRIES + 1, ENTRIES + 1])
        }
        _ => {
            // An entry is removed and all behind it moved up.
            let gone = format!("DELETE FROM audit WHERE number = {at}");
            (vec![gone, format!("UPDATE audit SET number = number - 1 WHERE number > {at}")], [at, at])
        }
    }
}

async fn run(tx: &mut WriteTx, statements: Vec<String>) -> Result<(), StoreError> {
    for sql in statements {
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(tx.conn()).await?;
        assert!(done.rows_affected() > 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_thousand_random_alterations_are_all_found() {
    let world = written(Engine::Sqlite).await;
    assert_eq!(audit::first_flaw(&mut world.store.read().await.unwrap()).await.unwrap(), None);
    let mut draws = Draws(20_210_315);
    for round in 0..ALTERATIONS {
        let at = 1 + draws.below(ENTRIES);
        let (statements, named) = alteration(&mut draws, at);
        let shown = statements.join("; ");
        let mut tx = world.store.begin_write().await.unwrap();
        run(&mut tx, statements).await.unwrap();
        let found = audit::first_flaw(&mut tx).await.unwrap();
        tx.rollback().await.unwrap();
        let (number, _) = found.unwrap_or_else(|| panic!("round {round}, not found: {shown}"));
        assert!(named.contains(&number), "round {round}: {shown}: entry {number} is named");
    }
    assert_eq!(audit::first_flaw(&mut world.store.read().await.unwrap()).await.unwrap(), None);
}

/// Whoever knows how hashes are made is found by the entry behind, or by the head that is kept elsewhere.
async fn an_entry_with_a_hash_that_fits_it_is_found_by_the_next(engine: Engine) {
    let world = written(engine).await;
    let other = World::new(engine).await;
    let forged = By::operator(ClockMs(7));
    for number in 1..=ENTRIES {
        let deed = Deed::new("role_granted", format_args!("forged-{number}"));
        other.store.write(async |tx| audit::note(tx, &forged, deed).await).await.unwrap();
    }
    let mut tx = other.store.read().await.unwrap();
    let hash: Vec<u8> =
        sqlx::query_scalar("SELECT hash FROM audit WHERE number = 1").fetch_one(tx.conn()).await.unwrap();
    let mut tx = world.store.begin_write().await.unwrap();
    let sql = "UPDATE audit SET at_ms = 7, by_user = NULL, org_unit = NULL, subject = 'forged-1', detail = '{}', hash = $1 \
               WHERE number = 1";
    sqlx::query(sql).bind(hash).execute(tx.conn()).await.unwrap();
    assert_eq!(audit::first_flaw(&mut tx).await.unwrap().map(|(number, _)| number), Some(2));
}

async fn an_act_and_its_entry_are_written_together_or_not_at_all(engine: Engine) {
    let world = World::new(engine).await;
    let by = By::operator(ClockMs(5));
    let (user, unit) = ("doctor-03", "markam".parse().unwrap());
    let add = async || {
        admin::add_user(&world.store, &by, user.parse().unwrap(), "医生", Role::Recorder, "markam".parse()?).await
    };
    add().await.unwrap();
    assert_eq!(add().await.unwrap_err().code(), "user_exists");
    let withdraw = admin::remove_grant(&world.store, &by, &user.parse().unwrap(), &unit, Role::Reviewer).await;
    assert_eq!(withdraw.unwrap_err().code(), "grant_unknown");
    admin::remove_grant(&world.store, &by, &user.parse().unwrap(), &unit, Role::Recorder).await.unwrap();
    let mut tx = world.store.read().await.unwrap();
    let page = audit::page(&mut tx, &user.parse().unwrap(), true, &audit::AuditFilter::default(), i64::MAX, 10).await;
    let acts: Vec<_> = page.unwrap().into_iter().map(|entry| (entry.number, entry.act, entry.by)).collect();
    let operator = |number, act: &str| (number, act.to_owned(), None);
    assert_eq!(acts, [operator(3, "role_withdrawn"), operator(2, "role_granted"), operator(1, "user_added")]);
}
