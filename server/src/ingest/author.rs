//! Proofs of who stands behind an actor: given to devices with the changes they read, and given back by them after the server
//! was restored from a backup that is older than the actor.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sync_core::id::{ActorKey, Username};

/// The proof that the user stands behind the actor: the first 8 bytes of the HMAC-SHA-256, under the store's own key, of the
/// actor's 8 bytes and the username.
pub(crate) fn author_proof(key: &[u8; 32], actor: ActorKey, user: &Username) -> [u8; 8] {
    let mut proof = [0; 8];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(&actor.0);
        mac.update(user.as_str().as_bytes());
        proof.copy_from_slice(&mac.finalize().into_bytes()[..8]);
    }
    proof
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_of_one_actor_one_user_and_one_store() {
        let user = |name: &str| name.parse::<Username>().unwrap();
        let proof = author_proof(&[7; 32], ActorKey([1; 8]), &user("doctor-03"));
        assert_eq!(proof, author_proof(&[7; 32], ActorKey([1; 8]), &user("doctor-03")));
        assert_ne!(proof, author_proof(&[8; 32], ActorKey([1; 8]), &user("doctor-03")));
        assert_ne!(proof, author_proof(&[7; 32], ActorKey([2; 8]), &user("doctor-03")));
        assert_ne!(proof, author_proof(&[7; 32], ActorKey([1; 8]), &user("doctor-04")));
    }
}
