//! The HTTP server: sockets, connections and their limits around an actix [`App`](actix_web::App).
//!
//! `actix_web::HttpServer` has no place for three things that bound what a client can hold: what a connection reads ahead and
//! how long a request head may take ([`connection`]), the final status in place of `100 Continue` ([`expect`]), and the
//! choice of protocols in the TLS handshake. So this module assembles the same parts, `actix-server` and `actix-http`,
//! itself. See `docs/decisions/0013-own-assembly-of-the-http-server.md`.

mod connection;
mod expect;
mod head_scan;
mod service;
#[cfg(feature = "tls")]
mod tls;

use std::{
    cell::Cell,
    fmt,
    future::poll_fn,
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};

use actix_http::{HttpService, Protocol, Request, Response, error::DispatchError};
use actix_server::{GracefulShutdownSignal, ServerBuilder};
use actix_service::{Service, ServiceFactory, ServiceFactoryExt as _, fn_service};
use actix_web::{
    body::BoxBody,
    dev::{AppConfig, Extensions, Server},
    http::KeepAlive,
};
use futures_util::future::{Ready, ready};
use tokio::io::{AsyncRead, AsyncWrite};

use self::{
    connection::{Connection, Timeouts},
    service::{RequestService, Shared},
};
use crate::{connection_end::ConnectionEnd, listen::Socket};

/// The limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    /// The length of a request head at which the connection ends. actix-http has a limit of 128 KiB.
    pub(crate) max_head: u64,
    /// The time in which the head of a request has to arrive; zero for no limit.
    pub(crate) head_timeout: Duration,
    /// The time in which a client that receives a response has to receive some of it; zero for no limit.
    pub(crate) send_timeout: Duration,
    /// The time in which a closing connection has to send what is left; zero for no limit.
    pub(crate) disconnect_timeout: Duration,
    /// How long an idle connection is kept open.
    pub(crate) keep_alive: KeepAlive,
}

/// A server to be started, whose workers each make their own application.
pub(crate) struct HttpServer<F> {
    factory: F,
    limits: ConnectionLimits,
    builder: ServerBuilder,
}

/// What a socket is, as far as requests see it.
#[derive(Clone)]
struct Endpoint {
    limits: ConnectionLimits,
    stopping: GracefulShutdownSignal,
    address: Option<SocketAddr>,
    is_secure: bool,
}

/// An application that makes the service of a worker.
pub(crate) trait Application:
    ServiceFactory<
        Request,
        Config = AppConfig,
        Error = actix_web::Error,
        Response: Into<Response<BoxBody>>,
        InitError: fmt::Debug,
        Future: 'static,
        Service: Service<Request, Future: 'static>,
    > + 'static
{
}

impl<S> Application for S where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Error = actix_web::Error,
            Response: Into<Response<BoxBody>>,
            InitError: fmt::Debug,
            Future: 'static,
            Service: Service<Request, Future: 'static>,
        > + 'static
{
}

impl<F, S> HttpServer<F>
where
    F: Fn() -> S + Clone + Send + 'static,
    S: Application,
{
    /// Takes what makes the application, which is called once for each worker and socket.
    pub(crate) fn new(limits: ConnectionLimits, factory: F) -> Self {
        Self {
            factory,
            limits,
            // The life cycle of the program handles signals.
            builder: ServerBuilder::default().disable_signals(),
        }
    }

    /// Changes the settings of the workers.
    pub(crate) fn configure(mut self, change: impl FnOnce(ServerBuilder) -> ServerBuilder) -> Self {
        self.builder = change(self.builder);
        self
    }

    /// Adds a listening socket.
    pub(crate) fn listen(mut self, socket: Socket) -> io::Result<Self> {
        let factory = self.factory;
        let endpoint = Endpoint {
            limits: self.limits,
            stopping: self.builder.graceful_shutdown_signal(),
            address: None,
            is_secure: false,
        };
        let make = factory.clone();
        let (builder, name) = (self.builder, "purlin");
        self.builder = match socket {
            Socket::Tcp(socket) => {
                let address = socket.local_addr().ok();
                let endpoint = Endpoint {
                    address,
                    ..endpoint
                };
                builder.listen(name, socket, move || {
                    let http = endpoint.service(make(), |_, _| {});
                    fn_service(move |io: tokio::net::TcpStream| {
                        let peer = io.peer_addr().ok();
                        accepted(io, endpoint.limits, peer)
                    })
                    .and_then(http)
                })
            }
            Socket::Unix(socket) => builder.listen_uds(name, socket, move || {
                let http = endpoint.service(make(), |_, _| {});
                fn_service(move |io: tokio::net::UnixStream| accepted(io, endpoint.limits, None))
                    .and_then(http)
            }),
            #[cfg(feature = "tls")]
            Socket::Tls(socket, handshake) => {
                let address = socket.local_addr().ok();
                let endpoint = Endpoint {
                    address,
                    is_secure: true,
                    ..endpoint
                };
                builder.listen(name, socket, move || {
                    tls::accept(&handshake, endpoint.clone(), make())
                })
            }
        }?;
        Ok(Self { factory, ..self })
    }

    /// Starts the workers.
    pub(crate) fn run(self) -> Server {
        self.builder.run()
    }
}

impl ConnectionLimits {
    fn timeouts(&self) -> Timeouts {
        Timeouts {
            head: self.head_timeout,
            idle: match self.keep_alive {
                KeepAlive::Timeout(time) => time,
                KeepAlive::Os | KeepAlive::Disabled => Duration::ZERO,
            },
            send: self.send_timeout,
        }
    }
}

type Accepted<T> = (Connection<T>, Protocol, Option<SocketAddr>);

fn accepted<T>(
    io: T,
    limits: ConnectionLimits,
    peer: Option<SocketAddr>,
) -> Ready<Result<Accepted<T>, DispatchError>> {
    let connection = Connection::new(io, limits.timeouts(), limits.max_head);
    ready(Ok((connection, Protocol::Http1, peer)))
}

impl Endpoint {
    /// Returns how actix-http keeps connections open. It needs no timer where [`Connection`] has one.
    fn keep_alive(&self) -> KeepAlive {
        let may_be_http2 = self.is_secure && cfg!(feature = "http2");
        match self.limits.keep_alive {
            KeepAlive::Timeout(_) if !may_be_http2 => KeepAlive::Os,
            keep_alive => keep_alive,
        }
    }

    /// Returns the service of one worker for the connections of this socket.
    fn service<T, S, C>(
        &self,
        application: S,
        on_connect: C,
    ) -> impl ServiceFactory<
        Accepted<T>,
        Config = (),
        Response = (),
        Error = DispatchError,
        InitError = (),
    > + use<T, S, C>
    where
        T: AsyncRead + AsyncWrite + Unpin + 'static,
        S: Application,
        C: Fn(&T, &mut Extensions) + 'static,
    {
        // As actix-web has it for sockets without an address.
        let unnamed = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        let address = self.address.unwrap_or(unnamed);
        // The only way to say that connections are encrypted; actix-test needs it as well.
        let config = AppConfig::__priv_test_new(self.is_secure, address.to_string(), address);
        let stopping = self.stopping.clone();
        let shared = Shared::new();
        // actix-http asks for the signal of a connection right after it has given it its data.
        let newest = Rc::new(Cell::new(None::<ConnectionEnd>));
        let accepted = Rc::clone(&newest);
        let mut http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let (stopping, end) = (stopping.clone(), newest.take());
                async move {
                    let mut stopped = pin!(stopping.notified());
                    poll_fn(|cx| match &end {
                        Some(end) if end.is_near() => Poll::Ready(()),
                        _ => stopped.as_mut().poll(cx),
                    })
                    .await;
                }
            })
            .keep_alive(self.keep_alive())
            .client_request_timeout(self.limits.head_timeout)
            .client_disconnect_timeout(self.limits.disconnect_timeout)
            // The handler of a client that has closed its connection is cancelled. actix-http cannot distinguish one that has
            // closed only its half from one that is gone, and neither can nginx, hyper, or Go.
            .h1_allow_half_closed(false)
            .expect(expect::Continue::new(&shared))
            .on_connect_ext(move |connection: &Connection<T>, data| {
                connection.share(data);
                let end = ConnectionEnd::default();
                accepted.set(Some(end.clone()));
                data.insert(end);
                on_connect(connection.get_ref(), data);
            });
        if let Some(address) = self.address {
            http = http.local_addr(address);
        }
        http.finish(RequestService {
            application,
            config,
            shared,
        })
    }
}
