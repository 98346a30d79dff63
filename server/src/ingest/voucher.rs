//! Vouchers: the store's own word for who wrote changes. Devices get it with the changes they read, and give it back after the
//! server was restored from a backup that is older than those changes.
//!
//! Changes are not signed by their authors. What a device pushes is its user's, and nobody may say otherwise but this store: a
//! voucher is a keyed hash over a run of changes and their authors, which proves that it once knew them so.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sync_core::{
    id::{ActorKey, ChangeHash, UnitCode, Username},
    wire::{InChange, RequestHead, VouchedChange, Voucher},
};

/// A change and its author, if one is known.
type Authored<'a> = (ChangeHash, Option<&'a Username>);

/// Vouches for the authors of a run of changes: the first 8 bytes of the HMAC-SHA-256, under the store's own key, of each
/// change's hash, the length of its author's username in one byte, and the username, which is empty if nobody is known.
pub(crate) fn vouch<'a>(key: &[u8; 32], run: impl IntoIterator<Item = Authored<'a>>) -> Voucher {
    let mut voucher = [0; 8];
    if let Some(mac) = mac_of(key, run) {
        voucher.copy_from_slice(&mac.finalize().into_bytes()[..8]);
    }
    Voucher(voucher)
}

/// Who wrote which change of a request, as far as vouchers of this store prove it.
pub(crate) fn vouched(
    key: &[u8; 32],
    head: &RequestHead,
    changes: &[(UnitCode, InChange)],
) -> BTreeMap<ChangeHash, Username> {
    let users: BTreeMap<ActorKey, &Username> = head.authors.iter().map(|author| (author.actor, &author.user)).collect();
    let authored = |change| match change {
        &VouchedChange::Here(number) => {
            let (_, InChange { parts, change, .. }) = changes.get(number)?;
            Some((change.hash(), users.get(&parts.actor).copied()))
        }
        VouchedChange::Elsewhere { hash, user } => Some((*hash, user.as_ref())),
    };
    let mut proved = BTreeMap::new();
    for vouching in &head.vouchings {
        let Some(run) = vouching.run.iter().map(authored).collect::<Option<Vec<Authored<'_>>>>() else { continue };
        let mac = mac_of(key, run.iter().copied());
        if mac.is_some_and(|mac| mac.verify_truncated_left(&vouching.voucher.0).is_ok()) {
            proved.extend(run.into_iter().filter_map(|(hash, user)| Some((hash, user?.clone()))));
        }
    }
    proved
}

/// `None` cannot be: a key of this length always serves.
fn mac_of<'a>(key: &[u8; 32], run: impl IntoIterator<Item = Authored<'a>>) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for (hash, user) in run {
        let user = user.map_or("", Username::as_str);
        mac.update(&hash.0);
        mac.update(&[u8::try_from(user.len()).ok()?]);
        mac.update(user.as_bytes());
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use sync_core::wire::{Author, Vouching};

    use super::*;
    use crate::{auth::Role, testing::World};

    fn user(name: &str) -> Username {
        name.parse().unwrap()
    }

    #[test]
    fn a_voucher_is_of_one_run_in_one_order_by_these_users_for_one_store() {
        let (a, b) = (ChangeHash([1; 32]), ChangeHash([2; 32]));
        let (doctor, other) = (user("doctor-03"), user("doctor-04"));
        let good = [(a, Some(&doctor)), (b, Some(&other))];
        let voucher = vouch(&[7; 32], good);
        assert_eq!(voucher, vouch(&[7; 32], good));
        assert_ne!(voucher, vouch(&[8; 32], good));
        for differs in [
            &[(b, Some(&other)), (a, Some(&doctor))][..],
            &[(a, Some(&other)), (b, Some(&doctor))],
            &[(a, Some(&doctor)), (b, None)],
            &good[..1],
            &[good[0], good[1], (a, None)],
        ] {
            assert_ne!(voucher, vouch(&[7; 32], differs.iter().copied()), "{differs:?}");
        }
    }

    #[test]
    fn vouchers_are_made_as_documented() {
        // Those of tests/vectors, computed by another program.
        let key = core::array::from_fn(|n| n as u8);
        let vector = include_str!("../../../tests/vectors/wire/request-give-back.json");
        let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
        let vouching = &vector["message"]["head"]["vouchings"][0];
        let hash = |value: &serde_json::Value| value.as_str().unwrap().parse::<ChangeHash>().unwrap();
        let here = hash(&vector["message"]["groups"][0]["changes"][0]["hash"]);
        let doctor = user("doctor-03");
        let run = [(hash(&vouching[1][0][0]), Some(&doctor)), (here, Some(&doctor)), (hash(&vouching[1][2][0]), None)];
        let hex: String = vouch(&key, run).0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(vouching[0], hex);
    }

    #[tokio::test]
    async fn only_a_true_voucher_says_who_wrote_what() {
        let world = World::new(crate::store::Engine::Sqlite).await;
        let doctor = world.worker("doctor-03", Role::Recorder, "markam").await;
        let changes = [2, 1].map(|time| {
            let (_, change) = doctor.outreach("markam", 1, time);
            ("markam".parse().unwrap(), InChange { position: None, parts: change.parts().unwrap().into(), change })
        });
        let (hash, elsewhere) = (changes[1].1.change.hash(), ChangeHash([9; 32]));
        let key = world.store.author_key();
        let name = user("doctor-03");
        let voucher = vouch(key, [(elsewhere, None), (hash, Some(&name))]);
        let head = |user: &str, voucher, number| RequestHead {
            authors: vec![Author { actor: doctor.actor, user: user.parse().unwrap() }],
            vouchings: vec![Vouching {
                voucher,
                run: vec![VouchedChange::Elsewhere { hash: elsewhere, user: None }, VouchedChange::Here(number)],
            }],
            ..RequestHead::default()
        };
        let proved = |head: &RequestHead, key| vouched(key, head, &changes).into_iter().collect::<Vec<_>>();
        assert_eq!(proved(&head("doctor-03", voucher, 1), key), [(hash, name)]);
        for (bad, key) in [
            (head("doctor-04", voucher, 1), key),
            (head("doctor-03", Voucher([0; 8]), 1), key),
            (head("doctor-03", voucher, 0), key),
            (head("doctor-03", voucher, 2), key),
            (head("doctor-03", voucher, 1), &[7; 32]),
            (RequestHead { authors: Vec::new(), ..head("doctor-03", voucher, 1) }, key),
        ] {
            assert!(proved(&bad, key).is_empty(), "{bad:?}");
        }
    }
}
