//! Fetch sessions (KIP-227): a client names its partitions once and hears only of those with news.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use kohort_protocol::api::fetch::{FetchPartition, FetchRequest};
use kohort_protocol::{ErrorCode, TopicId, TopicName};

/// A topic as the request's version names it: by name up to v12, by id from v13 on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TopicRef {
    pub(crate) name: TopicName,
    pub(crate) id: TopicId,
}

/// A partition to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) topic: TopicRef,
    pub(crate) read: FetchPartition,
}

/// What one request reads, and how its answer is told.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) targets: Vec<Target>,
    /// 0 if there is none.
    pub(crate) session_id: i32,
    /// Only partitions with news are told.
    pub(crate) incremental: bool,
}

/// What the client heard last of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Told {
    pub(crate) high_watermark: i64,
    pub(crate) log_start_offset: i64,
}

type Key = (TopicRef, i32);

#[derive(Debug)]
struct Session {
    next_epoch: i32,
    by_id: bool,
    /// In the order in which they are read: what gave records goes to the end, so that no partition starves.
    order: BTreeMap<u64, (Target, Option<Told>)>,
    places: BTreeMap<Key, u64>,
    next_place: u64,
    last_used: u64,
}

impl Session {
    fn new(by_id: bool) -> Self {
        Self {
            next_epoch: 1,
            by_id,
            order: BTreeMap::new(),
            places: BTreeMap::new(),
            next_place: 0,
            last_used: 0,
        }
    }

    fn put(&mut self, target: Target) {
        let key = (target.topic.clone(), target.read.partition);
        let place = self.places.entry(key).or_insert_with(|| {
            self.next_place += 1;
            self.next_place
        });
        let told = self.order.get(place).and_then(|(_, told)| *told);
        self.order.insert(*place, (target, told));
    }

    fn remove(&mut self, key: &Key) {
        if let Some(place) = self.places.remove(key) {
            self.order.remove(&place);
        }
    }

    fn move_to_end(&mut self, key: &Key) {
        let Some(place) = self.places.get_mut(key) else {
            return;
        };
        if let Some(entry) = self.order.remove(place) {
            self.next_place += 1;
            *place = self.next_place;
            self.order.insert(*place, entry);
        }
    }
}

/// The sessions of one node.
#[derive(Debug)]
pub(crate) struct FetchSessions {
    sessions: BTreeMap<i32, Session>,
    slots: usize,
    next_id: i32,
    uses: u64,
}

impl FetchSessions {
    pub(crate) fn new(slots: usize) -> Self {
        Self {
            sessions: BTreeMap::new(),
            slots,
            next_id: 1,
            uses: 0,
        }
    }

    /// A restarted broker knows no session; ids go on, so that an old one is not taken for a new one.
    pub(crate) fn clear(&mut self) {
        self.sessions.clear();
    }

    /// What the request reads.
    ///
    /// # Errors
    /// FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR.
    pub(crate) fn plan(&mut self, request: &FetchRequest, by_id: bool) -> Result<Plan, ErrorCode> {
        if request.session_epoch > 0 {
            return self.go_on(request, by_id);
        }
        self.sessions.remove(&request.session_id);
        let targets = targets(request);
        let session_id = if request.session_epoch == 0 {
            self.make(&targets, by_id)
        } else {
            0
        };
        Ok(Plan {
            targets,
            session_id,
            incremental: false,
        })
    }

    /// A session with room for it: the one that was idle longest goes.
    fn make(&mut self, targets: &[Target], by_id: bool) -> i32 {
        if self.slots == 0 || targets.is_empty() {
            return 0;
        }
        if self.sessions.len() >= self.slots {
            let idle = self.sessions.iter().min_by_key(|(_, session)| session.last_used);
            let idle = idle.map(|(id, _)| *id);
            self.sessions.retain(|id, _| Some(*id) != idle);
        }
        let id = self.next_id;
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        let mut session = Session::new(by_id);
        self.uses += 1;
        session.last_used = self.uses;
        for target in targets {
            session.put(target.clone());
        }
        self.sessions.insert(id, session);
        id
    }

    fn go_on(&mut self, request: &FetchRequest, by_id: bool) -> Result<Plan, ErrorCode> {
        let session = self
            .sessions
            .get_mut(&request.session_id)
            .ok_or(ErrorCode::FETCH_SESSION_ID_NOT_FOUND)?;
        if session.next_epoch != request.session_epoch {
            return Err(ErrorCode::INVALID_FETCH_SESSION_EPOCH);
        }
        if session.by_id != by_id {
            return Err(ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR);
        }
        session.next_epoch = session.next_epoch.checked_add(1).unwrap_or(1);
        self.uses += 1;
        session.last_used = self.uses;
        for target in targets(request) {
            session.put(target);
        }
        for key in forgotten(request) {
            session.remove(&key);
        }
        Ok(Plan {
            targets: session.order.values().map(|(target, _)| target.clone()).collect(),
            session_id: request.session_id,
            incremental: true,
        })
    }

    /// Notes what an answer says of a partition; `true` if that is news.
    pub(crate) fn tell(&mut self, session_id: i32, target: &Target, told: Told, has_records: bool) -> bool {
        let Some(session) = self.sessions.get_mut(&session_id) else {
            return true;
        };
        let key = (target.topic.clone(), target.read.partition);
        let place = session.places.get(&key);
        let entry = place.and_then(|place| session.order.get_mut(place));
        let news = entry.is_none_or(|(_, before)| before.replace(told) != Some(told));
        if has_records {
            session.move_to_end(&key);
        }
        news
    }
}

fn targets(request: &FetchRequest) -> Vec<Target> {
    let topics = request.topics.iter();
    let target = |topic: TopicRef, read: &FetchPartition| Target {
        topic,
        read: read.clone(),
    };
    topics
        .flat_map(|asked| {
            let topic = TopicRef {
                name: asked.topic.clone(),
                id: asked.topic_id,
            };
            asked
                .partitions
                .iter()
                .map(move |read| target(topic.clone(), read))
        })
        .collect()
}

fn forgotten(request: &FetchRequest) -> Vec<Key> {
    let topics = request.forgotten_topics_data.iter();
    topics
        .flat_map(|left| {
            let topic = TopicRef {
                name: left.topic.clone(),
                id: left.topic_id,
            };
            left.partitions
                .iter()
                .map(move |partition| (topic.clone(), *partition))
        })
        .collect()
}
