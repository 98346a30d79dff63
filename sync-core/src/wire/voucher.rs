//! Vouchers: the server's word for who wrote changes, which devices keep and give back when the server has forgotten it.
//!
//! A response carries one for every [`VOUCHED_CHANGES`] consecutive changes of each group. It says nothing to a device: only the
//! store that made it can check it, and only together with the whole run it was made for. So a request that gives one back
//! says which changes those were, and who was said to have written each.

use alloc::vec::Vec;

use super::{
    RequestHead, ResponseHead, WireError,
    cbor::{Cbor, Encoded, Encoder},
    varint,
    varint::Reader,
};
use crate::{
    id::{ChangeHash, Username},
    limits::{FRAME_CHANGES_MAX, VOUCHED_CHANGES},
};

/// The server's word for who wrote a run of changes: the first 8 bytes of an HMAC under the store's own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Voucher(pub [u8; 8]);

/// A voucher that is given back, with the run it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouching {
    /// The voucher.
    pub voucher: Voucher,
    /// The run, in its order: 1 to [`VOUCHED_CHANGES`] changes.
    pub run: Vec<VouchedChange>,
}

/// One change of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VouchedChange {
    /// The change with this number among those of the request, from 0; its author is the one that the request names for its actor.
    Here(usize),
    /// A change that is not in the request.
    Elsewhere {
        /// The change.
        hash: ChangeHash,
        /// Who was said to have written it; `None` if nobody was known.
        user: Option<Username>,
    },
}

/// Checks that a response has as many vouchers as its groups, of so many changes each, have runs.
pub(super) fn check_count(head: &ResponseHead, groups: impl Iterator<Item = usize>) -> Result<(), WireError> {
    let runs: usize = groups.map(|changes| changes.div_ceil(VOUCHED_CHANGES)).sum();
    if head.vouchers.len() == runs {
        return Ok(());
    }
    Err(WireError::Malformed { what: "the number of vouchers", at: 0 })
}

/// Writes the vouchers of a response.
pub(super) fn put_vouchers(e: &mut Encoder, vouchers: &[Voucher]) -> Encoded {
    let bytes: Vec<u8> = vouchers.iter().flat_map(|voucher| voucher.0).collect();
    e.bytes(&bytes)?.ok()
}

/// Reads the vouchers of a response.
pub(super) fn vouchers(cbor: &mut Cbor<'_>) -> Result<Vec<Voucher>, WireError> {
    match cbor.bytes("the vouchers")?.as_chunks::<8>() {
        (vouchers, []) => Ok(vouchers.iter().map(|voucher| Voucher(*voucher)).collect()),
        _ => Err(cbor.malformed("the vouchers")),
    }
}

/// Writes the vouchers that a request gives back.
pub(super) fn put_vouchings(e: &mut Encoder, vouchings: &[Vouching]) -> Encoded {
    e.array(vouchings.len() as u64)?;
    for Vouching { voucher, run } in vouchings {
        let mut bytes = voucher.0.to_vec();
        for change in run {
            match change {
                VouchedChange::Here(number) => varint::put(&mut bytes, *number as u64 + 1),
                VouchedChange::Elsewhere { hash, user } => {
                    varint::put(&mut bytes, 0);
                    bytes.extend_from_slice(&hash.0);
                    varint::put_text(&mut bytes, user.as_ref().map_or("", Username::as_str));
                }
            }
        }
        e.bytes(&bytes)?;
    }
    Ok(())
}

/// Reads the vouchers that a request gives back.
pub(super) fn vouchings(cbor: &mut Cbor<'_>) -> Result<Vec<Vouching>, WireError> {
    let mut elsewhere = 0;
    cbor.list("vouchers", FRAME_CHANGES_MAX, |cbor| {
        let mut reader = Reader::new(cbor.bytes("a voucher")?, 0);
        let voucher = Voucher(reader.array()?);
        let mut run = Vec::new();
        while reader.end().is_err() {
            if run.len() == VOUCHED_CHANGES {
                return Err(WireError::TooMany { what: "changes of a voucher", max: VOUCHED_CHANGES as u64 });
            }
            run.push(match reader.index("a vouched change", FRAME_CHANGES_MAX + 1)? {
                0 if elsewhere == FRAME_CHANGES_MAX => {
                    return Err(WireError::TooMany { what: "vouched changes", max: FRAME_CHANGES_MAX as u64 });
                }
                0 => {
                    elsewhere += 1;
                    let hash = ChangeHash(reader.array()?);
                    let user = match reader.text("bytes of a username", Username::MAX_BYTES)? {
                        "" => None,
                        name => Some(name.parse().map_err(|_| reader.malformed("a username"))?),
                    };
                    VouchedChange::Elsewhere { hash, user }
                }
                number => VouchedChange::Here(number - 1),
            });
        }
        if run.is_empty() { Err(cbor.malformed("a voucher of nothing")) } else { Ok(Vouching { voucher, run }) }
    })
}

/// Checks that the vouchers given back speak of changes that are in the request.
pub(super) fn check_numbers(head: &RequestHead, changes: usize) -> Result<(), WireError> {
    let all = head.vouchings.iter().flat_map(|vouching| &vouching.run);
    let beyond = |change: &VouchedChange| matches!(change, VouchedChange::Here(number) if *number >= changes);
    if all.into_iter().any(beyond) {
        return Err(WireError::Malformed { what: "the number of a vouched change", at: 0 });
    }
    Ok(())
}
