//! The one task that owns the cluster: events and orders in, answers out, and its deadline kept.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use kohort_protocol::{NodeId, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::BrokerError;
use super::connection::{Answer, Settings};
use super::port::{Doorway, Port};
use crate::{Cluster, Command, ConnectionId, Input, Output, Power};

/// How many events may wait for the cluster: connections wait beyond that.
const EVENTS: usize = 256;

/// What connections tell.
#[derive(Debug)]
pub(super) enum Event {
    Opened {
        input: Input,
        node: NodeId,
        connection: ConnectionId,
        answers: mpsc::Sender<Answer>,
    },
    Closed {
        input: Input,
        node: NodeId,
        connection: ConnectionId,
    },
    Request(Input),
}

/// What the handle wants.
pub(super) enum Order {
    Command {
        command: Command,
        answer: oneshot::Sender<Result<(), BrokerError>>,
    },
    Inspect(Box<dyn FnOnce(&Cluster) + Send>),
}

pub(super) struct Operator {
    cluster: Cluster,
    start: Instant,
    ports: BTreeMap<NodeId, Port>,
    doorway: Doorway,
    events: mpsc::Receiver<Event>,
    /// With two places: a connection has one request in work, and after its answer may come a goodbye.
    routes: BTreeMap<(NodeId, ConnectionId), mpsc::Sender<Answer>>,
}

impl Operator {
    pub(super) fn new(cluster: Cluster, mut ports: BTreeMap<NodeId, Port>) -> Result<Self, BrokerError> {
        let (sender, events) = mpsc::channel(EVENTS);
        let doorway = Doorway {
            events: sender,
            next_connection: Arc::new(AtomicU64::new(1)),
            settings: Settings::of(cluster.config()),
        };
        for port in ports.values_mut() {
            port.open(doorway.clone())?;
        }
        Ok(Self {
            cluster,
            start: Instant::now(),
            ports,
            doorway,
            events,
            routes: BTreeMap::new(),
        })
    }

    /// Until the handle is gone.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => break,
                },
                Some(event) = self.events.recv() => self.take(event),
                () = until(self.start, self.cluster.deadline()) => self.handle(Input::Tick),
            }
            self.deliver();
            self.close_ports().await;
        }
        for port in self.ports.values_mut() {
            port.close().await;
        }
    }

    fn now(&self) -> Timestamp {
        let nanos = self.start.elapsed().as_nanos();
        Timestamp::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    fn handle(&mut self, input: Input) {
        self.cluster.handle(self.now(), input);
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Opened {
                input,
                node,
                connection,
                answers,
            } => {
                self.routes.insert((node, connection), answers);
                self.handle(input);
            }
            Event::Closed {
                input,
                node,
                connection,
            } => {
                self.routes.remove(&(node, connection));
                self.handle(input);
            }
            Event::Request(input) => self.handle(input),
        }
    }

    fn deliver(&mut self) {
        while let Some(output) = self.cluster.poll() {
            let (node, connection, answer) = match output {
                Output::Reply {
                    node,
                    connection,
                    correlation_id,
                    version,
                    response,
                } => {
                    let response = Box::new(response);
                    let reply = Answer::Reply {
                        correlation_id,
                        version,
                        response,
                    };
                    (node, connection, reply)
                }
                Output::Unanswered { node, connection, .. } => (node, connection, Answer::None),
                Output::Close {
                    node,
                    connection,
                    how,
                } => (node, connection, Answer::Close(how)),
            };
            self.route(node, connection, answer);
        }
    }

    /// A connection whose channel is gone or full takes nothing more: dropping its route ends it.
    fn route(&mut self, node: NodeId, connection: ConnectionId, answer: Answer) {
        let last = matches!(answer, Answer::Close(_));
        let Some(answers) = self.routes.get(&(node, connection)) else {
            return;
        };
        if answers.try_send(answer).is_err() || last {
            self.routes.remove(&(node, connection));
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Inspect(look) => look(&self.cluster),
            Order::Command { command, answer } => {
                let obeyed = self.command(command).await;
                // Nobody may wait for it any more.
                let _ = answer.send(obeyed);
            }
        }
    }

    /// Ports follow the nodes' power: closed after a stop, open before a start is told.
    async fn command(&mut self, command: Command) -> Result<(), BrokerError> {
        let now = self.now();
        self.cluster.command(now, command.clone())?;
        self.deliver();
        self.close_ports().await;
        if let Command::Start(node) = command
            && let Some(port) = self.ports.get_mut(&node)
        {
            port.open(self.doorway.clone())?;
        }
        Ok(())
    }

    /// A node may go down by itself, at the end of an orderly shutdown.
    async fn close_ports(&mut self) {
        for (node, port) in &mut self.ports {
            if port.is_listening() && self.cluster.power(*node) == Some(Power::Stopped) {
                port.close().await;
            }
        }
    }
}

fn until(start: Instant, deadline: Option<Timestamp>) -> impl Future<Output = ()> {
    let at = deadline.map(|deadline| start + deadline.since(Timestamp::ZERO));
    async move {
        match at {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}
