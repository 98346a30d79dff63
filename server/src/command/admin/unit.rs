//! `admin unit`.

use serde_json::json;
use sync_core::replica::UnitKind;

use super::read;
use crate::{
    admin::{self, AdminError},
    auth::By,
    command::{Failure, Output, line::UnitAct},
    store::{Store, unit::PlacedUnit},
};

pub(super) async fn run(store: &Store, by: &By, act: UnitAct) -> Result<Output, Failure> {
    match act {
        UnitAct::Add { code, parent, kind, name } => {
            let parent = parent.as_deref().map(read).transpose()?;
            let words = UnitKind::ALL.map(UnitKind::word);
            let kind = UnitKind::from_word(&kind).ok_or_else(|| AdminError::word("kind of org unit", &kind, &words))?;
            let added = admin::add_unit(store, by, read(&code)?, parent, kind, &name).await?;
            Ok(Output::new(shown(&added), [format!("added org unit {}", added.unit.code)]))
        }
        UnitAct::Rename { code, name } => {
            let renamed = admin::rename_unit(store, by, &read(&code)?, &name).await?;
            Ok(Output::new(shown(&renamed), [format!("renamed org unit {code}")]))
        }
        UnitAct::Move { code, parent } => {
            let moved = admin::move_unit(store, by, &read(&code)?, &read(&parent)?).await?;
            Ok(Output::new(shown(&moved), [format!("moved org unit {code} to {}", moved.path)]))
        }
        UnitAct::List => {
            let units = admin::list_units(store).await?;
            let json: Vec<_> = units.iter().map(shown).collect();
            let lines = units.iter().map(|PlacedUnit { unit, path }| {
                let depth = path.as_str().matches('/').count().saturating_sub(2);
                format!("{}{}\t{}\t{}", "  ".repeat(depth), unit.code, unit.kind.word(), unit.name)
            });
            Ok(Output::new(json!({"units": json}), lines))
        }
    }
}

fn shown(PlacedUnit { unit, .. }: &PlacedUnit) -> serde_json::Value {
    json!({"code": unit.code, "parent": unit.parent, "kind": unit.kind, "name": unit.name})
}
