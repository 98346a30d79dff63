//! What administrators do: each act in one transaction, with its entry in the audit log, so that it is done and noted or
//! neither. Each says who does it ([`crate::auth::By`]), and is only done within their reach; the API and the commands call
//! the same functions, commands while a server runs on the same store. Each that changes units, users, grants or forms raises
//! the catalog's revision, so that every server and device learns of it.

mod credential;
mod device;
mod duplicate;
mod error;
mod first_start;
mod form;
mod held;
mod import;
mod password;
mod setup;
mod unit;
mod user;

pub use credential::{
    CODE_HOURS_DEFAULT, CODE_HOURS_MAX, TOKEN_DAYS_DEFAULT, TOKEN_DAYS_MAX, TokenTerms, list_api_tokens,
    make_api_token, make_enrolment_code, revoke_api_token,
};
pub use device::{list_devices, revoke_device};
pub use duplicate::{take_back, tell_apart};
pub use error::{AdminError, NAME_CHARS_MAX, read_name};
pub use first_start::{STARTER_KIT, make_ready};
pub use form::{add_form, list_forms};
pub use held::{REJECTION_CHARS_MAX, admit_held, find_held, list_held, reject_held};
pub use import::import_units;
pub use password::{
    begin_second_factor, change_password, confirm_second_factor, make_password_code, remove_second_factor,
    reset_second_factor, set_password_by_code,
};
pub use setup::{FirstAdministrator, is_set_up, offer_setup, set_up};
pub use unit::{PlannedMove, add_unit, list_units, move_unit, plan_move, rename_unit};
pub use user::{UserWithGrants, add_grant, add_user, find_user, list_users, page_users, remove_grant, rename_user};

#[cfg(test)]
mod tests;
