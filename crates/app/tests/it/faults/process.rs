//! What `/proc` says of a process.

use std::{fs, process::Command};

fn line(process: &str, file: &str, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap();
    let found = text.lines().find_map(|line| line.strip_prefix(name));
    found.unwrap().trim().to_owned()
}

fn first_number(text: &str) -> u64 {
    text.split_whitespace().next().unwrap().parse().unwrap()
}

/// Resident memory in KiB.
pub fn resident(process: u32) -> u64 {
    first_number(&line(&process.to_string(), "status", "VmRSS:"))
}

/// Time its threads have worked, in hundredths of a second.
pub fn worked(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name before it may hold anything; `utime` and `stime` are the 12th and 13th behind it.
    let (_, behind) = stat.rsplit_once(')').unwrap();
    let ticks = behind.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// Lets this process, and those it starts, have as many files open as it may allow itself; how many that is.
pub fn raise_open_files() -> u64 {
    let limits = line("self", "limits", "Max open files");
    let hard = limits.split_whitespace().nth(1).unwrap();
    let id = std::process::id().to_string();
    let limit = format!("--nofile={hard}:{hard}");
    let raised = Command::new("prlimit")
        .args(["--pid", &id, &limit])
        .status();
    assert!(raised.unwrap().success());
    hard.parse().unwrap()
}
