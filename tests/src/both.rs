//! Tests that run on both databases.

pub use cairn_server::store::Engine;

use crate::postgres::Cluster;

/// The address of a store in `folder` that is yet to be made, or of a database of its own.
pub fn address(engine: Engine, folder: &std::path::Path) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite://{}?mode=rwc", folder.join("cairn.sqlite").display()),
        Engine::Postgres => Cluster::get().database(),
    }
}

/// Stamps tests on both databases: each is a function of the engine that its store shall have. One that is not listed is never
/// called, which the compiler says.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use $crate::both::Engine;

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
