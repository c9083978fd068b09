//! What is known of the cluster: brokers, topics with their ids, leaders with their epochs. One refresh at a time: whoever asks while
//! one is under way has its topics added to the next, and they all share its outcome.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kohort_protocol::api::Message as _;
use kohort_protocol::api::metadata::{
    MetadataPartition, MetadataRequest, MetadataRequestTopic, MetadataResponse, MetadataTopic,
};
use kohort_protocol::{CallFailure, ErrorCode, LeaderEpoch, NodeId, Timestamp, TopicName, TopicPartition};

use crate::address::Address;
use crate::client::Client;
use crate::error::{ClientError, Target};
use crate::retry::Retry;

/// The cache, and the refreshes that fill it, numbered from 1.
#[derive(Default)]
pub(crate) struct Cache {
    known: Mutex<Known>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    /// The last response, its topics moved to `topics`.
    cluster: MetadataResponse,
    topics: BTreeMap<TopicName, Entry>,
    /// When the brokers were learned; `None` if never, or if a broker did not answer since.
    fresh: Option<Timestamp>,
    /// Topics wanted by the next refresh.
    wanted: BTreeSet<TopicName>,
    begun: u64,
    /// The last refresh that ended, and how.
    ended: u64,
    outcome: Option<ClientError>,
}

struct Entry {
    topic: MetadataTopic,
    /// By which refresh, and when.
    refresh: u64,
    at: Timestamp,
}

impl Cache {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A broker could not be reached: do not serve from the cache what may have moved.
    pub(crate) fn doubt(&self) {
        self.known().fresh = None;
    }
}

impl Known {
    /// What is known of these topics, if all are in the cache since `refresh` and `at`.
    fn excerpt(&self, topics: &[TopicName], refresh: u64, at: Timestamp) -> Option<MetadataResponse> {
        let entries = topics.iter().map(|name| {
            let entry = self.topics.get(name);
            entry.filter(|entry| entry.refresh >= refresh && entry.at >= at)
        });
        let found: Option<Vec<_>> = entries.map(|entry| Some(entry?.topic.clone())).collect();
        Some(MetadataResponse {
            topics: found?,
            ..self.cluster.clone()
        })
    }

    fn store(&mut self, mut response: MetadataResponse, refresh: u64, at: Timestamp) {
        for mut topic in core::mem::take(&mut response.topics) {
            let Some(name) = topic.name.clone() else { continue };
            if let Some(entry) = self.topics.get(&name) {
                keep_newer_leaders(&entry.topic, &mut topic);
            }
            self.topics.insert(name, Entry { topic, refresh, at });
        }
        self.cluster = response;
        self.fresh = Some(at);
    }
}

/// A broker that lags behind may answer with an older leader than we know already; of the same topic (by id) the newer epoch
/// counts (KIP-320, as Java's `Metadata.updateLatestMetadata`).
fn keep_newer_leaders(known: &MetadataTopic, news: &mut MetadataTopic) {
    if known.topic_id != news.topic_id {
        return;
    }
    for partition in &mut news.partitions {
        let before = known
            .partitions
            .iter()
            .find(|one| one.partition_index == partition.partition_index);
        if let Some(before) = before
            && partition.leader_epoch != LeaderEpoch::NONE
            && before.leader_epoch > partition.leader_epoch
        {
            partition.clone_from(before);
        }
    }
}

impl Client {
    /// Brokers and these topics, from the cache unless it is older than `metadata.max.age.ms` or lacks one. A topic's own error (it
    /// does not exist, it has no leader) stands in its entry, and such an entry is not served from the cache.
    ///
    /// Dropping the future gives a refresh under way up; others who wait for it begin their own.
    ///
    /// # Errors
    /// [`ClientError::Call`] naming every address tried, if no broker answered within `default.api.timeout.ms`.
    pub async fn metadata(&self, topics: &[TopicName]) -> Result<MetadataResponse, ClientError> {
        let oldest = self.hub.now() - self.hub.config.metadata_max_age;
        let cached = {
            let known = self.hub.metadata.known();
            let fresh = known.fresh.is_some_and(|at| at >= oldest);
            let cached = fresh.then(|| known.excerpt(topics, 0, oldest)).flatten();
            cached.filter(|cached| cached.topics.iter().all(is_settled))
        };
        match cached {
            Some(cached) => Ok(cached),
            None => self.refresh_metadata(topics).await,
        }
    }

    /// As [`metadata`](Self::metadata), by a request that begins after this call. Dropping the future likewise.
    ///
    /// # Errors
    /// As there.
    pub async fn refresh_metadata(&self, topics: &[TopicName]) -> Result<MetadataResponse, ClientError> {
        let cache = &self.hub.metadata;
        let next = {
            let mut known = cache.known();
            known.wanted.extend(topics.iter().cloned());
            known.begun + 1
        };
        let retry = self.retry(MetadataRequest::API);
        let _turn = retry.within(async { Ok(cache.turn.lock().await) }).await?;
        let (refresh, wanted) = {
            let mut known = cache.known();
            if known.ended >= next {
                match (&known.outcome, known.excerpt(topics, next, Timestamp::ZERO)) {
                    (Some(error), _) => return Err(error.clone()),
                    (None, Some(found)) => return Ok(found),
                    // The one who took our topics along was dropped before the answer came.
                    (None, None) => {}
                }
            }
            known.begun += 1;
            known.wanted.extend(topics.iter().cloned());
            (known.begun, core::mem::take(&mut known.wanted))
        };
        let wanted = wanted.into_iter().map(by_name).collect();
        let result = self.fetch_metadata(Some(wanted), retry).await;
        let mut known = cache.known();
        known.ended = refresh;
        known.outcome = result.as_ref().err().cloned();
        known.store(result?, refresh, self.hub.now());
        let found = known.excerpt(topics, refresh, Timestamp::ZERO);
        found.ok_or_else(|| ClientError::Missing {
            api: MetadataRequest::API,
            subject: format!("{topics:?}"),
        })
    }

    /// Brokers and all topics that the client may see. Dropping the future gives the request up.
    ///
    /// # Errors
    /// As [`metadata`](Self::metadata).
    pub async fn all_topics(&self) -> Result<MetadataResponse, ClientError> {
        self.fetch_metadata(None, self.retry(MetadataRequest::API)).await
    }

    async fn fetch_metadata(
        &self,
        topics: Option<Vec<MetadataRequestTopic>>,
        mut retry: Retry<'_>,
    ) -> Result<MetadataResponse, ClientError> {
        loop {
            match retry.within(self.ask_for_metadata(topics.clone())).await {
                Err(error) if retry.again(&error).await => {}
                result => return result,
            }
        }
    }

    async fn ask_for_metadata(
        &self,
        topics: Option<Vec<MetadataRequestTopic>>,
    ) -> Result<MetadataResponse, ClientError> {
        let request = MetadataRequest {
            topics,
            ..MetadataRequest::default()
        };
        let response = self.call(Target::Any, request).await?;
        if response.error_code == ErrorCode::REBOOTSTRAP_REQUIRED {
            self.hub.rebootstrap();
            return Err(ClientError::Call {
                api: MetadataRequest::API,
                target: Target::Any,
                failure: CallFailure::Disconnected {
                    detail: "the broker asked to begin again at the bootstrap servers".into(),
                },
            });
        }
        if !response.error_code.is_ok() {
            return Err(ClientError::broker(
                MetadataRequest::API,
                "the cluster",
                response.error_code,
                None,
            ));
        }
        let brokers = response.brokers.iter();
        let listed = brokers.filter_map(|b| Some((b.node_id, Address::advertised(&b.host, b.port)?)));
        self.hub.learn_all(kohort_protocol::gather(listed));
        Ok(response)
    }

    /// The leader of a partition, and its epoch.
    pub(crate) async fn leader(&self, partition: &TopicPartition) -> Result<Leader, ClientError> {
        let metadata = self.metadata(core::slice::from_ref(&partition.topic)).await?;
        let failed = |code| ClientError::broker(MetadataRequest::API, partition, code, None);
        let topic = metadata
            .topics
            .first()
            .ok_or_else(|| failed(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
        topic.error_code.ok().map_err(failed)?;
        let mut partitions = topic.partitions.iter();
        let found = partitions.find(|one| one.partition_index == partition.partition);
        let found = found.ok_or_else(|| failed(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION))?;
        if !has_leader(found) {
            return Err(failed(ErrorCode::LEADER_NOT_AVAILABLE));
        }
        Ok(Leader {
            node: found.leader_id,
            epoch: found.leader_epoch,
            topic_id: topic.topic_id,
        })
    }
}

pub(crate) struct Leader {
    pub(crate) node: NodeId,
    pub(crate) epoch: LeaderEpoch,
    pub(crate) topic_id: kohort_protocol::TopicId,
}

fn by_name(name: TopicName) -> MetadataRequestTopic {
    MetadataRequestTopic {
        name: Some(name),
        ..MetadataRequestTopic::default()
    }
}

fn is_settled(topic: &MetadataTopic) -> bool {
    topic.error_code.is_ok() && topic.partitions.iter().all(has_leader)
}

fn has_leader(partition: &MetadataPartition) -> bool {
    partition.leader_id.0 >= 0 && partition.error_code != ErrorCode::LEADER_NOT_AVAILABLE
}
