//! The contents of a certificate: its names and its validity.

use std::{
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use x509_cert::{
    Certificate,
    der::{Decode, Encode, asn1::OctetString},
    ext::pkix::{SubjectAltName, name::GeneralName},
    time::Validity,
};

/// The parts of a certificate that are used here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// In the form of RFC 4514, such as `CN=billing,O=Example`.
    pub(crate) subject: String,
    pub(crate) common_name: Option<String>,
    /// In hexadecimal digits.
    pub(crate) serial: String,
    pub(crate) dns_names: Vec<String>,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) emails: Vec<String>,
    pub(crate) uris: Vec<String>,
    /// The digest of the names of the holder and of the issuer, which a renewed certificate has as well.
    pub(crate) holder: String,
    validity: Option<Validity>,
}

impl Facts {
    /// Parses a certificate; returns `None` if it does not follow RFC 5280.
    pub(crate) fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let content = certificate.tbs_certificate();
        let common_name = content.subject().common_name().ok().flatten();
        let serial = content.serial_number().as_bytes();
        let mut facts = Self {
            subject: content.subject().to_string(),
            common_name: common_name.map(|name| name.value().into_owned()),
            serial: serial.iter().map(|byte| format!("{byte:02x}")).collect(),
            validity: Some(*content.validity()),
            ..Self::default()
        };
        let names = content.get_extension::<SubjectAltName>().ok()?;
        let holder = if content.subject().is_empty() && names.is_none() {
            Sha256::digest(der)
        } else {
            let mut names_of_both = content.issuer().to_der().ok()?;
            content.subject().encode_to_vec(&mut names_of_both).ok()?;
            if let Some((_, names)) = &names {
                names.encode_to_vec(&mut names_of_both).ok()?;
            }
            Sha256::digest(names_of_both)
        };
        facts.holder = format!("sha256:{holder:x}");
        for name in names.into_iter().flat_map(|(_, names)| names.0) {
            match name {
                GeneralName::DnsName(name) => facts.dns_names.push(name.to_string()),
                GeneralName::Rfc822Name(name) => facts.emails.push(name.to_string()),
                GeneralName::UniformResourceIdentifier(name) => facts.uris.push(name.to_string()),
                GeneralName::IpAddress(bytes) => facts.addresses.extend(address(&bytes)),
                _ => {}
            }
        }
        Some(facts)
    }

    /// Returns the names it was issued for, for the log.
    pub(super) fn names(&self) -> String {
        let addresses = self.addresses.iter().map(ToString::to_string);
        let names: Vec<_> = self.dns_names.iter().cloned().chain(addresses).collect();
        match names.is_empty() {
            true => self.subject.clone(),
            false => names.join(", "),
        }
    }

    /// Returns the end of its validity, for the log.
    pub(super) fn end(&self) -> String {
        let end = self.validity.map(|validity| validity.not_after);
        end.map_or_else(|| "an unknown time".to_owned(), |end| end.to_string())
    }

    /// Returns the end of its validity, in seconds since the Unix epoch.
    pub(super) fn not_after(&self) -> Option<u64> {
        let end = self.validity?.not_after;
        Some(end.to_unix_duration().as_secs())
    }

    /// Returns why it is not valid now, if it is not.
    pub(super) fn out_of_time(&self, now: SystemTime) -> Option<String> {
        let validity = self.validity?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if now < validity.not_before.to_unix_duration() {
            return Some(format!("is not valid before {}", validity.not_before));
        }
        (now > validity.not_after.to_unix_duration())
            .then(|| format!("expired at {}", validity.not_after))
    }
}

fn address(bytes: &OctetString) -> Option<IpAddr> {
    let bytes = bytes.as_bytes();
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}
