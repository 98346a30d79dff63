//! Rights are read again in the transaction that uses them.

use sync_core::{id::Username, replica::UnitKind};

use super::AdminError;
use crate::{
    admin,
    auth::{By, Principal, Role},
    clock,
    store::{Engine, StoreError, people},
    testing::{Worker, World, on_both},
};

on_both![what_is_taken_away_between_is_not_used, what_is_left_goes_on, nobody_loses_a_right_while_they_use_it];

const ADMINISTRATORS: &[Role] = &[Role::Administrator];

/// Somebody, with the rights that they have now.
async fn acting(world: &World, worker: &Worker) -> By {
    let grants = people::grants_of(&mut world.store.read().await.unwrap(), &worker.user).await.unwrap();
    let principal = Principal::narrowed(worker.user.clone(), grants, Role::Administrator);
    By::role(&principal, ADMINISTRATORS, clock::now())
}

fn is_late<T: std::fmt::Debug>(done: Result<T, AdminError>) {
    assert!(
        matches!(
            &done,
            Err(AdminError::Store(StoreError::RightsChanged)
                | AdminError::Ingest(crate::ingest::IngestError::Store(StoreError::RightsChanged)))
        ),
        "{done:?}"
    );
}

async fn what_is_taken_away_between_is_not_used(engine: Engine) {
    let world = World::new(engine).await;
    let boss = world.worker("boss", Role::Administrator, "changdu").await;
    let doctor = world.worker("doctor-03", Role::Observer, "markam").await;
    let (one, held) = doctor.outreach("markam", 1, 1);
    world.push(&doctor, "markam", &[&held]).await;
    let by = acting(&world, &boss).await;
    world.withdraw(&boss, Role::Administrator, "changdu").await;

    let (store, ingest) = (&world.store, &world.app.ingest);
    let code = |text: &str| text.parse().unwrap();
    let (markam, user): (_, Username) = (code("markam"), doctor.user.clone());
    let before = world.count("SELECT COUNT(*) FROM audit").await;
    is_late(admin::add_unit(store, &by, code("ward"), Some(code("markam")), UnitKind::Other, "病房").await);
    is_late(admin::rename_unit(store, &by, &markam, "芒康").await);
    is_late(admin::move_unit(store, &by, &code("markam-hospital"), &code("riwoqe")).await);
    is_late(admin::import_units(store, &by, "code,parent,kind,name\nward,markam,other,病房\n".as_bytes()).await);
    is_late(admin::add_user(store, &by, "new".parse().unwrap(), "新", Role::Recorder, code("markam")).await);
    is_late(admin::rename_user(store, &by, &user, "医生").await);
    is_late(admin::add_grant(store, &by, &user, &code("markam"), Role::Recorder).await);
    is_late(admin::remove_grant(store, &by, &user, &code("markam"), Role::Observer).await);
    is_late(admin::make_enrolment_code(store, &by, &user, 1).await);
    is_late(admin::make_password_code(store, &by, &user, 1).await);
    is_late(admin::make_api_token(store, &by, &user, admin::TokenTerms::default()).await);
    is_late(admin::revoke_api_token(store, &by, &user, "x").await);
    is_late(admin::reset_second_factor(store, &by, &user).await);
    is_late(admin::revoke_device(store, &by, doctor.device.id.as_str()).await);
    is_late(admin::add_form(store, &by, include_str!("../../forms/clinic.surgery.json")).await);
    is_late(admin::tell_apart(store, &by, &code("markam"), one.id(), one.id()).await);
    is_late(admin::take_back(store, &by, &code("markam"), one.id(), one.id()).await);
    is_late(admin::admit_held(store, ingest, &by, held.hash()).await);
    is_late(admin::reject_held(store, ingest, &by, held.hash(), "no").await);
    assert_eq!(world.count("SELECT COUNT(*) FROM audit").await, before);
    assert_eq!(world.count("SELECT COUNT(*) FROM held WHERE state = 'waiting'").await, 1);
}

async fn what_is_left_goes_on(engine: Engine) {
    let world = World::new(engine).await;
    let boss = world.worker("boss", Role::Administrator, "markam").await;
    world.store.act(&acting(&world, &boss).await, async |_| Ok::<_, StoreError>(())).await.unwrap();
    // The unit that the right is had on stands elsewhere by now.
    let by = acting(&world, &boss).await;
    let root = By::operator(clock::now());
    admin::move_unit(&world.store, &root, &"markam".parse().unwrap(), &"riwoqe".parse().unwrap()).await.unwrap();
    is_late(admin::rename_unit(&world.store, &by, &"markam".parse().unwrap(), "芒康").await);
    let by = acting(&world, &boss).await;
    admin::rename_unit(&world.store, &by, &"markam".parse().unwrap(), "芒康").await.unwrap();
    // Whoever gives up a right of their own does it by that right.
    let unit = "markam".parse().unwrap();
    admin::remove_grant(&world.store, &by, &boss.user, &unit, Role::Administrator).await.unwrap();
    is_late(admin::rename_unit(&world.store, &by, &unit, "芒康县").await);
}

async fn nobody_loses_a_right_while_they_use_it(engine: Engine) {
    let world = World::new(engine).await;
    let boss = world.worker("boss", Role::Administrator, "markam").await;
    let by = acting(&world, &boss).await;
    let (store, user) = (world.store.clone(), boss.user.clone());
    let (begun, wait) = tokio::sync::oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    let withdrawing = async {
        wait.await.unwrap();
        let root = By::operator(clock::now());
        admin::remove_grant(&store, &root, &user, &"markam".parse().unwrap(), Role::Administrator).await.unwrap();
    };
    // The act ends only when the other one had every chance to overtake it.
    let acting = world.store.act(&by, async |tx| {
        begun.lock().unwrap().take().unwrap().send(()).unwrap();
        for _ in 0..200 {
            tokio::task::yield_now().await;
            let still = people::grants_of(tx, &boss.user).await?;
            assert_eq!(still.len(), 1, "it was taken away before the act ended");
        }
        Ok::<_, StoreError>(())
    });
    let (done, ()) = tokio::join!(acting, withdrawing);
    done.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM grants WHERE username = 'boss'").await, 0);
}
