//! A bad line: a TCP proxy on loopback between a real device and a real server. It remembers every byte that it carried, is late and
//! slow if told to, ends connections after an exact number of bytes, leads to another server, and says again what it heard.
//!
//! Bytes are counted over all connections of one proxy, in each direction by itself.

use std::{
    io,
    net::SocketAddr,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 16 << 10;

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// From the device to the server.
    Up = 0,
    /// From the server to the device.
    Down = 1,
}

/// Which end of a connection learns that it is over; the other one hears nothing any more, as behind a broken middlebox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Both.
    Both,
    /// The device's.
    Device,
    /// The server's.
    Server,
}

/// How an end learns of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// In good order: there are no more bytes.
    Fin,
    /// The connection is reset.
    Rst,
}

/// What becomes of the connections that the device opens afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// They are carried as if nothing had been.
    Back,
    /// They are closed at once, until [`Proxy::mend`].
    Gone,
}

/// Where a line is cut, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Counted in this direction.
    pub way: Way,
    /// So many bytes still arrive.
    pub after_bytes: u64,
    /// Who learns of it.
    pub ends: Ends,
    /// How.
    pub manner: Manner,
    /// What follows.
    pub then: Then,
}

/// What a line is like. By default it is perfect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Line {
    /// How late whatever arrives is.
    pub delay: Duration,
    /// How much fits through in each direction.
    pub bytes_per_second: Option<u64>,
    /// Where it is cut.
    pub cut: Option<Cut>,
}

/// All that went over one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// From the device.
    pub up: Vec<u8>,
    /// From the server.
    pub down: Vec<u8>,
}

/// Where a message of HTTP/1.1 lies among the bytes of one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its head, up to and including the empty line.
    pub head: Range<usize>,
    /// Its body.
    pub body: Range<usize>,
}

/// The messages in a stream of bytes, each of which tells the length of its body. One that is not whole is left out.
///
/// # Panics
/// When a head is not text, or a length no number.
#[must_use]
pub fn messages(bytes: &[u8]) -> Vec<Message> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(length) = bytes[from..].windows(4).position(|four| four == b"\r\n\r\n") {
        let head = from..from + length + 4;
        let text = std::str::from_utf8(&bytes[head.clone()]).expect("heads are text").to_ascii_lowercase();
        let told = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let body = head.end..head.end + told.map_or(0, |told| told.trim().parse::<usize>().expect("a length"));
        if body.end > bytes.len() {
            break;
        }
        from = body.end;
        found.push(Message { head, body });
    }
    found
}

/// A line between devices and a server. It is gone when this is dropped.
pub struct Proxy {
    /// Where devices reach the server by it, e.g. `http://127.0.0.1:40123`.
    pub url: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    line: Line,
    state: Mutex<State>,
    /// Ends the connections that lead to a former server.
    routed: watch::Sender<()>,
}

struct State {
    server: SocketAddr,
    is_gone: bool,
    has_cut: bool,
    passed: [u64; 2],
    carried: Vec<Carried>,
}

impl Proxy {
    /// A line to the server at `address`, HOST:PORT.
    ///
    /// # Panics
    /// When that is no address, or nothing can listen on loopback.
    pub async fn begin(address: &str, line: Line) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("it was bound"));
        let server = address.parse().expect("an address");
        let state = State { server, is_gone: false, has_cut: false, passed: [0; 2], carried: Vec::new() };
        let shared = Arc::new(Shared { line, state: Mutex::new(state), routed: watch::Sender::new(()) });
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        Self { url, shared, accepting }
    }

    /// Carries again what is opened from now on.
    pub fn mend(&self) {
        self.shared.state().is_gone = false;
    }

    /// Leads to another server from now on.
    ///
    /// # Panics
    /// When `address` is none.
    pub fn route(&self, address: &str) {
        self.shared.state().server = address.parse().expect("an address");
        self.shared.routed.send_replace(());
    }

    /// Whether the line was cut.
    #[must_use]
    pub fn has_cut(&self) -> bool {
        self.shared.state().has_cut
    }

    /// Bytes that arrived in this direction.
    #[must_use]
    pub fn passed(&self, way: Way) -> u64 {
        self.shared.state().passed[way as usize]
    }

    /// What arrived so far, by connection.
    #[must_use]
    pub fn carried(&self) -> Vec<Carried> {
        self.shared.state().carried.clone()
    }

    /// Sends whole requests to the server again, to the byte, over a connection of their own; gives what is answered to each.
    ///
    /// # Errors
    /// When the server ends the connection before it has answered all.
    pub async fn replay(&self, requests: &[&[u8]]) -> io::Result<Vec<Vec<u8>>> {
        let server = self.shared.state().server;
        let mut stream = TcpStream::connect(server).await?;
        let (mut answers, mut bytes) = (Vec::new(), Vec::new());
        for request in requests {
            stream.write_all(request).await?;
            let whole = loop {
                if let Some(message) = messages(&bytes).first() {
                    break message.body.end;
                }
                if stream.read_buf(&mut bytes).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            let rest = bytes.split_off(whole);
            answers.push(std::mem::replace(&mut bytes, rest));
        }
        Ok(answers)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of a new connection, and where it leads; nowhere while the line is gone.
    fn admit(&self) -> Option<(usize, SocketAddr)> {
        let mut state = self.state();
        if state.is_gone {
            return None;
        }
        state.carried.push(Carried::default());
        Some((state.carried.len() - 1, state.server))
    }

    /// Takes note of bytes that are to arrive: how many do, and whether the line is cut behind them.
    fn note(&self, connection: usize, way: Way, bytes: &[u8]) -> (usize, Option<Cut>) {
        let mut state = self.state();
        let passed = state.passed[way as usize];
        let cut = self.line.cut.filter(|cut| cut.way == way && !state.has_cut);
        let cut = cut.filter(|cut| passed + bytes.len() as u64 >= cut.after_bytes);
        let fits = cut.map_or(bytes.len(), |cut| (cut.after_bytes - passed) as usize);
        state.passed[way as usize] += fits as u64;
        let carried = &mut state.carried[connection];
        match way {
            Way::Up => &mut carried.up,
            Way::Down => &mut carried.down,
        }
        .extend_from_slice(&bytes[..fits]);
        state.has_cut |= cut.is_some();
        state.is_gone |= cut.is_some_and(|cut| cut.then == Then::Gone);
        (fits, cut)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and all connections with it.
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        let Ok((device, _)) = listener.accept().await else { return };
        if let Some((connection, server)) = shared.admit() {
            open.spawn(carry(shared.clone(), connection, device, server));
        }
    }
}

/// Carries what either end says to the other. However it ends, both ends are closed by it, unless a cut leaves one of them waiting.
async fn carry(shared: Arc<Shared>, connection: usize, mut device: TcpStream, server: SocketAddr) {
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    // What arrives is passed on at once: only the line itself is slow.
    let _ = (device.set_nodelay(true), server.set_nodelay(true));
    let mut routed = shared.routed.subscribe();
    let (mut up, mut down) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
    let mut is_open = [true; 2];
    while is_open[0] || is_open[1] {
        let (way, read) = tokio::select! {
            read = device.read(&mut up), if is_open[0] => (Way::Up, read),
            read = server.read(&mut down), if is_open[1] => (Way::Down, read),
            _ = routed.changed() => return,
        };
        let (bytes, to) = match way {
            Way::Up => (&up, &mut server),
            Way::Down => (&down, &mut device),
        };
        let length = match read {
            Ok(0) => {
                is_open[way as usize] = false;
                let _ = to.shutdown().await;
                continue;
            }
            Ok(length) => length,
            Err(_) => return,
        };
        let (fits, cut) = shared.note(connection, way, &bytes[..length]);
        if deliver(&shared.line, &bytes[..fits], to).await.is_err() {
            return;
        }
        if let Some(cut) = cut {
            return end(cut, device, server).await;
        }
    }
}

async fn deliver(line: &Line, bytes: &[u8], to: &mut TcpStream) -> io::Result<()> {
    sleep(line.delay).await;
    let Some(rate) = line.bytes_per_second else { return to.write_all(bytes).await };
    // Twenty times a second.
    for piece in bytes.chunks((rate as usize / 20).max(1)) {
        sleep(Duration::from_micros(piece.len() as u64 * 1_000_000 / rate.max(1))).await;
        to.write_all(piece).await?;
    }
    Ok(())
}

/// Ends those ends of a connection that are to learn of it, and keeps the other one for as long as the proxy is there.
async fn end(cut: Cut, device: TcpStream, server: TcpStream) {
    match cut.ends {
        Ends::Both => {
            tokio::join!(close(device, cut.manner), close(server, cut.manner));
        }
        Ends::Device => {
            close(device, cut.manner).await;
            keep(server).await;
        }
        Ends::Server => {
            close(server, cut.manner).await;
            keep(device).await;
        }
    }
}

async fn close(mut stream: TcpStream, manner: Manner) {
    match manner {
        Manner::Rst => {
            let _ = stream.set_zero_linger();
        }
        Manner::Fin => {
            let _ = stream.shutdown().await;
            // Who closes before all is read resets.
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        }
    }
}

async fn keep(_silent: TcpStream) {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// A server that answers with what it was told, and notes how much that was when it ends.
    async fn echo() -> (String, JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut heard, mut bytes) = (0, [0; 64]);
            while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                heard += read;
                if stream.write_all(&bytes[..read]).await.is_err() {
                    break;
                }
            }
            heard
        });
        (address, heard)
    }

    async fn told(line: Line) -> (Vec<u8>, io::Result<()>, usize, Proxy) {
        let (address, heard) = echo().await;
        let proxy = Proxy::begin(&address, line).await;
        let mut device = TcpStream::connect(proxy.url.trim_start_matches("http://")).await.unwrap();
        device.write_all(b"twenty bytes of text").await.unwrap();
        let mut bytes = Vec::new();
        let mut ended = Ok(());
        while bytes.len() < 20 && ended.is_ok() {
            ended = match device.read_buf(&mut bytes).await {
                Ok(0) => break,
                read => read.map(drop),
            };
        }
        drop(device);
        let heard = heard.await.unwrap();
        (bytes, ended, heard, proxy)
    }

    fn cut(way: Way, after_bytes: u64, manner: Manner) -> Line {
        Line { cut: Some(Cut { way, after_bytes, ends: Ends::Both, manner, then: Then::Gone }), ..Line::default() }
    }

    #[tokio::test]
    async fn exactly_so_many_bytes_arrive_before_a_cut() {
        for after in 0..=20 {
            let (back, _, heard, proxy) = told(cut(Way::Up, after, Manner::Fin)).await;
            assert_eq!((heard as u64, proxy.passed(Way::Up), proxy.has_cut()), (after, after, true));
            assert!(back.len() as u64 <= after);
            let (back, ended, heard, proxy) = told(cut(Way::Down, after, Manner::Fin)).await;
            assert_eq!((back.len() as u64, heard, proxy.passed(Way::Down)), (after, 20, after));
            assert!(ended.is_ok());
        }
    }

    #[tokio::test]
    async fn a_reset_is_an_error_and_an_end_is_none() {
        assert!(told(cut(Way::Down, 7, Manner::Rst)).await.1.is_err());
        assert!(told(cut(Way::Down, 7, Manner::Fin)).await.1.is_ok());
        assert_eq!(told(Line::default()).await.0, b"twenty bytes of text");
    }

    #[tokio::test]
    async fn a_line_that_is_gone_comes_back_when_it_is_mended() {
        let (_, _, _, proxy) = told(cut(Way::Up, 3, Manner::Rst)).await;
        let address = proxy.url.trim_start_matches("http://");
        let mut closed = TcpStream::connect(address).await.unwrap();
        assert!(matches!(closed.read(&mut [0]).await, Ok(0) | Err(_)), "nobody is there");
        let (again, heard) = echo().await;
        proxy.route(&again);
        proxy.mend();
        let mut open = TcpStream::connect(address).await.unwrap();
        open.write_all(b"here").await.unwrap();
        let mut back = [0; 4];
        open.read_exact(&mut back).await.unwrap();
        drop(open);
        assert_eq!((&back, heard.await.unwrap()), (b"here", 4));
    }

    #[tokio::test]
    async fn what_is_slow_takes_its_time() {
        let begun = Instant::now();
        let slow = Line { bytes_per_second: Some(200), delay: Duration::from_millis(30), cut: None };
        assert_eq!(told(slow).await.0, b"twenty bytes of text");
        // Twenty bytes there and twenty back, each way after a delay.
        assert!(begun.elapsed() >= Duration::from_millis(2 * (30 + 100)), "{:?}", begun.elapsed());
    }

    #[test]
    fn messages_are_told_apart_by_their_lengths() {
        let bytes = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nab";
        let found = messages(bytes);
        let bodies: Vec<&[u8]> = found.iter().map(|message| &bytes[message.body.clone()]).collect();
        assert_eq!((bodies, found[1].head.start), (vec![b"abc".as_slice(), b""], 41));
    }
}
