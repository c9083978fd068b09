//! The only task of a consumer: it moves inputs into the machine, outputs out of it, and time along. It holds no opinions.

mod slot;

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use kohort_client::{CallFailure, Client, Port, Target as To};
use kohort_protocol::api::Response;
use kohort_protocol::api::metadata::MetadataResponse;
use kohort_protocol::{Lane, Timestamp, TopicName, TopicPartition};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::Instant;

pub use slot::Notice;
pub(crate) use slot::{Call, End, Fact, Item, Slot};

use crate::consumer::{Records, Status};
use crate::inbox::Inbox;
use crate::member::{
    CallError, CallId, Event, Failure, Input, Member, Output, Period, Target, Ticket, Token,
};

/// How many outputs are performed before the driver looks at the outside world again.
const BURST: usize = 1024;

/// Runs one member until it has left.
pub(crate) struct Driver {
    member: Member,
    client: Client,
    port: Port,
    slot: Arc<Slot>,
    inbox: Inbox,
    check_crcs: bool,
    /// Which tokens are fetches: their answers are taken apart before the machine sees them.
    fetches: std::collections::BTreeSet<Token>,
    calls: BTreeMap<CallId, Caller>,
    next_call: u64,
    metadata: JoinSet<Result<MetadataResponse, Failure>>,
    started: Instant,
    closed: bool,
}

/// Who waits for the answer to a call, and what a seek was about.
struct Caller {
    answer: oneshot::Sender<Result<(), CallError>>,
    sought: Option<TopicPartition>,
}

impl Driver {
    pub(crate) fn new(member: Member, client: Client, slot: Arc<Slot>, check_crcs: bool) -> Self {
        Self {
            member,
            port: client.port(),
            client,
            slot,
            inbox: Inbox::default(),
            check_crcs,
            fetches: std::collections::BTreeSet::new(),
            calls: BTreeMap::new(),
            next_call: 0,
            metadata: JoinSet::new(),
            started: Instant::now(),
            closed: false,
        }
    }

    /// Ends when the member has left, or the application is gone and the farewell is done.
    pub(crate) async fn run(mut self) {
        self.handle(Input::Start);
        loop {
            self.take_facts();
            let more = self.perform_outputs();
            if self.closed {
                return;
            }
            if more {
                tokio::task::yield_now().await;
                continue;
            }
            self.wait().await;
        }
    }

    /// Waits for whatever comes first, and hands it to the machine.
    async fn wait(&mut self) {
        let deadline = self
            .member
            .deadline()
            .map(|at| self.started + at.since(Timestamp::ZERO));
        let input = tokio::select! {
            () = self.slot.stirred() => return,
            (token, reply) = self.port.recv() => self.reply(Token(token), reply),
            Some(metadata) = self.metadata.join_next() => Input::Metadata(metadata.unwrap_or_else(|error| {
                Err(Failure::Disconnected(format!("the metadata request was lost: {error}")))
            })),
            () = sleep_until(deadline) => Input::Tick,
        };
        // What the application did before this arrived is older.
        self.take_facts();
        self.handle(input);
    }

    fn handle(&mut self, input: Input) {
        self.member.handle(self.now(), input);
    }

    fn now(&self) -> Timestamp {
        Timestamp::ZERO + self.started.elapsed()
    }

    fn reply(&mut self, token: Token, reply: Result<Response, CallFailure>) -> Input {
        let reply = reply.map_err(failure);
        if !self.fetches.remove(&token) {
            return Input::Reply { token, reply };
        }
        let reply = reply.and_then(|response| match response {
            Response::Fetch(fetch) => Ok(self.inbox.put(fetch, self.check_crcs)),
            other => Err(Failure::Malformed(format!(
                "a Fetch was answered by {}",
                other.api()
            ))),
        });
        Input::Fetched { token, reply }
    }

    /// Each at the time when it happened. What is due by now comes after, before anything is sent.
    fn take_facts(&mut self) {
        let facts = self.slot.drain();
        if facts.is_empty() {
            return;
        }
        for (at, fact) in facts {
            let at = Timestamp::ZERO + at.duration_since(self.started);
            let input = match fact {
                Fact::Polled => Input::Polled,
                Fact::Waiting(waits) => Input::Waiting(waits),
                Fact::Taken(ticket) => Input::Taken(ticket),
                Fact::Broken {
                    ticket,
                    offset,
                    problem,
                } => Input::Broken {
                    ticket,
                    offset,
                    problem,
                },
                Fact::Released { guard, unwinding } => Input::Released { guard, unwinding },
                Fact::Pause(partitions) => Input::Pause(partitions),
                Fact::Resume(partitions) => Input::Resume(partitions),
                Fact::Subscribe(topics) => Input::Subscribe(topics),
                Fact::Close { commit, within } => Input::Close {
                    commit,
                    deadline: at + within,
                },
                Fact::Call(call, answer) => self.call(call, answer),
                Fact::Inspect(answer) => {
                    // Nobody may be listening any more; then nobody misses it.
                    let buffered = self.inbox.bytes() + self.slot.buffered();
                    let _ = answer.send(Status::of(&self.member, buffered));
                    continue;
                }
            };
            // An application in a runtime of its own may have another clock.
            self.member.handle(at.min(self.now()), input);
        }
        let now = self.now();
        if self.member.deadline().is_some_and(|at| at <= now) {
            self.member.handle(now, Input::Tick);
        }
    }

    fn call(&mut self, call: Call, answer: oneshot::Sender<Result<(), CallError>>) -> Input {
        let id = CallId(self.next_call);
        self.next_call += 1;
        let sought = match &call {
            Call::Seek(partition, _) => Some(partition.clone()),
            _ => None,
        };
        self.calls.insert(id, Caller { answer, sought });
        match call {
            Call::Commit(offsets) => Input::Commit { call: id, offsets },
            Call::CommitProcessed => Input::CommitProcessed { call: id },
            Call::Seek(partition, to) => Input::Seek {
                call: id,
                partition,
                to,
            },
        }
    }

    /// Does what the machine wants done; true if there is more.
    fn perform_outputs(&mut self) -> bool {
        for _ in 0..BURST {
            let Some(output) = self.member.poll() else {
                return false;
            };
            self.perform(output);
        }
        true
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Send {
                token,
                to,
                lane,
                request,
                timeout,
            } => {
                if matches!(lane, Lane::Fetch | Lane::FetchOnce) {
                    self.fetches.insert(token);
                }
                self.port.send(token.0, target(to), lane, request, timeout);
            }
            Output::Abandon(token) => {
                self.fetches.remove(&token);
                self.port.abandon(token.0);
            }
            Output::Learned { node, host, port } => self.client.learn(node, &host, i32::from(port)),
            Output::Metadata { topics } => self.refresh_metadata(topics),
            Output::Deliver {
                ticket,
                partition,
                period,
                from,
            } => self.deliver(ticket, partition, period, from),
            Output::Discard(ticket) => {
                self.inbox.take(ticket);
                self.slot.withdraw(ticket);
            }
            Output::Event(event) => self.event(event),
            Output::Done { call, result } => {
                if let Some(caller) = self.calls.remove(&call) {
                    self.answer(caller, result);
                }
            }
            Output::Closed(result) => {
                self.slot.close(match result {
                    Ok(()) => End::Left,
                    Err(error) => End::Stopped(error),
                });
                self.closed = true;
            }
        }
    }

    fn answer(&self, caller: Caller, result: Result<(), CallError>) {
        if let (Some(partition), Ok(())) = (caller.sought, &result) {
            self.slot.forgive(&partition);
        }
        // A caller that is gone does not want to know.
        let _ = caller.answer.send(result);
    }

    fn refresh_metadata(&mut self, topics: Vec<TopicName>) {
        let client = self.client.clone();
        self.metadata.spawn(async move {
            client
                .refresh_metadata(&topics)
                .await
                .map_err(|error| Failure::Disconnected(error.to_string()))
        });
    }

    fn deliver(&mut self, ticket: Ticket, partition: TopicPartition, period: Period, from: i64) {
        if let Some(payload) = self.inbox.take(ticket) {
            let slot = Arc::downgrade(&self.slot);
            let records = Records::new(ticket, partition, period, from, payload, slot);
            self.slot.hand(Item::Records(records));
        }
    }

    fn event(&mut self, event: Event) {
        let item = match event {
            Event::Assigned {
                guard,
                partitions,
                period,
            } => Item::Assigned {
                guard,
                partitions,
                period,
            },
            Event::Revoking {
                guard,
                partitions,
                deadline,
            } => Item::Revoking {
                guard,
                partitions,
                deadline: self.started + deadline.since(Timestamp::ZERO),
            },
            Event::Lost { partitions } => {
                self.slot.withdraw_revocations();
                Item::Lost { partitions }
            }
            Event::Reset {
                partition,
                from,
                to,
                reason,
            } => Item::Notice(Notice::Reset {
                partition,
                from,
                to,
                reason,
            }),
            Event::Error(error) => Item::Notice(Notice::Trouble(error)),
        };
        self.slot.hand(item);
    }
}

impl Drop for Driver {
    /// If the runtime is going down in the middle, nobody must wait for answers that will not come.
    fn drop(&mut self) {
        if !self.closed {
            self.slot.close(End::Gone);
        }
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => core::future::pending().await,
    }
}

fn target(to: Target) -> To {
    match to {
        Target::Any => To::Any,
        Target::Node(node) => To::Node(node),
    }
}

fn failure(failure: CallFailure) -> Failure {
    match failure {
        CallFailure::TimedOut { .. } => Failure::TimedOut,
        CallFailure::Unsupported { .. } => Failure::Unsupported(failure.to_string()),
        CallFailure::Malformed { .. } => Failure::Malformed(failure.to_string()),
        other => Failure::Disconnected(other.to_string()),
    }
}

/// How long a member that was dropped without `close` may take to leave.
pub(crate) const FAREWELL: Duration = Duration::from_secs(5);
