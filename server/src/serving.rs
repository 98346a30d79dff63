//! Connections: accepted, bounded in number and in patience, and ended in good order.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

/// Connections at one time; more wait to be accepted. Default limits of open files are about as high.
const CONNECTIONS_MAX: usize = 900;
/// The longest that a client may take over a request's head, or stay idle before it sends one.
const HEAD_WITHIN: Duration = Duration::from_secs(75);
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
    /// Listens on `listen`, HOST:PORT (port 0 picks one), and serves `router` there.
    ///
    /// # Errors
    /// The operating system's, when it cannot listen there.
    pub async fn begin(router: Router, listen: &str) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        Ok(Self { address, stop, accepting: tokio::spawn(accept(listener, router, stopped)) })
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

async fn accept(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
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
                let (router, stopped) = (router.clone(), stopped.clone());
                open.spawn(async move {
                    serve_one(stream, peer, router, stopped).await;
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

async fn serve_one(stream: TcpStream, peer: SocketAddr, router: Router, mut stopped: watch::Receiver<bool>) {
    // Answers are written whole: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
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
