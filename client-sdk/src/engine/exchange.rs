//! One request, and whose answer it is that comes back.

use core::time::Duration;

use sync_core::{id::UnitCode, wire};

use super::{Engine, outgoing::Request};
use crate::{
    Clock, Error, Store, Transport,
    store::{Identity, StoreError},
    transport::{Problem, Reply, TransportError},
};

/// A server that wants to be left alone for longer is not asked again by this sync.
const PATIENCE_SECONDS: u32 = 30;

/// Why there is no frame.
pub(super) enum Trouble {
    /// The server does not know a change by the position under which this device spoke of it, or the two mean different ones.
    StaleReference(Error),
    /// This device does not know the change at a position of this feed, of which the server spoke.
    Unplaced(UnitCode, Error),
    /// The request is larger than somebody on the way takes.
    TooLarge(Error),
    /// It may succeed when tried again soon.
    Passing(Error, Option<Duration>),
    /// It will not.
    Lasting(Error),
}

impl Trouble {
    /// The error for people.
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::StaleReference(error) | Self::Unplaced(_, error) | Self::TooLarge(error) => error,
            Self::Passing(error, _) | Self::Lasting(error) => error,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Lasting(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Lasting(error.into())
    }
}

impl<S: Store, T: Transport, C: Clock> Engine<S, T, C> {
    /// Sends a request, and gives back the frame that answers it.
    pub(super) async fn exchange(&self, identity: &Identity, request: &Request) -> Result<Vec<u8>, Trouble> {
        let reply = self.transport.sync(&identity.server, &identity.token, request.body.clone()).await;
        match reply {
            Ok(reply) => frame_of(reply),
            Err(error) if error.code() == "not_a_server" => Err(Trouble::Lasting(error.into())),
            Err(error) if error.is_passing() => Err(Trouble::Passing(error.into(), None)),
            Err(error) => Err(Trouble::Lasting(error.into())),
        }
    }
}

fn frame_of(reply: Reply) -> Result<Vec<u8>, Trouble> {
    let problem = || Error::from(TransportError::Refused(Problem::of(&reply)));
    let stranger = |what: String| Trouble::Lasting(TransportError::NotAServer(what).into());
    let ours = reply.content_type.as_deref() == Some("application/problem+json");
    match reply.status {
        200 if reply.content_type.as_deref() == Some(wire::CONTENT_TYPE) => Ok(reply.body),
        200 => Err(stranger("an answer of another kind".into())),
        401 if ours => Err(Trouble::Lasting(Error::NotRecognised)),
        409 if ours => Err(Trouble::StaleReference(problem())),
        // Proxies say this too.
        413 => Err(Trouble::TooLarge(problem())),
        408 | 425 | 429 | 500..=599 => match reply.retry_after {
            Some(seconds) if seconds > PATIENCE_SECONDS => Err(Trouble::Lasting(problem())),
            seconds => Err(Trouble::Passing(problem(), seconds.map(|s| Duration::from_secs(s.into())))),
        },
        400..=499 if ours => Err(Trouble::Lasting(problem())),
        status => Err(stranger(format!("HTTP status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, content_type: &str, retry_after: Option<u32>) -> (&'static str, Error) {
        let reply = Reply { status, content_type: Some(content_type.into()), retry_after, body: b"{}".to_vec() };
        match frame_of(reply) {
            Ok(_) => panic!("a frame"),
            Err(trouble) => {
                let kind = match &trouble {
                    Trouble::StaleReference(_) | Trouble::Unplaced(..) => "stale",
                    Trouble::TooLarge(_) => "large",
                    Trouble::Passing(..) => "passing",
                    Trouble::Lasting(_) => "lasting",
                };
                (kind, trouble.into_error())
            }
        }
    }

    #[test]
    fn a_login_page_is_no_answer() {
        for (status, kind) in [(200, "text/html"), (302, "text/html"), (404, "text/html"), (200, "application/json")] {
            let (trouble, error) = told(status, kind, None);
            assert_eq!((trouble, error.code()), ("lasting", "not_a_server"));
            assert!(error.is_passing(), "the server was not reached");
        }
    }

    #[test]
    fn each_no_of_the_server_is_heeded() {
        let problem = "application/problem+json";
        assert_eq!(told(401, problem, None).1, Error::NotRecognised);
        assert_eq!(told(409, problem, None).0, "stale");
        assert_eq!(told(413, "text/html", None).0, "large");
        assert_eq!(told(429, problem, Some(2)).0, "passing");
        assert_eq!(told(502, "text/html", None).0, "passing");
        let (trouble, error) = told(503, problem, Some(3_600));
        assert_eq!((trouble, error.is_passing()), ("lasting", true));
        let (trouble, error) = told(400, problem, None);
        assert_eq!((trouble, error.is_passing()), ("lasting", false));
    }
}
