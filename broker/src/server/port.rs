//! A node's port. It stays bound while the node is stopped, so that nobody else gets it, but then it does not listen: a connect is
//! refused, as by a dead process.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kohort_protocol::NodeId;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::BrokerError;
use super::connection::{Settings, serve};
use super::operator::Event;
use crate::ConnectionId;

const BACKLOG: u32 = 1024;

#[derive(Debug)]
pub(super) struct Port {
    node: NodeId,
    address: SocketAddr,
    state: State,
}

#[derive(Debug)]
enum State {
    Reserved(TcpSocket),
    Listening(JoinHandle<()>),
    /// The port was lost while it changed hands.
    Closed,
}

/// Where accepted connections go.
#[derive(Clone, Debug)]
pub(super) struct Doorway {
    pub(super) events: mpsc::Sender<Event>,
    pub(super) next_connection: Arc<AtomicU64>,
    pub(super) settings: Settings,
}

impl Port {
    pub(super) fn reserve(node: NodeId, port: u16) -> Result<Self, BrokerError> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let failed = |source| BrokerError::Listen {
            node,
            address: wanted,
            source,
        };
        let socket = bind(wanted).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self {
            node,
            address,
            state: State::Reserved(socket),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn open(&mut self, doorway: Doorway) -> Result<(), BrokerError> {
        let failed = |source| BrokerError::Listen {
            node: self.node,
            address: self.address,
            source,
        };
        let socket = match std::mem::replace(&mut self.state, State::Closed) {
            State::Reserved(socket) => socket,
            State::Closed => bind(self.address).map_err(failed)?,
            listening @ State::Listening(_) => {
                self.state = listening;
                return Ok(());
            }
        };
        let listener = socket.listen(BACKLOG).map_err(failed)?;
        self.state = State::Listening(tokio::spawn(accept(self.node, listener, doorway)));
        Ok(())
    }

    pub(super) const fn is_listening(&self) -> bool {
        matches!(self.state, State::Listening(_))
    }

    /// Stops listening and takes the port back.
    pub(super) async fn close(&mut self) {
        if let State::Listening(accepting) = std::mem::replace(&mut self.state, State::Closed) {
            accepting.abort();
            let _ = accepting.await; // the listener is dropped with the task
        }
        match bind(self.address) {
            Ok(socket) => self.state = State::Reserved(socket),
            Err(error) => tracing::warn!(node = %self.node, %error, "cannot keep the port of a stopped node"),
        }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if let State::Listening(accepting) = &self.state {
            accepting.abort();
        }
    }
}

fn bind(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept(node: NodeId, listener: TcpListener, doorway: Doorway) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let id = ConnectionId(doorway.next_connection.fetch_add(1, Ordering::Relaxed));
                tokio::spawn(serve(
                    stream,
                    peer,
                    node,
                    id,
                    doorway.events.clone(),
                    doorway.settings,
                ));
            }
            Err(error) => {
                // Out of file descriptors, most likely: some will be closed.
                tracing::warn!(%node, %error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
