//! Sync costs what changed: counted on the wire, headers included.

use sync_core::wire;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    api,
    auth::Role,
    front::Serving,
    store::Engine,
    sync,
    testing::{Hand, World, on_both},
};

on_both![a_sync_with_nothing_new_takes_less_than_400_bytes,];

async fn a_sync_with_nothing_new_takes_less_than_400_bytes(engine: Engine) {
    let world = World::new(engine).await;
    let doctor = world.worker("doctor-03", Role::Recorder, "markam-hospital").await;
    let mut hand = Hand::of(&world, &doctor);
    for time in 1..=300 {
        let (record, change) = doctor.outreach("markam-hospital", time, 1_700_000_000_000 + time);
        hand.write(&record, &change);
    }
    hand.sync().await;
    let serving =
        Serving::begin(api::with_manners(sync::routes(world.app.clone())), "127.0.0.1:0", 8, None).await.unwrap();
    let body = wire::encode_request(&hand.request().0);
    // As a plain client sends it.
    let head = format!(
        "POST /sync/v1 HTTP/1.1\r\nauthorization: Bearer {}\r\ncairn-app: cairn/0.1.0\r\ncontent-type: {}\r\nhost: {}\r\ncontent-length: {}\r\n\r\n",
        doctor.token.reveal(),
        wire::CONTENT_TYPE,
        serving.address(),
        body.len(),
    );
    let mut stream = TcpStream::connect(serving.address()).await.unwrap();
    let request = [head.as_bytes(), &body].concat();
    stream.write_all(&request).await.unwrap();
    let mut reply = Vec::new();
    while !is_whole(&reply) {
        assert_ne!(stream.read_buf(&mut reply).await.unwrap(), 0, "{}", String::from_utf8_lossy(&reply));
    }
    assert!(reply.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(&reply));
    let both = request.len() + reply.len();
    println!("nothing new: {} bytes there, {} back", request.len(), reply.len());
    assert!(both < 400, "{both} bytes: {}", String::from_utf8_lossy(&reply));
    serving.stop().await;
}

fn is_whole(reply: &[u8]) -> bool {
    let Some(end) = reply.windows(4).position(|w| w == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&reply[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    reply.len() == end + 4 + length.unwrap().parse::<usize>().unwrap()
}
