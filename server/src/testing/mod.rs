//! What tests stand on: a store with a small tree, people and devices, and hands that write records.

mod desk;
mod hand;
#[path = "../../../tests/src/postgres.rs"]
mod postgres;
mod world;

pub(crate) use desk::{Desk, problem};
pub(crate) use hand::Hand;
pub(crate) use postgres::Cluster;
pub(crate) use world::{Worker, World, empty, form, operator};

/// Stamps tests on both databases: each is a function of the engine that its store shall have. One that is not listed is never
/// called, which the compiler says.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::store::Engine;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$test(Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$test(Engine::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both;
