//! Who asks: people and programs by API token, devices by their own; and how a device comes to have one.
//!
//! Secrets are drawn here, shown once, and kept as hashes. No secret is ever logged, and none has a `Debug` that shows it.

mod attempts;
mod by;
mod device;
mod enrolment;
mod principal;
mod role;
mod secret;
mod server_key;

pub use attempts::Attempts;
pub use by::{By, OPERATOR};
pub use enrolment::{EnrolError, Enrolled, enrol};
pub use principal::Principal;
pub use role::Role;
pub use secret::{CODE_CHARS, EnrolmentCode, SecretHash, TOKEN_CHARS, Token};
pub use server_key::{ServerKey, read_public_key};
