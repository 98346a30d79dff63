//! A server as a district would run it: settings from a file, TLS, metrics, and what its answers tell browsers.

#![expect(clippy::unwrap_used, reason = "what a test cannot do without, it fails without")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

use cairn_tests::{program, run};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// A running server, ended when dropped.
struct Running {
    child: Child,
    /// What it said, up to the line that begins with the last word waited for.
    lines: Vec<String>,
}

impl Running {
    fn start(config: &Path, last: &str) -> Self {
        let mut serve = Command::new(program("cairn-server"));
        serve.args(["serve", "--config"]).arg(config).stdin(Stdio::null()).stdout(Stdio::piped());
        let child = serve.stderr(Stdio::piped()).spawn().unwrap();
        let mut running = Self { child, lines: Vec::new() };
        let said = BufReader::new(running.child.stdout.take().unwrap());
        for line in said.lines() {
            running.lines.push(line.unwrap());
            if running.lines.last().unwrap().starts_with(last) {
                return running;
            }
        }
        panic!("it said no more than {:?}", running.lines);
    }

    fn said(&self, begin: &str) -> &str {
        self.lines.iter().find_map(|line| line.strip_prefix(begin)).unwrap()
    }

    /// Ends it as an operating system does, and gives back its log.
    fn stop(mut self) -> String {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success());
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is at an `http` address, head and body.
fn page(url: &str) -> (String, String) {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// A certificate authority, and a certificate of its for localhost, as files in `dir`.
fn certify(dir: &Path) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(dir.join("authority.pem"), authority.self_signed(&authority_key).unwrap().pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    std::fs::write(dir.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(dir.join("server.key"), key.serialize_pem()).unwrap();
}

#[test]
fn a_phone_syncs_over_tls_with_a_server_that_is_set_up_by_a_file_and_watched() {
    let home = tempfile::tempdir().unwrap();
    certify(home.path());
    let at = |name: &str| home.path().join(name).display().to_string();
    let config = home.path().join("cairn.toml");
    let settings = format!(
        "data = {:?}\nlisten = \"127.0.0.1:0\"\ntls_certificate = {:?}\ntls_key = {:?}\n\
         metrics_listen = \"127.0.0.1:0\"\nlog_format = \"json\"\n",
        at("data"),
        at("server.pem"),
        at("server.key")
    );
    std::fs::write(&config, settings).unwrap();
    let server = Running::start(&config, "metrics at");
    let url = server.said("listening on ").replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://localhost:"), "{url}");

    let admin = |words: &[&str]| {
        run("cairn-server", [&["admin"], words, &["--json", "--config", config.to_str().unwrap()]].concat()).well()
    };
    admin(&["unit", "add", "markam", "--kind", "county", "--name", "芒康县"]);
    admin(&["user", "add", "doctor-03", "--name", "医生 03", "--role", "recorder", "--unit", "markam"]);
    let code = admin(&["enrol", "doctor-03"]).json()["code"].as_str().unwrap().to_owned();
    let phone = at("phone");
    let cairn = |trusted: Option<&str>, words: &[&str]| {
        let mut command = Command::new(program("cairn"));
        command.args(["--store", &phone, "--json"]).args(words).env("SSL_CERT_FILE", trusted.unwrap_or("/dev/null"));
        command.output().unwrap().status.code()
    };
    let authority = at("authority.pem");
    assert_eq!(cairn(None, &["enrol", &url, &code]), Some(1), "nobody vouches for this server");
    assert_eq!(cairn(Some(&authority), &["enrol", &url, &code]), Some(0));
    let row = ["record", "add", "clinic.outreach", "--on", "2021-05-01", "place=嘎托镇", "patients_seen=41"];
    assert_eq!(cairn(None, &row), Some(0));
    assert_eq!(cairn(Some(&authority), &["sync"]), Some(0));

    let (head, body) = page(server.said("metrics at "));
    assert!(head.contains("200 OK") && head.contains("openmetrics-text"), "{head}");
    for line in [
        "cairn_sync_requests_total{status=\"200\"} ",
        "cairn_sync_outcomes_total{outcome=\"accepted\"} 1",
        "cairn_sync_received_bytes_total ",
        "cairn_sync_store_seconds_count ",
        "cairn_http_request_seconds_count{method=\"POST\",path=\"/api/v1/enrol\",status=\"201\"} 1",
        "cairn_changes 1",
    ] {
        assert!(body.contains(line), "{line:?} is not in\n{body}");
    }
    assert_eq!((body.matches("# EOF").count(), body.ends_with("# EOF\n")), (1, true));
    let log = server.stop();
    let answered: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(answered.iter().any(|line| line["message"] == "answered" && line["status"] == 201), "{log}");
    for secret in ["嘎托镇", &code] {
        assert!(!log.contains(secret) && !body.contains(secret), "{secret} is told to those who watch");
    }
    assert!(!body.contains("doctor-03"), "the metrics name nobody");
}

#[test]
fn answers_tell_browsers_what_not_to_do() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("cairn.toml");
    std::fs::write(&config, format!("data = {:?}\nlisten = \"127.0.0.1:0\"\n", home.path().join("data"))).unwrap();
    let server = Running::start(&config, "listening on");
    let url = server.said("listening on ").to_owned();
    for path in ["/api/v1/records", "/nowhere", "/healthz"] {
        let (head, _) = page(&format!("{url}{path}"));
        for header in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
        ] {
            assert!(head.contains(header), "{path}: {head}");
        }
        assert!(!head.contains("strict-transport-security"), "it does not speak TLS: {head}");
    }
}

#[test]
fn a_certificate_that_cannot_be_used_is_named() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name).display().to_string();
    let serve = |certificate: &str, key: &str| {
        let words = ["serve", "--data", &at("data"), "--listen", "127.0.0.1:0"];
        run("cairn-server", [words.as_slice(), &["--tls-certificate", certificate, "--tls-key", key]].concat())
    };
    serve(&at("none.pem"), &at("none.key")).failed(1, "none.pem");
    certify(home.path());
    serve(&at("server.pem"), &at("server.pem")).failed(1, "server.pem: ");
    std::fs::write(at("other.key"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    serve(&at("server.pem"), &at("other.key")).failed(1, "server.pem: ");
    run("cairn-server", ["serve", "--tls-key", "x"]).failed(2, "--tls-certificate");
    assert!(!home.path().join("data").exists(), "nothing is made before all is well");
}
