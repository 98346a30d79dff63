//! Listening to what moves on the server: `GET /sync/v1/live`, a stream of events that only says that there is something to sync.

use super::{ServerUrl, TransportError};
use crate::portable::{MaybeSend, MaybeSync};

/// The path of the live endpoint, behind the server's address.
pub const LIVE_PATH: &str = "/sync/v1/live";

/// Hears what moves on a server.
pub trait Ear: MaybeSend + MaybeSync {
    /// Listens to `server` until either side ends it. Calls `heard` when the server has begun to tell, and whenever it says that
    /// a feed has moved.
    ///
    /// # Errors
    /// [`TransportError`] when it does not begin, or breaks off.
    fn listen(
        &self,
        server: &ServerUrl,
        token: &str,
        heard: impl FnMut() + MaybeSend,
    ) -> impl Future<Output = Result<(), TransportError>> + MaybeSend;
}
