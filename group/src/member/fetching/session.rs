//! A fetch session (KIP-227): the broker remembers the partitions, a request names only what is new, moved or gone.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use kohort_protocol::api::fetch::{FetchPartition, FetchTopic, ForgottenTopic};
use kohort_protocol::{TopicId, TopicName, TopicPartition};

/// One partition as the broker is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) topic_id: TopicId,
    pub(super) partition: FetchPartition,
}

pub(super) type Wants = BTreeMap<TopicPartition, Wanted>;

/// The session with one broker, as it will be after the request that is on its way.
#[derive(Debug)]
pub(super) struct Session {
    id: i32,
    /// Of the next request; 0 opens a session, and closes the one named by `id`.
    epoch: i32,
    held: Wants,
}

/// What a request must say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) id: i32,
    pub(super) epoch: i32,
    pub(super) topics: Vec<FetchTopic>,
    pub(super) forgotten: Vec<ForgottenTopic>,
}

impl Session {
    pub(super) const fn new() -> Self {
        Self {
            id: 0,
            epoch: 0,
            held: Wants::new(),
        }
    }

    /// The request after which the broker holds exactly `wanted`.
    ///
    /// A topic made anew has another id, and one whose id was not known has one now. Below v13 only the name travels, and a broker adds
    /// what is wanted before it takes away what is forgotten: who named both would be left with nothing. So such a session ends.
    pub(super) fn advance(&mut self, wanted: Wants) -> Difference {
        let is_another = |(name, want): (&TopicPartition, &Wanted)| {
            let held = self.held.get(name);
            held.is_some_and(|held| held.topic_id != want.topic_id)
        };
        if wanted.iter().any(is_another) {
            self.doubt();
        }
        let old = if self.epoch == 0 {
            Wants::new()
        } else {
            core::mem::take(&mut self.held)
        };
        let news = wanted.iter().filter(|&(name, want)| old.get(name) != Some(want));
        let gone = old.iter().filter(|(name, _)| !wanted.contains_key(*name));
        let difference = Difference {
            id: self.id,
            epoch: self.epoch,
            topics: topics(news),
            forgotten: forgotten(gone.map(|(name, held)| (name, held.topic_id))),
        };
        self.held = wanted;
        difference
    }

    /// It was answered.
    pub(super) fn answered(&mut self, id: i32) {
        if id <= 0 {
            // The broker keeps no more sessions: each request names everything.
            self.forget();
        } else {
            self.id = id;
            self.epoch = if self.epoch == i32::MAX { 1 } else { self.epoch + 1 };
        }
    }

    /// Broker and we may disagree on it: close it and open another.
    pub(super) fn doubt(&mut self) {
        self.epoch = 0;
    }

    /// The broker does not know it.
    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }
}

/// By topic, as requests have it.
pub(super) fn topics<'a>(wants: impl Iterator<Item = (&'a TopicPartition, &'a Wanted)>) -> Vec<FetchTopic> {
    let mut by_topic: BTreeMap<(&TopicName, TopicId), Vec<FetchPartition>> = BTreeMap::new();
    for (name, want) in wants {
        by_topic
            .entry((&name.topic, want.topic_id))
            .or_default()
            .push(want.partition.clone());
    }
    let topic = |((topic, topic_id), partitions): ((&TopicName, TopicId), _)| FetchTopic {
        topic: topic.clone(),
        topic_id,
        partitions,
    };
    by_topic.into_iter().map(topic).collect()
}

fn forgotten<'a>(gone: impl Iterator<Item = (&'a TopicPartition, TopicId)>) -> Vec<ForgottenTopic> {
    let mut by_topic: BTreeMap<(&TopicName, TopicId), Vec<i32>> = BTreeMap::new();
    for (name, topic_id) in gone {
        by_topic
            .entry((&name.topic, topic_id))
            .or_default()
            .push(name.partition);
    }
    let topic = |((topic, topic_id), partitions): ((&TopicName, TopicId), _)| ForgottenTopic {
        topic: topic.clone(),
        topic_id,
        partitions,
    };
    by_topic.into_iter().map(topic).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(list: &[(&str, i32, i64)]) -> Wants {
        let want = |&(topic, partition, fetch_offset): &(&str, i32, i64)| {
            let partition = FetchPartition {
                partition,
                fetch_offset,
                ..FetchPartition::default()
            };
            let mut id = [0; 16];
            id[0] = topic.as_bytes()[0];
            (
                TopicPartition::new(topic, partition.partition),
                Wanted {
                    topic_id: TopicId(id),
                    partition,
                },
            )
        };
        list.iter().map(want).collect()
    }

    fn shown(difference: &Difference) -> String {
        let mut text = alloc::format!("{}/{}", difference.id, difference.epoch);
        for topic in &difference.topics {
            for p in &topic.partitions {
                text += &alloc::format!(" {}-{}@{}", topic.topic, p.partition, p.fetch_offset);
            }
        }
        for topic in &difference.forgotten {
            text += &alloc::format!(" -{}{:?}", topic.topic, topic.partitions);
        }
        text
    }

    #[test]
    fn names_all_at_first_and_then_only_what_changed() {
        let mut session = Session::new();
        assert_eq!(
            shown(&session.advance(wants(&[("t", 0, 5), ("t", 1, 7)]))),
            "0/0 t-0@5 t-1@7"
        );
        session.answered(9);
        assert_eq!(
            shown(&session.advance(wants(&[("t", 0, 6), ("t", 1, 7), ("u", 0, 0)]))),
            "9/1 t-0@6 u-0@0"
        );
        session.answered(9);
        assert_eq!(shown(&session.advance(wants(&[("t", 1, 7)]))), "9/2 -t[0] -u[0]");
        session.answered(9);
        assert_eq!(shown(&session.advance(wants(&[("t", 1, 7)]))), "9/3");
    }

    #[test]
    fn names_all_again_after_doubt_and_closes_the_old_one() {
        let mut session = Session::new();
        session.advance(wants(&[("t", 0, 5)]));
        session.answered(9);
        session.doubt();
        assert_eq!(shown(&session.advance(wants(&[("t", 0, 5)]))), "9/0 t-0@5");
        session.answered(10);
        assert_eq!(shown(&session.advance(wants(&[("t", 0, 5)]))), "10/1");
        session.forget();
        assert_eq!(shown(&session.advance(wants(&[("t", 0, 5)]))), "0/0 t-0@5");
    }

    #[test]
    fn without_a_session_each_request_names_all() {
        let mut session = Session::new();
        session.advance(wants(&[("t", 0, 5)]));
        session.answered(0);
        assert_eq!(shown(&session.advance(wants(&[("t", 0, 5)]))), "0/0 t-0@5");
    }

    #[test]
    fn the_epoch_wraps_to_one() {
        let mut session = Session {
            id: 9,
            epoch: i32::MAX,
            held: Wants::new(),
        };
        session.answered(9);
        assert_eq!(shown(&session.advance(Wants::new())), "9/1");
    }

    /// Found by the simulator on Kafka 2.7: the partition was named as wanted and as forgotten, and never read again.
    #[test]
    fn a_topic_of_another_id_is_never_wanted_and_forgotten_in_one_request() {
        let mut session = Session::new();
        session.advance(wants(&[("t", 0, 5), ("u", 0, 6)]));
        session.answered(9);
        let mut anew = wants(&[("t", 0, 0), ("u", 0, 6)]);
        anew.values_mut()
            .filter(|want| want.partition.fetch_offset == 0)
            .for_each(|want| want.topic_id = TopicId([1; 16]));
        let difference = session.advance(anew);
        assert_eq!(shown(&difference), "9/0 t-0@0 u-0@6");
        assert_eq!(difference.topics[0].topic_id, TopicId([1; 16]));
    }
}
