//! Scripted brokers behind pipes, in paused time, and a few behind real sockets.

mod bad_input;
mod cancel;
mod deadlines;
mod every;
mod flows;
mod giving_up;
mod lanes;
mod metadata;
mod sockets;
mod storm;
mod wire;

use core::time::Duration;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use kohort_protocol::api::api_versions::{ApiVersion, ApiVersionsResponse};
use kohort_protocol::api::heartbeat::{HeartbeatRequest, HeartbeatResponse};
use kohort_protocol::api::metadata::{MetadataBroker, MetadataResponse};
use kohort_protocol::api::{Request, Response, versions};
use kohort_protocol::message::{Incoming, read_request, write_response};
use kohort_protocol::{ApiKey, FrameCutter, NodeId};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;

use crate::{Address, Client, ClientConfig, Dial, Dialing, Stream, Target};

const SECOND: Duration = Duration::from_secs(1);
const NODE: Target = Target::Node(NodeId(1));

/// What a scripted broker does with a request.
enum Then {
    Answer(Response),
    Raw(Vec<u8>),
    /// Each after its pause, without looking at further requests.
    Pieces(Vec<(Duration, Vec<u8>)>),
    RawThenClose(Vec<u8>),
    RawThenPark(Vec<u8>),
    /// Nothing, now and later: the broker does not look at the connection again (it is muted).
    Park,
    /// Answer after so long; the connection is muted meanwhile.
    After(Duration, Response),
    Close,
}

/// A request as a broker saw it.
#[derive(Clone, Debug)]
struct Seen {
    at: Instant,
    address: String,
    request: Incoming,
}

type Script = Arc<Mutex<dyn FnMut(usize, &Incoming) -> Then + Send>>;

#[derive(Clone, Default)]
struct Net(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    scripts: BTreeMap<String, Script>,
    /// Accept, then send these bytes, then (if set) close; never look at a request.
    rude: BTreeMap<String, (Vec<u8>, bool)>,
    dials: Vec<(Instant, String)>,
    seen: Vec<Seen>,
    connections: usize,
    open: usize,
    /// Requests that are not answered yet, on connections that are still open.
    under_way: usize,
}

impl Net {
    fn broker(&self, address: &str, script: impl FnMut(usize, &Incoming) -> Then + Send + 'static) {
        self.broker_speaking(address, all_versions(), script);
    }

    fn broker_speaking(
        &self,
        address: &str,
        speaks: ApiVersionsResponse,
        mut script: impl FnMut(usize, &Incoming) -> Then + Send + 'static,
    ) {
        self.broker_from_the_start(address, move |connection, request| match request.api {
            ApiKey::ApiVersions => Then::Answer(speaks.clone().into()),
            _ => script(connection, request),
        });
    }

    /// The script answers the handshake too.
    fn broker_from_the_start(
        &self,
        address: &str,
        script: impl FnMut(usize, &Incoming) -> Then + Send + 'static,
    ) {
        let script = Arc::new(Mutex::new(script));
        self.0.lock().unwrap().scripts.insert(address.into(), script);
    }

    fn rude(&self, address: &str, bytes: &[u8], close: bool) {
        self.0
            .lock()
            .unwrap()
            .rude
            .insert(address.into(), (bytes.to_vec(), close));
    }

    fn stop(&self, address: &str) {
        self.0.lock().unwrap().scripts.remove(address);
    }

    fn client(&self, bootstrap: &str) -> Client {
        self.client_with(bootstrap, |_| {})
    }

    fn client_with(&self, bootstrap: &str, change: impl FnOnce(&mut ClientConfig)) -> Client {
        let mut config = ClientConfig::new(bootstrap);
        config.dial = Arc::new(self.clone());
        config.seed = Some(7);
        change(&mut config);
        let client = Client::new(config).unwrap();
        client.learn(NodeId(1), "b1", 9092);
        client
    }

    fn dials(&self) -> Vec<(Instant, String)> {
        self.0.lock().unwrap().dials.clone()
    }

    /// The requests so far, handshakes apart.
    fn seen(&self) -> Vec<Seen> {
        self.0.lock().unwrap().seen.clone()
    }

    fn count(&self, api: ApiKey) -> usize {
        self.seen().iter().filter(|seen| seen.request.api == api).count()
    }

    fn open(&self) -> usize {
        self.0.lock().unwrap().open
    }

    fn under_way(&self) -> usize {
        self.0.lock().unwrap().under_way
    }
}

impl Dial for Net {
    fn dial(&self, address: &Address, _: Duration) -> Dialing {
        let address = address.to_string();
        let mut inside = self.0.lock().unwrap();
        inside.dials.push((Instant::now(), address.clone()));
        let rude = inside.rude.get(&address).cloned();
        let script = inside.scripts.get(&address).cloned();
        if rude.is_none() && script.is_none() {
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        }
        inside.connections += 1;
        inside.open += 1;
        let connection = inside.connections;
        let (near, far) = tokio::io::duplex(1 << 16);
        let net = self.clone();
        tokio::spawn(async move {
            match (rude, script) {
                (Some((bytes, close)), _) => be_rude(far, bytes, close).await,
                (_, Some(script)) => net.serve(far, address, connection, script).await,
                _ => {}
            }
            net.0.lock().unwrap().open -= 1;
        });
        Box::pin(async { Ok(Box::new(near) as Box<dyn Stream>) })
    }
}

async fn be_rude(mut stream: DuplexStream, bytes: Vec<u8>, close: bool) {
    let _ = stream.write_all(&bytes).await;
    if !close {
        drain(&mut stream).await;
    }
}

/// Until the client closes.
async fn drain(stream: &mut DuplexStream) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}

impl Net {
    /// Does not look at further requests. Ends when the client closes; until then a request is under way.
    async fn hold(&self, stream: &mut DuplexStream, cutter: &mut FrameCutter) {
        self.0.lock().unwrap().under_way += 1;
        let _under_way = UnderWay(self);
        while stream.read_buf(cutter.room()).await.is_ok_and(|count| count > 0) {}
    }

    async fn serve(&self, mut stream: DuplexStream, address: String, connection: usize, script: Script) {
        let mut cutter = FrameCutter::new(1 << 20);
        loop {
            let request = match cutter.next_frame().unwrap() {
                Some(frame) => read_request(frame).unwrap(),
                None => match stream.read_buf(cutter.room()).await {
                    Ok(count) if count > 0 => continue,
                    _ => return,
                },
            };
            if request.api != ApiKey::ApiVersions {
                let seen = Seen {
                    at: Instant::now(),
                    address: address.clone(),
                    request: request.clone(),
                };
                self.0.lock().unwrap().seen.push(seen);
            }
            let then = script.lock().unwrap()(connection, &request);
            let bytes = match then {
                Then::Answer(response) => encoded(&request, &response),
                Then::Raw(bytes) => bytes,
                Then::Pieces(pieces) => {
                    for (pause, bytes) in pieces {
                        let held = self.hold(&mut stream, &mut cutter);
                        if tokio::time::timeout(pause, held).await.is_ok() {
                            return;
                        }
                        if stream.write_all(&bytes).await.is_err() {
                            return;
                        }
                    }
                    continue;
                }
                Then::RawThenClose(bytes) => {
                    let _ = stream.write_all(&bytes).await;
                    return;
                }
                Then::RawThenPark(bytes) => {
                    let _ = stream.write_all(&bytes).await;
                    return self.hold(&mut stream, &mut cutter).await;
                }
                Then::Park => return self.hold(&mut stream, &mut cutter).await,
                Then::After(pause, response) => {
                    let held = self.hold(&mut stream, &mut cutter);
                    if tokio::time::timeout(pause, held).await.is_ok() {
                        return;
                    }
                    encoded(&request, &response)
                }
                Then::Close => return,
            };
            if stream.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
}

struct UnderWay<'a>(&'a Net);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().under_way -= 1;
    }
}

fn encoded(to: &Incoming, response: &Response) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    write_response(&mut bytes, to.version, to.correlation_id, response).unwrap();
    bytes.to_vec()
}

fn all_versions() -> ApiVersionsResponse {
    let known = ApiKey::ALL.iter().map(|api| ApiVersion {
        api_key: api.number(),
        min_version: versions(*api).min,
        max_version: versions(*api).max,
    });
    ApiVersionsResponse {
        api_keys: known.collect(),
        ..ApiVersionsResponse::default()
    }
}

/// Answers everything with an empty response of its kind; metadata names the brokers given.
fn polite(brokers: &'static [(i32, &'static str)]) -> impl FnMut(usize, &Incoming) -> Then + Send + 'static {
    move |_, request| {
        Then::Answer(match &request.request {
            Request::Metadata(_) => cluster(brokers).into(),
            other => empty(other),
        })
    }
}

fn cluster(brokers: &[(i32, &str)]) -> MetadataResponse {
    let broker = |(node, host): &(i32, &str)| MetadataBroker {
        node_id: NodeId(*node),
        host: (*host).into(),
        port: 9092,
        rack: None,
    };
    MetadataResponse {
        brokers: brokers.iter().map(broker).collect(),
        controller_id: NodeId(brokers.first().map_or(-1, |first| first.0)),
        ..MetadataResponse::default()
    }
}

fn empty(request: &Request) -> Response {
    use kohort_protocol::api::*;
    match request {
        Request::Heartbeat(_) => HeartbeatResponse::default().into(),
        Request::JoinGroup(_) => join_group::JoinGroupResponse::default().into(),
        Request::SyncGroup(_) => sync_group::SyncGroupResponse::default().into(),
        Request::LeaveGroup(_) => leave_group::LeaveGroupResponse::default().into(),
        Request::OffsetCommit(_) => offset_commit::OffsetCommitResponse::default().into(),
        Request::Fetch(_) => fetch::FetchResponse::default().into(),
        Request::Metadata(_) => MetadataResponse::default().into(),
        other => panic!("no answer for {other:?}"),
    }
}

fn heartbeat() -> HeartbeatRequest {
    HeartbeatRequest::default()
}

/// Lets all tasks run until they wait for time or for each other.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[test]
fn outside_a_runtime_a_client_is_an_error() {
    let error = Client::new(ClientConfig::new("b1:9092")).unwrap_err();
    assert_eq!(error, crate::ClientError::NoRuntime);
}

#[tokio::test(start_paused = true)]
async fn all_connections_close_when_the_last_clone_is_dropped() {
    let net = Net::default();
    net.broker("b1:9092", polite(&[(1, "b1")]));
    let client = net.client("b1:9092");
    let port = client.port();
    client.call(NODE, heartbeat()).await.unwrap();
    client.metadata(&[]).await.unwrap();
    assert_eq!(net.open(), 2);
    drop(client);
    settle().await;
    assert_eq!(net.open(), 2, "a port is as good as a clone");
    drop(port);
    settle().await;
    assert_eq!(net.open(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_connection_is_closed_and_made_again() {
    let net = Net::default();
    net.broker("b1:9092", polite(&[]));
    let client = net.client("b1:9092");
    client.call(NODE, heartbeat()).await.unwrap();
    tokio::time::sleep(539 * SECOND).await;
    assert_eq!(net.open(), 1);
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!((net.open(), client.hub.connections()), (0, 0));
    client.call(NODE, heartbeat()).await.unwrap();
    assert_eq!(net.dials().len(), 2);
}
