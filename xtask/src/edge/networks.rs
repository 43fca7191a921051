//! Limits of clients over IPv6: an address of one network takes from the share of all its addresses.

use anyhow::{Context as _, Result};

use super::site::{Site, curl_at, expect};
use crate::run::cmd;

/// Two addresses of one network and one of another, with a prefix for documentation (RFC 3849).
const FIRST: &str = "2001:db8:8f3c:1::1";
const NEIGHBOUR: &str = "2001:db8:8f3c:1:ffff:ffff:ffff:ffff";
const STRANGER: &str = "2001:db8:8f3c:2::1";

/// These addresses on the loopback interface, while a value of this type lives.
struct Addresses;

impl Addresses {
    fn add() -> Result<Self> {
        let addresses = Self;
        for address in [FIRST, NEIGHBOUR, STRANGER] {
            let add = ["-6", "address", "replace", address, "dev", "lo", "nodad"];
            let add = cmd("ip").args(add).output();
            add.context("only root can add an address")?;
        }
        Ok(addresses)
    }
}

impl Drop for Addresses {
    fn drop(&mut self) {
        for address in [FIRST, NEIGHBOUR, STRANGER] {
            let address = format!("{address}/128");
            let delete = ["-6", "address", "del", &address, "dev", "lo"];
            let _ = cmd("ip").args(delete).output();
        }
    }
}

/// Sends more requests than the burst from one address; another address of its network is rejected as well, one of another
/// network is not.
pub(super) fn check(site: &Site) -> Result<()> {
    let _addresses = Addresses::add()?;
    let get = |from: &str, path: &str| {
        let options = ["--interface", from];
        curl_at(&site.nginx, site.nginx.https6, path, &options)
    };
    let responses = get(FIRST, "/?[1-80]")?;
    let accepted = responses.matches("HTTP/2 200").count();
    let rejected = responses.matches("HTTP/2 429").count();
    let holds = accepted >= 40 && rejected >= 10;
    expect(holds, "the burst of 40 and rejections", &responses)?;
    let neighbour = get(NEIGHBOUR, "/?[1-20]")?;
    expect(
        neighbour.contains("HTTP/2 429"),
        "429 for an address of the same network",
        &neighbour,
    )?;
    let stranger = get(STRANGER, "/?[1-20]")?;
    let accepted = stranger.matches("HTTP/2 200").count();
    expect(
        accepted == 20,
        "200 for an address of another network",
        &stranger,
    )
}
