//! Connections: accepted, bounded in number and in patience, and ended in good order.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::ConnectInfo,
    http::{HeaderValue, header},
    middleware,
    response::Response,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::Tls;

/// The longest that a client may take over a request's head, or stay idle before it sends one.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
/// The longest that a client may take to agree on a secret.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(60);
/// The longest that requests may take to end when the server stops. What was not answered then was not acknowledged.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// The pause after a connection could not be accepted, e.g. for want of open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Says to requests that never end that the server stops.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(pub(crate) watch::Receiver<bool>);

/// A server that runs. Stops at once when dropped; in good order by [`Self::stop`].
#[derive(Debug)]
pub struct Serving {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Serving {
    /// Listens on `listen`, HOST:PORT (port 0 picks one), and serves `router` there to at most `connections_max` clients at a
    /// time, over TLS if there is a certificate.
    ///
    /// # Errors
    /// The operating system's, when it cannot listen there.
    pub async fn begin(router: Router, listen: &str, connections_max: u32, tls: Option<Tls>) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let places = Arc::new(Semaphore::new(usize::try_from(connections_max).unwrap_or(Semaphore::MAX_PERMITS)));
        let left = Arc::clone(&places);
        let make_room = move |mut response: Response| {
            // The last of them is the one that is being waited for.
            if left.available_permits() == 0 {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            std::future::ready(response)
        };
        // Whoever stays on the line for what they may ask next keeps out those who wait.
        let door = Door { router: router.layer(middleware::map_response(make_room)), tls, stopped };
        Ok(Self { address, stop, accepting: tokio::spawn(accept(listener, places, door)) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more, lets the requests that have begun end for up to 10 s, and returns.
    pub async fn stop(mut self) {
        // Nobody to tell means that it has ended by itself.
        let _ = self.stop.send(true);
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Door {
    router: Router,
    tls: Option<Tls>,
    stopped: watch::Receiver<bool>,
}

async fn accept(listener: TcpListener, places: Arc<Semaphore>, door: Door) {
    let mut stopped = door.stopped.clone();
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        let accepted = tokio::select! {
            _ = stopped.changed() => break,
            accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            } => accepted,
        };
        match accepted {
            (place, Ok((stream, peer))) => {
                let door = door.clone();
                open.spawn(async move {
                    open_to(door, stream, peer).await;
                    drop(place);
                });
            }
            (_, Err(error)) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let ended = timeout(STOP_WITHIN, async { while open.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::warn!(connections = open.len(), "cut off");
    }
}

async fn open_to(door: Door, stream: TcpStream, peer: SocketAddr) {
    // Answers are written whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &door.tls else { return serve(door, stream, peer).await };
    match timeout(HANDSHAKE_WITHIN, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => serve(door, stream, peer).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a connection was not secured"),
        Err(_) => tracing::debug!(%peer, "a connection was not secured in time"),
    }
}

async fn serve(door: Door, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: SocketAddr) {
    let Door { router, mut stopped, .. } = door;
    let service = TowerToHyperService::new(
        router.layer(Extension(ConnectInfo(peer))).layer(Extension(Stopping(stopped.clone()))),
    );
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // A client that went away, as they do on bad links; or one that does not speak HTTP.
        tracing::debug!(%peer, %error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Asks once more over a connection; what comes until it is quiet or ended, and whether it was ended.
    async fn ask(stream: &mut TcpStream) -> (String, bool) {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: cairn\r\n\r\n").await.unwrap();
        let (mut said, mut room) = (String::new(), [0; 1_024]);
        loop {
            let length = stream.read(&mut room).await.unwrap();
            said.push_str(std::str::from_utf8(&room[..length]).unwrap());
            if length == 0 || (said.ends_with("here") && !said.contains("connection: close")) {
                return (said, length == 0);
            }
        }
    }

    #[tokio::test]
    async fn who_is_answered_makes_room_when_others_may_wait() {
        let router = Router::new().route("/", get(async || "here"));
        let serving = Serving::begin(router, "127.0.0.1:0", 3, None).await.unwrap();
        let connect = async || TcpStream::connect(serving.address()).await.unwrap();
        let mut first = connect().await;
        for _ in 0..2 {
            let (said, ended) = ask(&mut first).await;
            assert!(said.starts_with("HTTP/1.1 200 ") && !ended, "there is room: {said}");
        }
        let (mut second, mut third, mut fourth) = (connect().await, connect().await, connect().await);
        let (said, ended) = ask(&mut second).await;
        assert!(said.starts_with("HTTP/1.1 200 ") && ended, "there is none: {said}");
        let (said, _) = ask(&mut third).await;
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        let (said, _) = timeout(Duration::from_secs(30), ask(&mut fourth)).await.expect("its turn comes");
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        serving.stop().await;
    }
}
