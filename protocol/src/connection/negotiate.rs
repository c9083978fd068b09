//! Which version a request travels in: the highest that both sides speak and that carries what this request says.
//!
//! Some versions name a topic by its id and can no longer say its name (KIP-516). A request built while the id is not known yet
//! must then travel in an older version, or it would ask for topic zero.

use crate::TopicId;
use crate::api::offset_fetch::OffsetFetchGroup;
use crate::api::{NoCommonVersion, Request, VersionRange, Versions};

impl Versions {
    /// The version that a [`Connection`](crate::Connection) to this broker sends a request in.
    ///
    /// # Errors
    /// [`NoCommonVersion`] if none that both sides speak carries what this request says.
    pub fn version_for(&self, request: &Request) -> Result<i16, NoCommonVersion> {
        self.negotiate_within(request.api(), carrying(request))
    }
}

/// The versions that carry the request's way of naming topics.
fn carrying(request: &Request) -> VersionRange {
    match request {
        Request::Produce(produce) => named_up_to(12, produce.topic_data.iter().map(|topic| topic.topic_id)),
        Request::Fetch(fetch) => {
            let read = fetch.topics.iter().map(|topic| topic.topic_id);
            let forgotten = fetch.forgotten_topics_data.iter().map(|topic| topic.topic_id);
            named_up_to(12, read.chain(forgotten))
        }
        Request::OffsetCommit(commit) => named_up_to(9, commit.topics.iter().map(|topic| topic.topic_id)),
        Request::OffsetFetch(fetch) => {
            let ids = |group: &OffsetFetchGroup| match &group.topics {
                Some(topics) => topics.iter().map(|topic| topic.topic_id).collect(),
                // Whoever asks for all topics knows no ids, and the answer from v10 on has no names.
                None => vec![TopicId::ZERO],
            };
            named_up_to(9, fetch.groups.iter().flat_map(ids))
        }
        Request::TxnOffsetCommit(commit) => named_up_to(5, commit.topics.iter().map(|topic| topic.topic_id)),
        // v4 and later are for brokers among themselves (KIP-890); what a client says stands in the fields of v3.
        Request::AddPartitionsToTxn(add) if add.transactions.is_empty() => VersionRange::new(0, 3),
        // v10 and v11 have the field, but brokers answer by id from v12 on only.
        Request::Metadata(metadata) => {
            let mut topics = metadata.topics.iter().flatten();
            let by_id = topics.any(|topic| topic.name.is_none());
            VersionRange::new(if by_id { 12 } else { 0 }, i16::MAX)
        }
        _ => VersionRange::new(0, i16::MAX),
    }
}

fn named_up_to(version: i16, mut ids: impl Iterator<Item = TopicId>) -> VersionRange {
    let named = ids.any(|id| id == TopicId::ZERO);
    VersionRange::new(0, if named { version } else { i16::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::add_partitions_to_txn::{AddPartitionsToTxnRequest, AddPartitionsToTxnTransaction};
    use crate::api::api_versions::ApiVersion;
    use crate::api::fetch::{FetchRequest, FetchTopic};
    use crate::api::offset_commit::{OffsetCommitRequest, OffsetCommitTopic};
    use crate::api::offset_fetch::{OffsetFetchRequest, OffsetFetchTopic};

    /// With a broker that offers any version.
    fn chosen(request: impl Into<Request>) -> i16 {
        let request = request.into();
        let broker = Versions::new(&[ApiVersion {
            api_key: request.api().number(),
            min_version: 0,
            max_version: 99,
        }]);
        broker.version_for(&request).unwrap()
    }

    #[test]
    fn offsets_are_stored_by_id_where_all_ids_are_known() {
        let topic = |id| OffsetCommitTopic {
            topic_id: TopicId([id; 16]),
            ..OffsetCommitTopic::default()
        };
        let commit = |topics| OffsetCommitRequest {
            topics,
            ..OffsetCommitRequest::default()
        };
        assert_eq!(chosen(commit(vec![topic(1), topic(2)])), 10);
        assert_eq!(chosen(commit(vec![topic(1), topic(0)])), 9);
    }

    #[test]
    fn who_asks_for_all_offsets_wants_names_in_the_answer() {
        let fetch = |topics| OffsetFetchRequest {
            groups: vec![OffsetFetchGroup {
                topics,
                ..OffsetFetchGroup::default()
            }],
            require_stable: false,
        };
        let known = OffsetFetchTopic {
            topic_id: TopicId([1; 16]),
            ..OffsetFetchTopic::default()
        };
        assert_eq!(chosen(fetch(Some(vec![known]))), 10);
        assert_eq!(chosen(fetch(None)), 9);
    }

    #[test]
    fn a_client_adds_partitions_in_the_versions_for_clients() {
        assert_eq!(chosen(AddPartitionsToTxnRequest::default()), 3);
        let between_brokers = AddPartitionsToTxnRequest {
            transactions: vec![AddPartitionsToTxnTransaction::default()],
            ..AddPartitionsToTxnRequest::default()
        };
        assert_eq!(chosen(between_brokers), 5);
    }

    #[test]
    fn a_topic_whose_id_is_unknown_travels_by_name() {
        let fetch = |topic_id| {
            let topics = vec![FetchTopic {
                topic_id,
                ..FetchTopic::default()
            }];
            Request::from(FetchRequest {
                topics,
                ..FetchRequest::default()
            })
        };
        let broker = Versions::new(&[ApiVersion {
            api_key: 1,
            min_version: 4,
            max_version: 17,
        }]);
        assert_eq!(broker.version_for(&fetch(TopicId::ZERO)), Ok(12));
        assert_eq!(broker.version_for(&fetch(TopicId([1; 16]))), Ok(17));
    }
}
