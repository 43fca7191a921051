//! The text of socket addresses, for which JSON Schema has no format: patterns of what `std::net` writes.

use std::{
    any::TypeId,
    net::{SocketAddr, SocketAddrV4, SocketAddrV6},
};

use serde_json::{Map, Value, json};

use crate::extension;

const OCTET: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const PORT: &str =
    "(0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
const GROUP: &str = "[0-9A-Fa-f]{1,4}";
/// The number of an interface.
const SCOPE: &str = "(%(0|[1-9][0-9]{0,8}))?";

/// States the form of a socket address in the schema of one, or of keys: any of these patterns.
pub(crate) fn state<T: 'static>(members: &mut Map<String, Value>) {
    let patterns = patterns(TypeId::of::<T>());
    if !patterns.is_empty() {
        let branches: Vec<Value> = patterns
            .iter()
            .map(|pattern| json!({ "pattern": pattern }))
            .collect();
        members.insert("anyOf".to_owned(), branches.into());
        // `std::net` reads leading zeros of ports.
        members.insert(extension::STRICT.to_owned(), true.into());
    }
}

fn patterns(id: TypeId) -> Vec<String> {
    let mut patterns = Vec::new();
    if id == TypeId::of::<SocketAddr>() || id == TypeId::of::<SocketAddrV4>() {
        patterns.push(format!("^{}:{PORT}$", v4()));
    }
    if id == TypeId::of::<SocketAddr>() || id == TypeId::of::<SocketAddrV6>() {
        patterns.push(format!(r"^\[{}{SCOPE}\]:{PORT}$", v6()));
    }
    patterns
}

fn v4() -> String {
    format!(r"{OCTET}(\.{OCTET}){{3}}")
}

/// Returns the pattern of eight groups, of fewer around `::`, and of an IPv4 address in the last two (RFC 4291
/// section 2.2).
fn v6() -> String {
    let mut forms = vec![
        format!("({GROUP}:){{7}}{GROUP}"),
        format!("({GROUP}:){{7}}:"),
        format!(":((:{GROUP}){{1,7}}|:)"),
        format!("::[Ff]{{4}}:{}", v4()),
    ];
    for before in 1..7 {
        let after = 7 - before;
        forms.push(format!("({GROUP}:){{{before}}}((:{GROUP}){{1,{after}}}|:)"));
    }
    format!("({})", forms.join("|"))
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;
    use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

    use super::patterns;

    fn matcher<T: 'static>() -> impl Fn(&str) -> bool {
        let patterns = patterns(TypeId::of::<T>()).into_iter();
        let patterns: Vec<_> = patterns
            .map(|pattern| regex::Regex::new(&pattern).unwrap())
            .collect();
        move |text| patterns.iter().any(|pattern| pattern.is_match(text))
    }

    #[test]
    fn patterns_match_addresses_that_std_reads_and_all_that_it_writes() {
        let (any, v4, v6) = (
            matcher::<SocketAddr>(),
            matcher::<SocketAddrV4>(),
            matcher::<SocketAddrV6>(),
        );
        let groups = [
            "",
            "0",
            "ffff",
            "12345",
            "g",
            "1.2.3.4",
            "256.1.1.1",
            "01.1.1.1",
        ];
        let mut addresses: Vec<String> = groups.iter().map(ToString::to_string).collect();
        for _ in 0..3 {
            let longer = addresses
                .iter()
                .flat_map(|address| groups.iter().map(move |group| format!("{address}:{group}")));
            addresses = longer.chain(groups.map(ToOwned::to_owned)).collect();
        }
        for count in 5..10 {
            for at in 0..count {
                let mut parts = vec!["a"; count];
                addresses.push(parts.join(":"));
                parts[at] = "";
                addresses.push(parts.join(":"));
            }
            addresses.push(format!("::{}", vec!["a"; count].join(":")));
            addresses.push(format!("{}::", vec!["a"; count].join(":")));
        }
        for address in addresses {
            let texts = [
                format!("{address}:80"),
                format!("[{address}]:65535"),
                format!("[{address}%7]:0"),
            ];
            for text in texts {
                let read = text.parse::<SocketAddr>();
                assert!(!any(&text) || read.is_ok(), "{text}");
                let Ok(read) = read else { continue };
                let written = read.to_string();
                assert!(any(&written), "{written}");
                assert_eq!(v4(&written), read.is_ipv4(), "{written}");
                assert_eq!(v6(&written), read.is_ipv6(), "{written}");
            }
        }
        for text in [
            "1.2.3.4:65536",
            "1.2.3.4:080",
            "1.2.3.4",
            "[::1]",
            "::1:80",
            "[::1]:",
        ] {
            assert!(!any(text), "{text}");
        }
    }
}
