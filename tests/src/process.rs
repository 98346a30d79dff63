//! What the system says of a process.

use std::fs;

/// Ticks of a second in `/proc`: `USER_HZ`, 100 on x86 and ARM.
const TICKS: f64 = 100.0;

/// Seconds of processor time that it has taken, its threads' all together.
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn cpu_seconds(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a running process");
    // The name may hold spaces; what follows its bracket does not. User and system time are the 14th and 15th field of all.
    let rest = stat.rsplit_once(')').expect("a name in brackets").1;
    let ticks = rest.split_whitespace().skip(11).take(2).map(|field| field.parse::<f64>().expect("a number"));
    ticks.sum::<f64>() / TICKS
}

/// The most memory that it has held at a time, MiB.
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn peak_mib(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1_024.0
}
