//! Values go into columns and come back, and are put in order, alike on both databases.

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash},
};

use crate::{
    store::{
        Engine, StoreError, WriteTx,
        held::{self, HeldChange, HeldNote, HeldState, Standing},
        meta,
        parked::Carrier,
    },
    testing::{World, on_both},
};

on_both![values_come_back_as_they_went_in, text_is_put_in_the_order_of_its_bytes];

async fn values_come_back_as_they_went_in(engine: Engine) {
    let world = World::new(engine).await;
    let all_bytes: Vec<u8> = (0..=255).collect();
    let rows = [
        (vec![], None, i64::MAX, "", ""),
        (all_bytes, Some("device-1"), i64::MIN, "嘎托镇 གླང་ 🏔 '\"\\", "嘎托镇 གླང་ 🏔 '\"\\"),
        (vec![0], Some(""), 0, "cut\0here", "cut\u{fffd}here"),
    ];
    for (number, (raw, device, received_ms, detail, comes_back)) in rows.into_iter().enumerate() {
        let hash = ChangeHash([number as u8; 32]);
        let standing = Standing { state: HeldState::Waiting, reason: Reason::new(ReasonCode::TooManyParked, detail) };
        let carrier = Carrier { device: device.map(crate::store::devices::DeviceId::new), author: None };
        let change = HeldChange { hash, unit: "markam".parse().unwrap(), carrier, raw, standing };
        let note = HeldNote { record: None, actor: ActorKey([7; 8]), username: None };
        let put = [(change.clone(), note)];
        world.store.write(async |tx: &mut WriteTx| held::put(tx, &put, received_ms).await).await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let found = held::get(&mut tx, &[hash]).await.unwrap().remove(0);
        assert_eq!((found.raw, found.carrier.device, found.unit), (change.raw, change.carrier.device, change.unit));
        assert_eq!(found.standing.reason.detail, comes_back);
        let query = sqlx::query_as("SELECT received_ms, record, username FROM held WHERE hash = $1");
        let (at, record, username): (i64, Option<Vec<u8>>, Option<String>) =
            query.bind(hash.0.to_vec()).fetch_one(tx.conn()).await.unwrap();
        assert_eq!((at, record, username), (received_ms, None, None));
    }
}

async fn text_is_put_in_the_order_of_its_bytes(engine: Engine) {
    let world = World::new(engine).await;
    let mut keys = ["a", "B", "_", "é", "z", "Z", "0", "芒", "a b", "a-b", "ab"];
    let put = async |tx: &mut WriteTx| {
        for key in keys {
            meta::keep_first(tx, key, "").await?;
        }
        Ok::<_, StoreError>(())
    };
    world.store.write(put).await.unwrap();
    let mut tx = world.store.read().await.unwrap();
    let query = sqlx::query_scalar("SELECT key FROM store_meta WHERE value = '' ORDER BY key");
    let found: Vec<String> = query.fetch_all(tx.conn()).await.unwrap();
    keys.sort_unstable();
    assert_eq!(found, keys);
    let query = sqlx::query_scalar("SELECT COUNT(*) FROM store_meta WHERE value = '' AND key >= 'a' AND key < 'b'");
    let between: i64 = query.fetch_one(tx.conn()).await.unwrap();
    assert_eq!(between, 4);
}
