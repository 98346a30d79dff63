//! `enrol` and `sync` against whatever may answer at a server's address.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread::spawn,
};

use sync_core::{
    id::ClockMs,
    wire::{self, OutResponse, Outcome, ResponseHead},
};

use crate::desk::{Desk, catalog};

/// One request as it came over the line.
struct Asked {
    head: String,
    body: Vec<u8>,
}

type Answer = dyn Fn(&Asked) -> (u16, &'static str, Vec<u8>) + Send + Sync;

/// Answers every request with `answer`; gives the address, and the heads of the requests.
fn server(answer: Arc<Answer>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut stream = stream;
            while let Some(asked) = read(&mut reader) {
                seen.lock().unwrap().push(asked.head.clone());
                let (status, kind, body) = answer(&asked);
                let head =
                    format!("HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
                if stream.write_all(&[head.as_bytes(), &body].concat()).is_err() {
                    break;
                }
            }
        }
    });
    (format!("http://{address}"), heads)
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    let mut body = vec![0; length?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { head, body })
}

fn problem(status: u16, code: &str, detail: &str) -> (u16, &'static str, Vec<u8>) {
    let body = format!(r#"{{"type":"about:blank","title":"x","status":{status},"code":"{code}","detail":"{detail}"}}"#);
    (status, "application/problem+json", body.into_bytes())
}

/// Accepts whatever is pushed.
fn accepting(asked: &Asked) -> (u16, &'static str, Vec<u8>) {
    if asked.head.starts_with("POST /api/v1/enrol ") {
        let reply = r#"{"device":"d1","token":"qX0tokentokentokentokentokentokentokentokent","username":"doctor-03","name":"医生 03","server_key":"00"}"#;
        return (201, "application/json", reply.into());
    }
    let request = wire::open_request(&asked.body).unwrap();
    let pushed = request.change_count() as u64;
    let head = ResponseHead {
        epoch: 7,
        clock: ClockMs(1_614_556_800_000),
        outcomes: (1..=pushed).map(|position| Outcome::Accepted { position }).collect(),
        catalog: (request.head().catalog == 0).then(|| (1, serde_json::to_string(&catalog()).unwrap())),
        ..ResponseHead::default()
    };
    (200, wire::CONTENT_TYPE, wire::encode_response(&OutResponse { head, groups: Vec::new() }))
}

#[test]
fn a_device_enrols_works_and_syncs() {
    let (url, heads) = server(Arc::new(accepting));
    let desk = Desk::empty();
    let enrolled = desk.json(&["enrol", &url, "7Q2MX-0KD4T", "--device-name", "desk"]);
    assert_eq!((&enrolled["user"], &enrolled["forms"]), (&"doctor-03".into(), &3.into()));
    desk.add("嘎托镇", 40);
    let report = desk.json(&["sync"]);
    assert_eq!((&report["pushed"], &report["accepted"], &report["requests"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!((&report["answered_all"], &report["error"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(desk.json(&["record", "list", "--receipt", "on_the_server"])["records"].as_array().unwrap().len(), 1);
    let idle = desk.json(&["sync"]);
    assert_eq!((&idle["pushed"], &idle["requests"]), (&0.into(), &1.into()));
    let head = heads.lock().unwrap().last().unwrap().clone();
    assert!(head.len() <= 210, "{} bytes: {head}", head.len());
    assert!(head.starts_with("POST /sync/v1 HTTP/1.1\r\n") && head.contains("Bearer qX0"), "{head}");
    assert!(head.contains(concat!("cairn-app: cairn/", env!("CARGO_PKG_VERSION"))), "{head}");
    // The bytes are those of the line, both ways.
    let (sent, received) = (idle["bytes_sent"].as_u64().unwrap(), idle["bytes_received"].as_u64().unwrap());
    assert!(sent > head.len() as u64 && received > 60, "{idle}");
    assert!(sent + received < 400, "{idle}");
    assert!(desk.ok(&["sync"]).starts_with("pushed 0, pulled 0; 1 request, "));
}

#[test]
fn a_server_that_is_not_reached_is_2_and_work_is_kept() {
    let desk = Desk::enrolled();
    desk.add("嘎托镇", 40);
    let said = desk.run(&["sync", "--json"]);
    assert_eq!((said.code, said.err.lines().count()), (2, 1), "{}", said.err);
    assert!(said.err.contains("cannot be reached") && said.err.contains("all work is kept"), "{}", said.err);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&report["error"]["code"], &report["answered_all"]), (&"unreachable".into(), &false.into()));
    assert_eq!(desk.json(&["status"])["waiting"], 1);
    assert!(desk.fails(1, &["enrol", "http://127.0.0.1:1", "CODE"]).contains("cannot be reached"));
}

#[test]
fn a_login_page_is_told_from_a_server() {
    let (url, _) = server(Arc::new(|_| (200, "text/html", b"<html>log in</html>".to_vec())));
    let desk = Desk::enrolled_with(&url);
    desk.add("嘎托镇", 40);
    let line = desk.fails(2, &["sync"]);
    assert!(line.contains("did not come from a Cairn server"), "{line}");
    assert!(desk.fails(1, &["enrol", &url, "CODE"]).contains("did not come from a Cairn server"));
    // Nor is one that cannot prove who it is.
    let line = desk.fails(1, &["enrol", &url.replace("http:", "https:"), "CODE"]);
    assert!(line.contains("the server cannot be reached"), "{line}");
    // A redirect is not followed: the records must not go elsewhere.
    let (url, heads) = server(Arc::new(|_| (307, "text/html", Vec::new())));
    let desk = Desk::enrolled_with(&url);
    desk.fails(2, &["sync"]);
    assert_eq!(heads.lock().unwrap().len(), 1);
}

#[test]
fn each_no_of_a_server_is_one_line() {
    let cases = [
        (410, "code_expired", "the code has expired", "the server said: the code has expired"),
        (400, "code_unknown", "nobody was given this code", "the server said: nobody was given this code"),
        (500, "internal", "something broke", "the server said: something broke"),
    ];
    for (status, code, detail, expected) in cases {
        let (url, _) = server(Arc::new(move |_| problem(status, code, detail)));
        let desk = Desk::empty();
        assert_eq!(desk.fails(1, &["enrol", &url, "CODE"]), expected);
        assert!(desk.fails(1, &["status"]).starts_with("this device is not enrolled"));
    }
    let (url, heads) = server(Arc::new(|_| problem(401, "token_unknown", "no such token")));
    let desk = Desk::enrolled_with(&url);
    desk.add("嘎托镇", 40);
    assert!(desk.fails(1, &["sync"]).starts_with("the server does not recognise this device"));
    assert_eq!((heads.lock().unwrap().len(), &desk.json(&["status"])["waiting"]), (1, &1.into()));
}
