//! Which version a request travels in: the highest that both sides speak and that carries what this request says.
//!
//! Some versions name a topic by its id and can no longer say its name (KIP-516). A request built while the id is not known yet
//! must then travel in an older version, or it would ask for topic zero.

use crate::TopicId;
use crate::api::offset_fetch::OffsetFetchGroup;
use crate::api::{NoCommonVersion, Request, VersionRange, Versions};

pub(super) fn version(broker: &Versions, request: &Request) -> Result<i16, NoCommonVersion> {
    broker.negotiate_within(request.api(), carrying(request))
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
    use crate::api::api_versions::ApiVersion;
    use crate::api::fetch::{FetchRequest, FetchTopic};

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
        assert_eq!(version(&broker, &fetch(TopicId::ZERO)), Ok(12));
        assert_eq!(version(&broker, &fetch(TopicId([1; 16]))), Ok(17));
    }
}
