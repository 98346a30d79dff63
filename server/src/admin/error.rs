//! Why an administrator's act was not done. Nothing of it was, then.

use sync_core::{
    form::FormError,
    gate::Reason,
    id::{ChangeHash, FormId, InvalidId, RecordId, UnitCode, Username},
};
use thiserror::Error;

use crate::{api::BadRow, auth::Role, ingest::IngestError, store::StoreError};

/// Why an administrator's act was not done.
#[derive(Debug, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message of each says what its parts are")]
pub enum AdminError {
    #[error(transparent)]
    Id(#[from] InvalidId),
    #[error("{given:?} is not a {what}: expected {expected}")]
    Word { what: &'static str, given: String, expected: String },
    #[error("the name of {of} {rule}")]
    Name { of: String, rule: &'static str },
    #[error("there is an org unit `{0}` already")]
    UnitExists(UnitCode),
    #[error("there is no org unit `{0}`")]
    UnitUnknown(UnitCode),
    #[error("the table: {0}")]
    Table(String),
    #[error("rows that cannot be taken: {}; nothing was done", .0.len())]
    Rows(Vec<BadRow>),
    #[error("org unit `{0}` cannot lie below itself")]
    UnitBelowItself(UnitCode),
    #[error("no role of the caller on org unit `{0}` permits this")]
    UnitForbidden(UnitCode),
    #[error("only who administers every unit on which `{0}` has a role may do this")]
    UserForbidden(Username),
    #[error("there is a user `{0}` already")]
    UserExists(Username),
    #[error("there is no user `{0}`")]
    UserUnknown(Username),
    #[error("`{user}` is {} on `{unit}` already", role.word())]
    GrantExists { user: Username, unit: UnitCode, role: Role },
    #[error("`{user}` is not {} on `{unit}`", role.word())]
    GrantUnknown { user: Username, unit: UnitCode, role: Role },
    #[error("nobody has told records `{one}` and `{other}` apart")]
    NotToldApart { one: RecordId, other: RecordId },
    #[error("a code lasts 1 to {max} hours, not {given}")]
    Hours { given: u32, max: u32 },
    #[error("a token lasts 1 to {max} days, not {given}")]
    Days { given: u32, max: u32 },
    #[error("there is no token {0:?} of this user")]
    TokenUnknown(String),
    #[error("nobody was given this code")]
    CodeUnknown,
    #[error("the code has expired: ask for a new one")]
    CodeExpired,
    #[error("the code was used already: ask for a new one")]
    CodeUsed,
    #[error("the password {0}")]
    Password(&'static str),
    #[error("the password is wrong")]
    PasswordWrong,
    #[error("there is a second factor already: remove it first")]
    SecondFactorExists,
    #[error("there is no second factor")]
    SecondFactorMissing,
    #[error("the code of the second factor is wrong, or was used already")]
    SecondFactorWrong,
    #[error("somebody administers this store already")]
    SetUpAlready,
    #[error("there is no org unit yet: name the first")]
    UnitMissing,
    #[error(transparent)]
    Form(#[from] FormError),
    #[error(
        "form `{form}` version {version} is known with different content; a version never changes: give it a new number"
    )]
    FormVersionExists { form: FormId, version: u32 },
    #[error("there is no device {0:?}")]
    DeviceUnknown(String),
    #[error("the device `{0}` was revoked already")]
    DeviceRevoked(String),
    #[error("no held change {0} waits for a decision")]
    HeldUnknown(ChangeHash),
    #[error("the held change {hash} cannot be admitted: {reason}")]
    Inadmissible { hash: ChangeHash, reason: Reason },
    #[error("a change is rejected with a reason: 1 to {max} characters on one line")]
    RejectionReason { max: usize },
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AdminError {
    /// A word that is none of `expected`.
    pub(crate) fn word(what: &'static str, given: &str, expected: &[&str]) -> Self {
        Self::Word { what, given: given.chars().take(80).collect(), expected: expected.join(", ") }
    }

    /// The stable word for it, in APIs and logs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Id(_) => "id_invalid",
            Self::Word { .. } => "word_unknown",
            Self::Name { .. } => "name_invalid",
            Self::UnitExists(_) => "unit_exists",
            Self::UnitUnknown(_) => "unit_unknown",
            Self::UserExists(_) => "user_exists",
            Self::UserUnknown(_) => "user_unknown",
            Self::GrantExists { .. } => "grant_exists",
            Self::GrantUnknown { .. } => "grant_unknown",
            Self::Table(_) => "table_invalid",
            Self::Rows(_) => "rows_invalid",
            Self::UnitBelowItself(_) => "unit_below_itself",
            Self::UnitForbidden(_) => "unit_forbidden",
            Self::UserForbidden(_) => "user_forbidden",
            Self::Hours { .. } => "hours_out_of_range",
            Self::Days { .. } => "days_out_of_range",
            Self::TokenUnknown(_) => "token_not_found",
            Self::CodeUnknown => "code_unknown",
            Self::CodeExpired => "code_expired",
            Self::CodeUsed => "code_used",
            Self::Password(_) => "password_invalid",
            Self::PasswordWrong => "password_wrong",
            Self::SecondFactorExists => "second_factor_exists",
            Self::SecondFactorMissing => "second_factor_missing",
            Self::SecondFactorWrong => "second_factor_wrong",
            Self::SetUpAlready => "set_up_already",
            Self::UnitMissing => "unit_missing",
            Self::Form(error) => error.code(),
            Self::FormVersionExists { .. } => "form_version_exists",
            Self::DeviceUnknown(_) => "device_unknown",
            Self::DeviceRevoked(_) => "device_revoked",
            Self::HeldUnknown(_) => "held_unknown",
            Self::NotToldApart { .. } => "not_told_apart",
            Self::Inadmissible { .. } => "held_inadmissible",
            Self::RejectionReason { .. } => "rejection_reason",
            Self::Ingest(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

/// Characters of the name of a unit, a user or a device.
pub const NAME_CHARS_MAX: usize = 200;

/// A name without its outer space, if it can be one: not empty, at most [`NAME_CHARS_MAX`] characters, on one line.
///
/// # Errors
/// The rule that it breaks, in words.
pub fn read_name(text: &str) -> Result<&str, &'static str> {
    let name = text.trim();
    if name.is_empty() {
        return Err("is empty");
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err("is longer than 200 characters");
    }
    if name.chars().any(char::is_control) { Err("contains control characters") } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_anything() {
        assert_eq!(read_name(" 芒康县人民医院 "), Ok("芒康县人民医院"));
        assert!(read_name(&"医".repeat(NAME_CHARS_MAX)).is_ok());
        for bad in ["", " \t", "a\nb", "a\u{0}b", &"医".repeat(NAME_CHARS_MAX + 1)] {
            assert!(read_name(bad).is_err(), "{bad:?}");
        }
    }
}
