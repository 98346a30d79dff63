//! Who asks: programs by API token, people by session, devices by a token of their own; and how each comes to have one.
//!
//! Secrets are drawn here, shown once, and kept as hashes. No secret is ever logged, and none has a `Debug` that shows it.

mod attempts;
mod by;
mod device;
mod enrolment;
mod password;
mod principal;
mod role;
mod secret;
mod server_key;
mod session;
mod totp;

pub use attempts::{Attempts, network_of};
pub use by::{By, OPERATOR, Right};
pub use enrolment::{EnrolError, Enrolled, enrol};
pub use password::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Password, PasswordHashes};
pub use principal::Principal;
pub use role::Role;
pub use secret::{CODE_CHARS, EnrolmentCode, SecretHash, TOKEN_CHARS, Token};
pub use server_key::{ServerKey, read_public_key};
pub use session::{IDLE_MS, LogIn, LogInError, LoggedIn, SESSION_MS, log_in};
pub use totp::SecondFactor;
