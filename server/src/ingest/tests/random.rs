//! Same changes, same records: whatever the order, the route and the repeats, the tables are those that the changes imply.

use proptest::{collection::vec, prelude::*, sample::Index};
use sync_core::{
    crdt::Change,
    merge,
    record::{Edit, Record, Value, Verdict},
    wire::Outcome,
};

use crate::{
    auth::Role,
    store::Engine,
    testing::{Worker, World, form},
};

#[derive(Clone, Debug)]
enum Step {
    Create {
        by: usize,
        visits: i64,
    },
    Count {
        by: usize,
        record: Index,
        step: i64,
    },
    Move {
        by: usize,
        record: Index,
        day: u8,
    },
    Void {
        record: Index,
    },
    Approve {
        record: Index,
    },
    /// Both hands get all that the other has of a record.
    Meet {
        record: Index,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..2usize, 0..100i64).prop_map(|(by, visits)| Step::Create { by, visits }),
        6 => (0..2usize, any::<Index>(), -20..20i64).prop_map(|(by, record, step)| Step::Count { by, record, step }),
        3 => (0..2usize, any::<Index>(), 1..9u8).prop_map(|(by, record, day)| Step::Move { by, record, day }),
        1 => any::<Index>().prop_map(|record| Step::Void { record }),
        1 => any::<Index>().prop_map(|record| Step::Approve { record }),
        3 => any::<Index>().prop_map(|record| Step::Meet { record }),
    ]
}

/// A record as each of three hands has it: two recorders and a reviewer, who sees what they have exchanged.
struct Case {
    hands: [Record; 3],
    changes: Vec<Change>,
}

impl Case {
    fn meet(&mut self) {
        for hand in &mut self.hands {
            for change in &self.changes {
                let parts = change.parts().unwrap();
                if hand.ledger().index_of(&change.hash()).is_none() {
                    hand.take(change, &parts).unwrap();
                }
            }
        }
    }
}

fn play(steps: &[Step], workers: &[Worker; 3]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (time, step) in steps.iter().enumerate() {
        let time = time as i64;
        let (by, index, edits) = match step {
            Step::Create { by, visits } => {
                let values = [
                    ("on".parse().unwrap(), Value::Text("2021-03-15".into())),
                    ("department".parse().unwrap(), Value::Text("内科".into())),
                    ("visits".parse().unwrap(), Value::Tally(*visits)),
                ];
                let unit = ["markam", "riwoqe"][time as usize % 2];
                let (record, change) = workers[*by].record("clinic.outpatient_day", unit, &values.into(), time);
                cases.push(Case { hands: [record.clone(), record.clone(), record], changes: vec![change] });
                continue;
            }
            _ if cases.is_empty() => continue,
            Step::Count { by, record, step } if *step != 0 => {
                (*by, record, vec![Edit::Count("visits".parse().unwrap(), *step)])
            }
            Step::Count { .. } => continue,
            Step::Move { by, record, day } => {
                let day = Value::Text(format!("2021-04-{day:02}"));
                (*by, record, vec![Edit::Set("on".parse().unwrap(), day)])
            }
            Step::Void { record } | Step::Approve { record } => {
                let verdict = if matches!(step, Step::Void { .. }) { Verdict::Void } else { Verdict::Approved };
                let index = record.index(cases.len());
                let case = &mut cases[index];
                let change = case.hands[2].review(verdict, "", None, workers[2].pen(time)).unwrap();
                case.changes.push(change);
                continue;
            }
            Step::Meet { record } => {
                let index = record.index(cases.len());
                cases[index].meet();
                continue;
            }
        };
        let index = index.index(cases.len());
        let case = &mut cases[index];
        if let Ok(change) = case.hands[by].edit(&edits, workers[by].pen(time)) {
            case.changes.push(change);
        }
    }
    cases
}

async fn check(engine: Engine, steps: Vec<Step>, order: Vec<Index>, split: usize) {
    let world = World::new(engine).await;
    let workers = [
        world.worker("doctor-03", Role::Recorder, "changdu").await,
        world.worker("doctor-04", Role::Recorder, "changdu").await,
        world.worker("reviewer-01", Role::Reviewer, "changdu").await,
    ];
    let mut cases = play(&steps, &workers);
    let changes: Vec<Change> = cases.iter().flat_map(|case| case.changes.iter().cloned()).collect();
    // Each at a place drawn at random, some of them twice, carried by anybody for whom the store vouches.
    for worker in &workers {
        let (_, known) = worker.outreach("changdu", 1, 0);
        world.push(worker, "changdu", &[&known]).await;
    }
    let mut sent: Vec<&Change> = changes.iter().collect();
    for (from, to) in order.iter().enumerate().filter(|_| !sent.is_empty()).collect::<Vec<_>>() {
        let change = sent[from % sent.len()];
        sent.insert(to.index(sent.len() + 1), change);
    }
    for (turn, some) in sent.chunks(split).enumerate() {
        world.give_back(&workers[turn % 3], "changdu", some, &workers.each_ref()).await;
    }
    let all: Vec<&Change> = changes.iter().collect();
    let outcomes = world.push(&workers[0], "changdu", &all).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Duplicate { .. })), "{outcomes:?}");
    world.is_right().await;

    let mut expected = 0;
    for case in &mut cases {
        case.meet();
        let record = &case.hands[0];
        let row = merge::project(record, record.view(), Some(&form("clinic.outpatient_day")));
        let mine = row.contribution.map_or(0, |c| c.measures.get("outpatient_visits").copied().unwrap_or(0));
        expected += mine;
    }
    assert_eq!(world.total("outpatient_visits").await, expected);
    let before = rows(&world).await;
    assert!(world.store.rebuild().await.unwrap().failed.is_empty());
    assert_eq!(rows(&world).await, before, "what is kept up to date is what is computed anew");
    world.is_right().await;
}

async fn rows(world: &World) -> Vec<String> {
    let sql = "SELECT org_unit || form || on_day || measure || value AS text FROM tallies WHERE value <> 0 \
               UNION ALL SELECT org_unit || worker || on_day || measure || value FROM worker_tallies WHERE value <> 0 \
               UNION ALL SELECT org_unit || month || totals FROM month_totals WHERE totals <> '' \
               UNION ALL SELECT org_unit || month || totals FROM worker_month_totals WHERE totals <> '' \
               UNION ALL SELECT org_unit || conflicts || ' ' || faults || ' ' || changed || ' ' || returned FROM attention \
               WHERE conflicts + faults + changed + returned <> 0 \
               UNION ALL SELECT HEX(id) || status || fields || conflicting || faulty || touched FROM records ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(world.store.read().await.unwrap().conn()).await.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_split_any_repeat_gives_the_same_tables_on_both(
        steps in vec(step(), 1..40),
        order in vec(any::<Index>(), 0..30),
        split in 1..8usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            runtime.block_on(check(engine, steps.clone(), order.clone(), split));
        }
    }
}
