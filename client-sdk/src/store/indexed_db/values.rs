//! Rows as values of the database, and back. One that means nothing is an error that names its kind, never a panic.

use js_sys::{Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use sync_core::{
    gate::{Reason, ReasonCode},
    id::{ActorKey, ChangeHash},
    replica::{ChangeRow, ChangeState, VouchedRun},
    wire::Voucher,
};

use crate::store::StoreError;

type Read<T> = Result<T, StoreError>;

#[wasm_bindgen]
extern "C" {
    /// A change. `position`: 0 for none. `made`: the order in which changes came. `data`: see [`Data`]. The rest is there for the
    /// indices of the same names: `waiting` and `unsettled` repeat `made`, `orphan` and `unplaced` are 1.
    #[wasm_bindgen(extends = Object)]
    pub(super) type ChangeValue;
    #[wasm_bindgen(method, setter)]
    fn set_hash(this: &ChangeValue, value: Uint8Array);
    #[wasm_bindgen(method, getter)]
    fn hash(this: &ChangeValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_record(this: &ChangeValue, value: Uint8Array);
    #[wasm_bindgen(method, getter)]
    fn record(this: &ChangeValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_unit(this: &ChangeValue, value: &str);
    #[wasm_bindgen(method, getter)]
    fn unit(this: &ChangeValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_position(this: &ChangeValue, value: f64);
    #[wasm_bindgen(method, getter)]
    fn position(this: &ChangeValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_made(this: &ChangeValue, value: f64);
    #[wasm_bindgen(method, getter)]
    fn made(this: &ChangeValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_data(this: &ChangeValue, value: Uint8Array);
    #[wasm_bindgen(method, getter)]
    fn data(this: &ChangeValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_waiting(this: &ChangeValue, value: f64);
    #[wasm_bindgen(method, setter)]
    fn set_unsettled(this: &ChangeValue, value: f64);
    #[wasm_bindgen(method, setter)]
    fn set_orphan(this: &ChangeValue, value: u8);
    #[wasm_bindgen(method, setter)]
    fn set_unplaced(this: &ChangeValue, value: u8);

    /// A record's summary. `order`: where it stands in a list; `summary`: JSON.
    #[wasm_bindgen(extends = Object)]
    pub(super) type RecordValue;
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_id(this: &RecordValue, value: Uint8Array);
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_order(this: &RecordValue, value: Uint8Array);
    #[wasm_bindgen(method, getter)]
    pub(super) fn order(this: &RecordValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_summary(this: &RecordValue, value: &str);
    #[wasm_bindgen(method, getter)]
    pub(super) fn summary(this: &RecordValue) -> JsValue;

    /// What the server has vouched for. `made`: the order in which vouchers came; `changes`: for each change of the run its hash
    /// and its actor, 40 bytes.
    #[wasm_bindgen(extends = Object)]
    pub(super) type VoucherValue;
    #[wasm_bindgen(method, setter)]
    fn set_voucher(this: &VoucherValue, value: Uint8Array);
    #[wasm_bindgen(method, getter)]
    fn voucher(this: &VoucherValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_made(this: &VoucherValue, value: f64);
    #[wasm_bindgen(method, getter)]
    fn made(this: &VoucherValue) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_changes(this: &VoucherValue, value: Uint8Array);
    #[wasm_bindgen(method, getter)]
    fn changes(this: &VoucherValue) -> JsValue;
}

/// An empty object, to be filled.
pub(super) fn object<T: JsCast>() -> T {
    Object::new().unchecked_into()
}

/// Bytes of their own: a view into this program's memory would be stored with all of it.
pub(super) fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

/// The bytes of a value.
pub(super) fn read_bytes(value: &JsValue, what: &'static str) -> Read<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).ok_or(StoreError::Damaged { what })
}

/// The text of a value.
pub(super) fn read_text(value: &JsValue, what: &'static str) -> Read<String> {
    value.as_string().ok_or(StoreError::Damaged { what })
}

/// A value as a whole number: positions and counts are far below 2^53.
pub(super) fn read_number(value: &JsValue, what: &'static str) -> Read<u64> {
    let number = value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(n));
    number.map(|n| n as u64).ok_or(StoreError::Damaged { what })
}

/// A position in the way in which it is stored.
pub(super) fn number(n: u64) -> f64 {
    n as f64
}

const CHANGE: &str = "a change";

/// All of a change that no index asks for, in one piece, for a browser copies each piece by itself: the state's number, whether it is
/// own, the actor, the reason's number and its detail's length (0 without one), the detail, the chunk. Numbers are big-endian.
struct Data;

impl Data {
    fn write(row: &ChangeRow) -> Vec<u8> {
        let (code, detail) =
            row.state.reason().map_or((0, ""), |reason| (reason.code.number(), reason.detail.as_str()));
        // A detail has 200 characters at most.
        let length = u16::try_from(detail.len()).unwrap_or(u16::MAX);
        let mut data = vec![row.state.number(), u8::from(row.own)];
        data.extend(row.actor.0);
        data.extend(code.to_be_bytes());
        data.extend(length.to_be_bytes());
        data.extend(&detail.as_bytes()[..length.into()]);
        data.extend(&row.raw);
        data
    }

    /// State, own, actor and chunk.
    fn read(data: &[u8]) -> Option<(ChangeState, bool, ActorKey, Vec<u8>)> {
        let ([state, own], data) = data.split_first_chunk()?;
        let (actor, data) = data.split_first_chunk()?;
        let (code, data) = data.split_first_chunk()?;
        let (length, data) = data.split_first_chunk()?;
        let (detail, raw) = data.split_at_checked(u16::from_be_bytes(*length).into())?;
        let detail = core::str::from_utf8(detail).ok()?.to_owned();
        let reason = Reason { code: ReasonCode::from_number(u16::from_be_bytes(*code)), detail };
        Some((ChangeState::from_number(*state, Some(reason))?, *own == 1, ActorKey(*actor), raw.to_vec()))
    }
}

/// The value of a change that came as the `made`th.
pub(super) fn change(row: &ChangeRow, made: u64) -> ChangeValue {
    let value: ChangeValue = object();
    let made = number(made);
    value.set_hash(bytes(&row.hash.0));
    match row.record {
        Some(record) => value.set_record(bytes(record.as_bytes())),
        None => value.set_orphan(1),
    }
    value.set_unit(row.unit.as_str());
    value.set_position(number(row.position.unwrap_or(0)));
    value.set_made(made);
    value.set_data(bytes(&Data::write(row)));
    match (&row.state, row.position) {
        (ChangeState::Stored, None) => value.set_unplaced(1),
        (ChangeState::Stored, Some(_)) => {}
        (ChangeState::Waiting, _) => value.set_waiting(made),
        _ => value.set_unsettled(made),
    }
    value
}

/// The change of a value.
pub(super) fn read_change(value: &JsValue) -> Read<ChangeRow> {
    let damaged = || StoreError::Damaged { what: CHANGE };
    let value = value.unchecked_ref::<ChangeValue>();
    let record = Some(value.record()).filter(|record| !record.is_undefined());
    let record = record.map(|record| read_bytes(&record, CHANGE)).transpose()?;
    let (state, own, actor, raw) = Data::read(&read_bytes(&value.data(), CHANGE)?).ok_or_else(damaged)?;
    Ok(ChangeRow {
        hash: read_hash(value)?,
        record: record.map(|bytes| bytes.as_slice().try_into()).transpose().map_err(|_| damaged())?,
        unit: read_text(&value.unit(), CHANGE)?.parse().map_err(|_| damaged())?,
        actor,
        position: Some(read_number(&value.position(), CHANGE)?).filter(|position| *position > 0),
        state,
        own,
        raw,
    })
}

/// The name of a value's change.
fn read_hash(value: &ChangeValue) -> Read<ChangeHash> {
    let bytes = read_bytes(&value.hash(), CHANGE)?;
    bytes.as_slice().try_into().map_err(|_| StoreError::Damaged { what: CHANGE })
}

/// As the how manyth a value's change came.
pub(super) fn read_made(value: &JsValue) -> Read<u64> {
    read_number(&value.unchecked_ref::<ChangeValue>().made(), CHANGE)
}

const VOUCHER: &str = "a voucher";
/// Bytes of a change in a run: its hash and its actor.
const VOUCHED_BYTES: usize = 40;

/// The value of a run that came as the `made`th.
pub(super) fn voucher(run: &VouchedRun, made: u64) -> VoucherValue {
    let value: VoucherValue = object();
    value.set_voucher(bytes(&run.voucher.0));
    value.set_made(number(made));
    let changes: Vec<u8> = run.changes.iter().flat_map(|(hash, actor)| hash.0.into_iter().chain(actor.0)).collect();
    value.set_changes(bytes(&changes));
    value
}

/// The run of a value, and as the how manyth it came.
pub(super) fn read_voucher(value: &JsValue) -> Read<(u64, VouchedRun)> {
    let damaged = || StoreError::Damaged { what: VOUCHER };
    let value = value.unchecked_ref::<VoucherValue>();
    let voucher = read_bytes(&value.voucher(), VOUCHER)?.as_slice().try_into().map_err(|_| damaged())?;
    let bytes = read_bytes(&value.changes(), VOUCHER)?;
    let (changes, rest) = bytes.as_chunks::<VOUCHED_BYTES>();
    if !rest.is_empty() {
        return Err(damaged());
    }
    let read = |change: &[u8; VOUCHED_BYTES]| {
        let (hash, actor) = change.split_at(32);
        Ok((ChangeHash::try_from(hash).map_err(|_| damaged())?, ActorKey::try_from(actor).map_err(|_| damaged())?))
    };
    let changes = changes.iter().map(read).collect::<Read<Vec<_>>>()?;
    Ok((read_number(&value.made(), VOUCHER)?, VouchedRun { voucher: Voucher(voucher), changes }))
}
