//! How requests reach a server. A transport carries; what an answer means is the engine's to decide.

#[cfg(feature = "native")]
mod counted;
#[cfg(all(feature = "browser", target_family = "wasm"))]
pub mod fetch;
#[cfg(feature = "native")]
pub mod http;
#[cfg(feature = "native")]
mod http_live;
mod live;
mod problem;
#[cfg(any(feature = "native", all(feature = "browser", target_family = "wasm")))]
mod stream;
mod url;

use serde::{Deserialize, Serialize};
use sync_core::id::Username;
use thiserror::Error;

use crate::portable::{MaybeSend, MaybeSync};
pub use live::{Ear, LIVE_PATH};
pub use problem::Problem;
pub use url::{InvalidUrl, ServerUrl};

/// The path of the sync endpoint, behind the server's address.
pub const SYNC_PATH: &str = "/sync/v1";
/// Says at each sync which app this is: administrators see who should update theirs.
#[cfg(any(feature = "native", feature = "browser"))]
const APP_HEADER: &str = "cairn-app";
/// The path of the enrolment endpoint.
pub const ENROL_PATH: &str = "/api/v1/enrol";

/// Carries requests to a server: always POST, never following a redirect.
pub trait Transport: MaybeSend + MaybeSync {
    /// Trades a one-time code for a token.
    fn enrol(
        &self,
        server: &ServerUrl,
        request: &EnrolRequest,
    ) -> impl Future<Output = Result<Enrolled, TransportError>> + MaybeSend;

    /// Sends a frame, and returns whatever came back, be it a frame or not.
    fn sync(
        &self,
        server: &ServerUrl,
        token: &str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<Reply, TransportError>> + MaybeSend;

    /// All bytes that went over the line so far, headers included as far as the transport sees them.
    fn traffic(&self) -> Traffic;
}

/// Bytes over the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// From the device.
    pub sent: u64,
    /// To the device.
    pub received: u64,
}

/// What a device says of itself when it enrols.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code.
    pub code: String,
    /// What people call the device.
    pub device_name: String,
    /// The device's Ed25519 public key, 32 bytes as 64 hexadecimal digits.
    pub public_key: String,
}

/// What a device gets when it has enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The server's name for the device.
    pub device: String,
    /// The device's own token.
    pub token: String,
    /// Who the user is.
    pub username: Username,
    /// The user's name, as people write it.
    pub name: String,
    /// The server's Ed25519 public key, 32 bytes as 64 hexadecimal digits.
    pub server_key: String,
}

/// Whatever came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type, without parameters, in lower case.
    pub content_type: Option<String>,
    /// How many seconds the server wants to be left alone.
    pub retry_after: Option<u32>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing usable came back.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection, or it broke.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The connection stands, and nothing moves.
    #[error("the server cannot be reached: no answer within {seconds} s")]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// Something answered that is not a Cairn server: a login page of the network, perhaps.
    #[error("the answer did not come from a Cairn server ({0}): is this network asking for a login?")]
    NotAServer(String),
    /// The server said no.
    #[error("the server said: {0}")]
    Refused(Problem),
}

impl TransportError {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::NotAServer(_) => "not_a_server",
            Self::Refused(problem) => problem.code.as_deref().unwrap_or("refused"),
        }
    }

    /// Whether the server was not reached, or could not answer: the same request may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TimedOut { .. } | Self::NotAServer(_) => true,
            Self::Refused(problem) => problem.is_passing(),
        }
    }
}
