//! The suite that every store must pass, on both.

mod memory {
    cairn_client::store_conformance!((cairn_client::MemoryStore::new(), ()));
}

mod sqlite {
    cairn_client::store_conformance!({
        let directory = tempfile::tempdir().unwrap();
        (cairn_client::SqliteStore::open(&directory).await.unwrap(), directory)
    });

    #[tokio::test]
    async fn two_processes_take_turns_and_what_one_committed_the_other_reads() {
        use cairn_client::Store as _;
        use sync_core::replica::Write;

        let directory = tempfile::tempdir().unwrap();
        let one = cairn_client::SqliteStore::open(&directory).await.unwrap();
        let other = cairn_client::SqliteStore::open(&directory).await.unwrap();
        let right = one.exclusive().await.unwrap();
        let waiting = tokio::spawn({
            let other = other.clone();
            async move { other.exclusive().await.map(drop) }
        });
        one.commit(&right, vec![Write::Catalog("one".into())]).await.unwrap();
        assert!(!waiting.is_finished(), "the right is one for all processes");
        assert_eq!(other.catalog().await.unwrap().as_deref(), Some("one"));
        assert!(one.sync_lease().await.unwrap().is_some_and(|_lease| true));
        drop(right);
        waiting.await.unwrap().unwrap();
        let lease = one.sync_lease().await.unwrap();
        assert!(lease.is_some() && other.sync_lease().await.unwrap().is_none());
    }
}
