//! What the store itself tells, at the moment it is asked.

use prometheus_client::{
    encoding::text::encode,
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use crate::{
    api::Problem,
    store::{ReadTx, gauges},
};

type ByUnit = Family<[(&'static str, String); 1], Gauge>;

/// The gauges as text, without the mark of the end.
pub(super) async fn text(tx: &mut ReadTx, now_ms: i64) -> Result<String, Problem> {
    let mut registry = Registry::with_prefix("cairn");
    let changes: Gauge = Gauge::default();
    changes.set(gauges::changes(tx).await?);
    registry.register("changes", "Changes in all feeds", changes);
    let mut by_unit = |name: &str, help: &str, unit: Option<Unit>, values: Vec<(String, i64)>| {
        let family = ByUnit::default();
        for (code, value) in values {
            family.get_or_create(&[("unit", code)]).set(value);
        }
        match unit {
            Some(unit) => registry.register_with_unit(name, help, unit, family),
            None => registry.register(name, help, family),
        }
    };
    by_unit("held", "Changes that wait for a person", None, gauges::held(tx).await?);
    by_unit("parked", "Changes that wait for earlier ones", None, gauges::parked(tx).await?);
    let outboxes = gauges::outboxes(tx).await?;
    let waiting = outboxes.iter().map(|outbox| (outbox.unit.clone(), outbox.waiting)).collect();
    by_unit("outbox_changes", "Changes that devices still have to send", None, waiting);
    let age = |outbox: gauges::Outbox| (outbox.unit, now_ms.saturating_sub(outbox.heard_ms).max(0) / 1_000);
    let ages = outboxes.into_iter().map(age).collect();
    by_unit("outbox_age", "Since the longest silent of those devices was heard", Some(Unit::Seconds), ages);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(Problem::internal)?;
    // More follows.
    Ok(text.trim_end_matches("# EOF\n").to_owned())
}
