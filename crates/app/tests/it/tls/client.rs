//! Certificates made for a test, and a client that speaks TLS over a plain socket. Unit tests of the crate use it too.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{
    fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};

/// A certificate authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

/// A certificate and its key, in PEM.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        Self {
            issuer,
            certificate,
        }
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A certificate for these names, valid in these years.
    pub fn sign_for(&self, names: &[&str], years: std::ops::Range<i32>) -> Pair {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(years.start, 1, 1);
        params.not_after = date_time_ymd(years.end, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    pub fn sign(&self) -> Pair {
        self.sign_for(&["localhost", "127.0.0.1"], 2020..2100)
    }
}

impl Pair {
    /// Writes both as those who renew certificates do: beside, then in the place of what was there.
    pub fn write(&self, folder: &Path) {
        for (name, text) in [
            ("key.pem", &self.key),
            ("certificate.pem", &self.certificate),
        ] {
            let beside = folder.join("beside");
            fs::write(&beside, text).unwrap();
            fs::rename(&beside, folder.join(name)).unwrap();
        }
    }

    pub fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()
    }
}

/// A client that trusts one authority.
#[derive(Clone)]
pub struct Client {
    pub versions: Vec<&'static SupportedProtocolVersion>,
    pub protocols: Vec<&'static str>,
    authority: CertificateDer<'static>,
    shows: Option<(CertificateDer<'static>, Arc<PrivateKeyDer<'static>>)>,
}

pub type Connection = StreamOwned<ClientConnection, TcpStream>;

impl Client {
    pub fn of(authority: &Authority) -> Self {
        Self {
            versions: vec![&TLS12, &TLS13],
            protocols: vec!["http/1.1"],
            authority: authority.certificate.der().clone(),
            shows: None,
        }
    }

    /// Shows a certificate of its own.
    pub fn showing(mut self, pair: &Pair) -> Self {
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
        self.shows = Some((pair.der(), Arc::new(key)));
        self
    }

    /// Connects, with the handshake done.
    pub fn connect(&self, address: SocketAddr) -> io::Result<Connection> {
        let mut authorities = RootCertStore::empty();
        authorities.add(self.authority.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(authorities);
        let mut config = match &self.shows {
            Some((certificate, key)) => builder
                .with_client_auth_cert(vec![certificate.clone()], key.clone_key())
                .unwrap(),
            None => builder.with_no_client_auth(),
        };
        let protocols = self.protocols.iter();
        config.alpn_protocols = protocols.map(|name| name.as_bytes().to_vec()).collect();
        let name = "localhost".try_into().unwrap();
        let session = ClientConnection::new(Arc::new(config), name).unwrap();
        let socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut stream = StreamOwned::new(session, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(stream)
    }

    /// Sends one request on a connection of its own; in TLS 1.3 a rejected handshake shows when reading the response.
    pub fn ask(&self, address: SocketAddr, path: &str) -> io::Result<String> {
        let mut stream = self.connect(address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )?;
        let mut response = String::new();
        match stream.read_to_string(&mut response) {
            // The server may close the socket without a word in TLS: HTTP has said that this is the end.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            read => drop(read?),
        }
        Ok(response)
    }
}

/// Asks on a connection that stays open.
pub fn ask_again(stream: &mut Connection) -> String {
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut response = Vec::new();
    let mut buffer = [0; 1024];
    while !response.ends_with(b"}") {
        let read = stream.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "closed after {response:?}");
        response.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(response).unwrap()
}

/// Asks for `/` over HTTP/2, in frames written by hand; the head's first byte and the body.
pub fn ask_in_frames(stream: &mut Connection) -> (u8, String) {
    let mut request = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    request.extend_from_slice(&[0, 0, 0, 4, 0, 0, 0, 0, 0]);
    // The static table has GET, https and /; the authority is written out (RFC 7541 appendix A).
    let mut head = vec![0x82, 0x87, 0x84, 0x41, 9];
    head.extend_from_slice(b"localhost");
    let length = u8::try_from(head.len()).unwrap();
    request.extend_from_slice(&[0, 0, length, 1, 0x5, 0, 0, 0, 1]);
    request.extend_from_slice(&head);
    stream.write_all(&request).unwrap();

    let (mut first, mut body) = (0, Vec::new());
    loop {
        let mut frame = [0; 9];
        stream.read_exact(&mut frame).unwrap();
        let length =
            usize::from(frame[0]) << 16 | usize::from(frame[1]) << 8 | usize::from(frame[2]);
        let mut content = vec![0; length];
        stream.read_exact(&mut content).unwrap();
        let (kind, flags) = (frame[3], frame[4]);
        match kind {
            0 => body.extend_from_slice(&content),
            1 => first = content[0],
            7 => return (0, format!("GOAWAY {content:?}")),
            _ => {}
        }
        // END_STREAM of what has one.
        if kind <= 1 && flags & 1 == 1 {
            return (first, String::from_utf8(body).unwrap());
        }
    }
}
