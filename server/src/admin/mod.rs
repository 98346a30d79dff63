//! What administrators do: each act in one transaction, so that it is done or not, and each that changes units, users,
//! grants or forms raises the catalog's revision, so that every server and device learns of it. Commands call these
//! functions while a server runs on the same store.

mod credential;
mod device;
mod error;
mod first_start;
mod form;
mod held;
mod unit;
mod user;

pub use credential::{CODE_HOURS_DEFAULT, CODE_HOURS_MAX, make_api_token, make_enrolment_code};
pub use device::{list_devices, revoke_device};
pub use error::{AdminError, NAME_CHARS_MAX, read_name};
pub use first_start::{STARTER_KIT, make_ready};
pub use form::{add_form, list_forms};
pub use held::{REJECTION_CHARS_MAX, admit_held, list_held, reject_held};
pub use unit::{add_unit, list_units};
pub use user::{UserWithGrants, add_grant, add_user, list_users, remove_grant};
