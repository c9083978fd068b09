//! What a check works with: connections, and groups and topics that no other check touches.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use kohort_protocol::api::create_topics::{CreatableTopic, CreateTopicsRequest};
use kohort_protocol::api::find_coordinator::{CoordinatorType, FindCoordinatorRequest};
use kohort_protocol::api::metadata::{MetadataRequest, MetadataRequestTopic, MetadataTopic};
use kohort_protocol::api::offset_fetch::{OffsetFetchGroup, OffsetFetchRequest};
use kohort_protocol::{ErrorCode, GroupId, NodeId, TopicName};
use tokio::time::{Instant, sleep};

use crate::raw::Tape;
use crate::{Failed, Member, RawConnection, Release, Target, expect};

/// How long a cluster may take to settle after a change.
const SETTLES_WITHIN: Duration = Duration::from_secs(15);
/// How often a changing cluster is asked.
pub(crate) const ASK_AGAIN: Duration = Duration::from_millis(20);

/// The workbench of one check.
#[derive(Clone)]
pub struct Bench {
    target: Rc<dyn Target>,
    /// Makes the names of this check's groups and topics its own, also from run to run on one cluster.
    prefix: String,
    names: u32,
    tape: Option<Tape>,
}

impl Bench {
    /// A bench on `target`; `prefix` must be unlike all other prefixes used on it, and fit for a topic's name.
    pub fn new(target: Rc<dyn Target>, prefix: impl Into<String>) -> Self {
        Self {
            target,
            prefix: prefix.into(),
            names: 0,
            tape: None,
        }
    }

    /// Keeps the frames of all connections opened from now on.
    #[must_use]
    pub fn taped(&self, tape: &Tape) -> Self {
        Self {
            tape: Some(tape.clone()),
            ..self.clone()
        }
    }

    /// Whose answers the broker gives.
    #[must_use]
    pub fn release(&self) -> Release {
        self.target.release()
    }

    /// The cluster itself.
    #[must_use]
    pub fn target(&self) -> &dyn Target {
        &*self.target
    }

    /// The ids of the nodes.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeId> {
        self.target.nodes().into_iter().map(|(node, _)| node).collect()
    }

    /// A name that nobody has used yet.
    pub fn name(&mut self) -> String {
        self.names += 1;
        format!("{}-{}", self.prefix, self.names)
    }

    /// A group that does not exist yet.
    pub fn group(&mut self) -> GroupId {
        self.name().into()
    }

    /// A connection to the first node: all there is, unless the cluster has three.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn connect(&self) -> Result<RawConnection, Failed> {
        match self.target.nodes().first() {
            Some((_, address)) => self.dial(*address).await,
            None => Err(Failed::trouble("connecting", "the cluster has no nodes")),
        }
    }

    /// A connection to a node.
    ///
    /// # Errors
    /// There is no such node, or it does not listen.
    pub async fn connect_to(&self, node: NodeId) -> Result<RawConnection, Failed> {
        let nodes: BTreeMap<NodeId, SocketAddr> = self.target.nodes().into_iter().collect();
        match nodes.get(&node) {
            Some(address) => self.dial(*address).await,
            None => Err(Failed::trouble(
                format!("connecting to node {node}"),
                "there is no such node",
            )),
        }
    }

    async fn dial(&self, address: SocketAddr) -> Result<RawConnection, Failed> {
        let connection = RawConnection::connect(address).await?;
        Ok(match &self.tape {
            Some(tape) => connection.taped(tape),
            None => connection,
        })
    }

    /// A new topic that is ready for use.
    ///
    /// # Errors
    /// The broker refuses to make it, or it has no leader within 15 s.
    pub async fn topic(&mut self, partitions: i32) -> Result<TopicName, Failed> {
        let name = TopicName::from(self.name());
        let replicas = i16::try_from(self.nodes().len()).unwrap_or(1);
        let request = CreateTopicsRequest {
            topics: vec![CreatableTopic {
                name: name.clone(),
                num_partitions: partitions,
                replication_factor: replicas,
                ..CreatableTopic::default()
            }],
            timeout_ms: 10_000,
            validate_only: false,
        };
        let response = self.connect().await?.call(5, &request).await?;
        // Nobody else has this name: it exists already when a broker asked its controller twice, because the first answer was slow
        // (seen on a busy machine with three brokers).
        let made = |code: ErrorCode| {
            if code == ErrorCode::TOPIC_ALREADY_EXISTS {
                ErrorCode::NONE
            } else {
                code
            }
        };
        let codes: Vec<ErrorCode> = response
            .topics
            .iter()
            .map(|topic| made(topic.error_code))
            .collect();
        expect("CreateTopics", codes, vec![ErrorCode::NONE])?;
        for node in self.nodes() {
            self.wait_for_leaders(node, &name, partitions).await?;
        }
        Ok(name)
    }

    async fn wait_for_leaders(&self, node: NodeId, topic: &TopicName, partitions: i32) -> Result<(), Failed> {
        let mut connection = self.connect_to(node).await?;
        let began = Instant::now();
        while began.elapsed() < SETTLES_WITHIN {
            let seen = describe_topic(&mut connection, topic).await?;
            let led = seen
                .partitions
                .iter()
                .filter(|partition| partition.leader_id.0 >= 0)
                .count();
            if i32::try_from(led) == Ok(partitions) {
                return Ok(());
            }
            sleep(ASK_AGAIN).await;
        }
        Err(Failed::trouble(
            format!("waiting for {topic}"),
            "it has no leader",
        ))
    }

    /// The coordinator of a group, once it serves.
    ///
    /// # Errors
    /// It does not within 15 s.
    pub async fn coordinator(&self, group: &GroupId) -> Result<NodeId, Failed> {
        let began = Instant::now();
        let mut seen = ErrorCode::NONE;
        while began.elapsed() < SETTLES_WITHIN {
            let (code, node) = find_coordinator(&mut self.connect().await?, group).await?;
            seen = match code {
                ErrorCode::NONE => coordinates(&mut self.connect_to(node).await?, group).await?,
                other => other,
            };
            if seen.is_ok() {
                return Ok(node);
            }
            sleep(ASK_AGAIN).await;
        }
        Err(Failed::trouble(
            format!("waiting for the coordinator of {group}"),
            seen,
        ))
    }

    /// Somebody who is in no group yet, with two connections to the group's coordinator.
    ///
    /// # Errors
    /// There is no coordinator.
    pub async fn member(&self, group: &GroupId) -> Result<Member, Failed> {
        let node = self.coordinator(group).await?;
        let (lane, control) = (self.connect_to(node).await?, self.connect_to(node).await?);
        Ok(Member::new(group.clone(), lane, control))
    }

    /// As [`Bench::member`], several of them.
    ///
    /// # Errors
    /// As there.
    pub async fn members<const N: usize>(&self, group: &GroupId) -> Result<[Member; N], Failed> {
        let mut members = Vec::new();
        for _ in 0..N {
            members.push(self.member(group).await?);
        }
        members
            .try_into()
            .map_err(|_| Failed::trouble("making members", "another number"))
    }

    /// A stable group, the first member its leader; member `i` has the assignment `assigned-<i>`.
    ///
    /// # Errors
    /// The group does not become stable.
    pub async fn stable<const N: usize>(&self, group: &GroupId) -> Result<[Member; N], Failed> {
        let mut members = self.members(group).await?;
        Member::gather(&mut members).await?;
        Member::share_out(&mut members).await?;
        Ok(members)
    }
}

/// The error and the node that FindCoordinator v4 answers for one group.
pub(crate) async fn find_coordinator(
    connection: &mut RawConnection,
    group: &GroupId,
) -> Result<(ErrorCode, NodeId), Failed> {
    let request = FindCoordinatorRequest {
        key_type: CoordinatorType::GROUP,
        keys: vec![group.to_string()],
    };
    let response = connection.call(4, &request).await?;
    match response.coordinators.as_slice() {
        [one] => Ok((one.error_code, one.node_id)),
        other => Err(Failed::new(
            "FindCoordinator with one key",
            "one answer",
            format!("{other:?}"),
        )),
    }
}

/// Whether a node serves a group: the error of OffsetFetch v8, which a coordinator that loads refuses too.
pub(crate) async fn coordinates(
    connection: &mut RawConnection,
    group: &GroupId,
) -> Result<ErrorCode, Failed> {
    let request = OffsetFetchRequest {
        groups: vec![OffsetFetchGroup {
            group_id: group.clone(),
            topics: Some(Vec::new()),
            ..OffsetFetchGroup::default()
        }],
        require_stable: false,
    };
    let response = connection.call(8, &request).await?;
    match response.groups.as_slice() {
        [one] => Ok(one.error_code),
        other => Err(Failed::new(
            "OffsetFetch of one group",
            "one answer",
            format!("{other:?}"),
        )),
    }
}

/// What Metadata v12 says of one topic.
pub(crate) async fn describe_topic(
    connection: &mut RawConnection,
    topic: &TopicName,
) -> Result<MetadataTopic, Failed> {
    let request = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some(topic.clone()),
            ..MetadataRequestTopic::default()
        }]),
        ..MetadataRequest::default()
    };
    let mut response = connection.call(12, &request).await?;
    let topic = response.topics.pop();
    topic.ok_or_else(|| Failed::new("Metadata of one topic", "one topic", "none"))
}
