//! What sync costs on the wire, counted between a real server process and real replicas, beside JSON that gzip has made as small as it
//! can, in one body: all that a server must learn that has nothing to merge.

use cairn_tests::{
    bench::{Against, Figure, Table},
    weighed::{Weight, line, weights},
};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `--records N` prints the first records of the stock as JSON lines: what `tests/peers` checks its own drawing against.
    let mut arguments = std::env::args().skip_while(|word| word != "--records").skip(1);
    if let Some(count) = arguments.next() {
        (0..count.parse().expect("how many records")).for_each(|n| println!("{}", line(n)));
        return;
    }
    let mut table = Table::new("wire", "what sync costs on the wire");
    for Weight { name, unit, count, beside } in weights().await {
        let against = beside.map(|(name, value)| Against { name: name.into(), value: value as f64 });
        table.add(Figure { name, unit, measured: vec![count as f64], against: against.into_iter().collect() });
    }
    table.tell();
}
