//! Devices that push: what they send is made beforehand, so that while the clock runs the machine works for the server alone.

use std::{collections::BTreeMap, io};

use cairn_client::transport::SYNC_PATH;
use cairn_server::{
    admin,
    auth::{self, Role},
    clock,
    config::PlaceConfig,
    store,
};
use sync_core::{
    form::Form,
    id::{ActorKey, UnitCode, Username},
    replica::UnitKind,
    wire::{self, CONTENT_TYPE, FeedRequest, OutChange, OutGroup, OutRequest, Outcome, RequestHead},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    field::{add_user, operator},
    stock,
};

/// Devices of one facility.
pub const OF_A_UNIT: usize = 5;
/// New records of a request.
pub const OF_A_PUSH: usize = 100;
/// Bytes of raw changes that a device takes at a time.
pub const PULLED_BYTES: u32 = 512 << 10;
/// A public key from RFC 8032, section 7.1.
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// What one device sends: one frame behind the other, with the records of each.
pub struct Sender {
    user: Username,
    /// The facility that it works for.
    pub unit: UnitCode,
    /// The bodies of its requests.
    pub frames: Vec<Vec<u8>>,
}

/// The senders of a run, and how many records they have together.
pub struct Crowd {
    /// One for each device.
    pub senders: Vec<Sender>,
    /// Of all of them.
    pub records: usize,
}

impl Crowd {
    /// So many devices with so many new records each. Whoever pulls asks for the news of the facility, too.
    #[must_use]
    pub fn draw(devices: usize, each: usize, pulls: bool) -> Self {
        let form = stock::form();
        let senders = (0..devices).map(|number| Sender::draw(&form, number, each, pulls)).collect();
        Self { senders, records: devices * each }
    }

    /// Furnishes an empty store for them; gives the token of each.
    ///
    /// # Panics
    /// When that fails.
    pub async fn enrol(&self, place: &PlaceConfig) -> Vec<String> {
        let store = place.open().await.expect("a store");
        admin::make_ready(&store).await.expect("a store that is ready");
        let mut tokens = Vec::with_capacity(self.senders.len());
        for (number, sender) in self.senders.iter().enumerate() {
            if number % OF_A_UNIT == 0 {
                let unit = sender.unit.clone();
                admin::add_unit(&store, &operator(), unit, None, UnitKind::Clinic, "卫生院").await.expect("a unit");
            }
            tokens.push(token(&store, &sender.user, &sender.unit).await);
        }
        store.close().await;
        tokens
    }

    /// All push at once, each one frame behind the other. What the server said of the changes, by word.
    ///
    /// # Panics
    /// When a request fails.
    pub async fn push(&self, url: &str, tokens: &[String]) -> BTreeMap<&'static str, usize> {
        let host = host(url);
        let mut running = Vec::with_capacity(tokens.len());
        for (sender, token) in self.senders.iter().zip(tokens) {
            let requests: Vec<Vec<u8>> = sender.frames.iter().map(|frame| request(&host, token, frame)).collect();
            running.push(tokio::spawn(converse(host.clone(), requests)));
        }
        let mut said = BTreeMap::new();
        for conversation in running {
            for answer in conversation.await.expect("it ends") {
                let answer = wire::open_response(&answer).expect("an answer of the protocol");
                for outcome in &answer.head().outcomes {
                    *said.entry(Outcome::word(outcome)).or_default() += 1;
                }
            }
        }
        said
    }
}

/// Makes a recorder of a facility, and a device of theirs; gives its token.
///
/// # Panics
/// When that fails.
pub async fn token(store: &store::Store, user: &Username, unit: &UnitCode) -> String {
    add_user(store, user.as_str(), Role::Recorder, unit.as_str()).await;
    let code = admin::make_enrolment_code(store, &operator(), user, 1).await.expect("a code").0;
    let enrolled = auth::enrol(store, &code.reveal(), "手机", PUBLIC_KEY, clock::now()).await;
    enrolled.expect("an enrolled device").token.reveal().to_owned()
}

impl Sender {
    fn draw(form: &Form, number: usize, each: usize, pulls: bool) -> Self {
        let user: Username = format!("doctor-{number:05}").parse().expect("a name");
        let unit: UnitCode = format!("clinic-{:04}", number / OF_A_UNIT).parse().expect("a code");
        let actor = ActorKey((number as u64 + 1).to_be_bytes());
        let all: Vec<usize> = (number * each..(number + 1) * each).collect();
        let feeds = Vec::from_iter(pulls.then(|| FeedRequest { unit: unit.clone(), after: None, missing_below: 0 }));
        let head = RequestHead { feeds, budget_bytes: PULLED_BYTES, ..RequestHead::default() };
        let frame = |some: &[usize]| {
            let changes = some.iter().map(|n| born(form, &unit, &user, actor, *n)).collect();
            let group = OutGroup { unit: unit.clone(), changes, known: Vec::new() };
            wire::encode_request(&OutRequest { head: head.clone(), groups: vec![group] })
        };
        let frames = all.chunks(OF_A_PUSH).map(frame).collect();
        Self { user, unit, frames }
    }
}

/// The change with which the `n`th record begins.
fn born(form: &Form, unit: &UnitCode, worker: &Username, actor: ActorKey, n: usize) -> OutChange {
    let (_, change) = stock::record(form, n, unit, worker, actor);
    OutChange { position: None, hash: change.hash(), parts: change.parts().expect("parts") }
}

/// HOST:PORT of a server.
#[must_use]
pub fn host(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}

/// The bytes of a request to sync.
#[must_use]
pub fn request(host: &str, token: &str, frame: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {SYNC_PATH} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: {CONTENT_TYPE}\r\n\
         content-length: {}\r\n\r\n",
        frame.len()
    );
    [head.as_bytes(), frame].concat()
}

/// Sends each when the one before is answered, over one connection; gives the bodies of the answers.
async fn converse(host: String, requests: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut stream = TcpStream::connect(&host).await.expect("the server listens");
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        let answer = ask(&mut stream, &request).await.expect("the server answers");
        assert!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        answers.push(answer.body);
    }
    answers
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// After how many seconds to come again, where it says so.
    pub retry_after: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// Sends a request and reads the answer.
///
/// # Errors
/// The system's; also when what comes is no answer with a length.
pub async fn ask(stream: &mut TcpStream, request: &[u8]) -> io::Result<Answer> {
    stream.write_all(request).await?;
    let (mut read, mut room) = (Vec::new(), [0; 16_384]);
    loop {
        let length = stream.read(&mut room).await?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        read.extend_from_slice(&room[..length]);
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        let number = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
        let (Some(status), Some(length)) = (status(&head), number("content-length:")) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, head));
        };
        let whole = end + 4 + usize::try_from(length).unwrap_or(usize::MAX);
        while read.len() < whole {
            match stream.read(&mut room).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => read.extend_from_slice(&room[..length]),
            }
        }
        return Ok(Answer { status, retry_after: number("retry-after:"), body: read.split_off(end + 4) });
    }
}

/// The number between the protocol and the words.
fn status(head: &str) -> Option<u16> {
    head.split_whitespace().nth(1)?.parse().ok()
}
