//! Devices that push: what they send is made beforehand, so that while the clock runs the machine works for the server alone.

use std::collections::BTreeMap;

use cairn_client::transport::SYNC_PATH;
use cairn_server::{
    admin,
    auth::{self, Role},
    clock,
    config::PlaceConfig,
};
use cairn_tests::{
    field::{add_user, operator},
    stock,
};
use sync_core::{
    form::Form,
    id::{ActorKey, UnitCode, Username},
    replica::UnitKind,
    wire::{self, CONTENT_TYPE, OutChange, OutGroup, OutRequest, Outcome},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Devices of one facility.
const OF_A_UNIT: usize = 5;
/// New records of a request.
pub(crate) const OF_A_PUSH: usize = 100;
/// A public key from RFC 8032, section 7.1.
const PUBLIC_KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// What one device sends: one frame behind the other, with the records of each.
pub(crate) struct Sender {
    user: Username,
    pub(crate) unit: UnitCode,
    pub(crate) frames: Vec<Vec<u8>>,
}

/// The senders of a run, and how many records they have together.
pub(crate) struct Crowd {
    pub(crate) senders: Vec<Sender>,
    pub(crate) records: usize,
}

impl Crowd {
    /// So many devices with so many new records each.
    pub(crate) fn draw(devices: usize, each: usize) -> Self {
        let form = stock::form();
        let senders = (0..devices).map(|number| Sender::draw(&form, number, each)).collect();
        Self { senders, records: devices * each }
    }

    /// Furnishes an empty store for them; gives the token of each.
    pub(crate) async fn enrol(&self, place: &PlaceConfig) -> Vec<String> {
        let store = place.open().await.expect("a store");
        admin::make_ready(&store).await.expect("a store that is ready");
        let mut tokens = Vec::with_capacity(self.senders.len());
        for (number, sender) in self.senders.iter().enumerate() {
            if number % OF_A_UNIT == 0 {
                let unit = sender.unit.clone();
                admin::add_unit(&store, &operator(), unit, None, UnitKind::Clinic, "卫生院").await.expect("a unit");
            }
            add_user(&store, sender.user.as_str(), Role::Recorder, sender.unit.as_str()).await;
            let code = admin::make_enrolment_code(&store, &operator(), &sender.user, 1).await.expect("a code").0;
            let enrolled = auth::enrol(&store, &code.reveal(), "手机", PUBLIC_KEY, clock::now()).await;
            tokens.push(enrolled.expect("an enrolled device").token.reveal().to_owned());
        }
        store.close().await;
        tokens
    }

    /// All push at once, each one frame behind the other. What the server said of the changes, by word.
    pub(crate) async fn push(&self, url: &str, tokens: &[String]) -> BTreeMap<&'static str, usize> {
        let host = url.trim_start_matches("http://").to_owned();
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

impl Sender {
    fn draw(form: &Form, number: usize, each: usize) -> Self {
        let user: Username = format!("doctor-{number:04}").parse().expect("a name");
        let unit: UnitCode = format!("clinic-{:04}", number / OF_A_UNIT).parse().expect("a code");
        let actor = ActorKey((number as u64 + 1).to_be_bytes());
        let all: Vec<usize> = (number * each..(number + 1) * each).collect();
        let frame = |some: &[usize]| {
            let changes = some.iter().map(|n| born(form, &unit, &user, actor, *n)).collect();
            let group = OutGroup { unit: unit.clone(), changes, known: Vec::new() };
            wire::encode_request(&OutRequest { head: Default::default(), groups: vec![group] })
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

fn request(host: &str, token: &str, frame: &[u8]) -> Vec<u8> {
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
        stream.write_all(&request).await.expect("the server reads");
        answers.push(answer(&mut stream).await);
    }
    answers
}

async fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let (mut read, mut room) = (Vec::new(), [0; 16_384]);
    loop {
        let length = stream.read(&mut room).await.expect("the server answers");
        assert!(length > 0, "the server hung up: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&room[..length]);
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{}", String::from_utf8_lossy(&read));
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let whole = end + 4 + length.parse::<usize>().expect("a number");
        if read.len() >= whole {
            return read.split_off(end + 4);
        }
    }
}
