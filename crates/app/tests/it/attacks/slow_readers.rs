//! Clients that ask for something large and do not read it: the process holds a piece of each response.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use crate::{
    faults::process::resident,
    support::{Folder, Server, http::get, observed, wait_for_metric},
};

const CONNECTIONS: u64 = 100;

/// What each connection may cost: two pieces of a body, the buffers of a connection, and something for the allocator.
const EACH: u64 = 200;

#[test]
fn large_responses_that_are_not_read_are_held_in_pieces() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command.env("PURLIN_LOG__LEVEL", "off");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    let path = "/docs/swagger-ui-bundle.js";
    // The first request decompresses it for all.
    let length = get(server.address, path).bytes.len();
    assert!(length > 1_000_000, "{length}");

    let before = resident(server.id());
    // More than the buffers of the kernel take.
    let requests = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").repeat(8);
    let unread: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(requests.as_bytes()).unwrap();
            stream
        })
        .collect();
    // A response that cannot leave is in flight.
    wait_for_metric(
        operations,
        &format!("purlin_http_requests_in_flight {CONNECTIONS}"),
    );
    let grown = resident(server.id()).saturating_sub(before);
    println!("{CONNECTIONS} connections: {grown} KiB more than {before} KiB before");
    assert!(grown < CONNECTIONS * EACH, "{grown} KiB");
    // It limits the processing of requests, which this is not.
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);

    // Who reads in the end gets every byte.
    let mut reader = unread.into_iter().next().unwrap();
    let mut received = 0;
    let mut buffer = vec![0; 1 << 16];
    while received < 8 * length {
        match reader.read(&mut buffer).unwrap() {
            0 => panic!("{received} bytes"),
            read => received += read,
        }
    }
    wait_for_metric(operations, "purlin_http_requests_in_flight 0");
}
