//! What members of a `consumer` group write to each other: a [`Subscription`] to the leader, an [`Assignment`] back.
//!
//! The broker passes these bytes on unread, so a reader must expect anything that some process allowed into the group can think of:
//! nothing is allocated by a count, text and partitions are checked, and the size is capped. An `i16` version stands in front. Newer
//! versions only append (KIP-429, KIP-792, KIP-881), so an unknown one is read as the newest known. What was read is in canonical form,
//! sorted and without duplicates, and written so too: a broker rebalances a group when the bytes of a subscription change.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{Generation, TopicName, TopicPartition};

/// The newest version of both, which is written unless there is a reason not to.
pub const NEWEST_VERSION: i16 = 3;

/// More bytes than this from one member are refused. A million partitions take 4 MB, and a broker by default stores no group whose
/// members' bytes together exceed 1 MB.
pub const MAX_BYTES: usize = 8 << 20;

/// More memory than this for the lists and texts of one is refused: a topic of one letter takes three bytes, and 49 once it is read.
/// A million partitions take 24 MB. While a list grows, its old and its new self may take three times as much for a moment.
pub const MAX_MEMORY: usize = 32 << 20;

/// What a topic takes besides its name: a pointer to it in a list and, shared with all partitions, two counters and their padding.
const TOPIC: usize = 48;

/// What a member wants and has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription {
    /// The topics it wants to read.
    pub topics: Vec<TopicName>,
    /// Whatever its assignor wants to tell the leader's.
    pub user_data: Option<Bytes>,
    /// What it owns, v1+ (KIP-429): a leader must not give it to another before it is revoked.
    pub owned_partitions: Vec<TopicPartition>,
    /// The generation in which it got them, v2+ (KIP-792): of two claims the newer counts.
    pub generation: Generation,
    /// Where it runs, v3+ (KIP-881).
    pub rack: Option<String>,
}

/// What the leader gives to a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// The partitions it may read.
    pub partitions: Vec<TopicPartition>,
    /// Whatever the leader's assignor wants to tell the member's.
    pub user_data: Option<Bytes>,
}

/// Bytes that are no subscription or assignment, or a value that cannot be written as one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsumerProtocolError {
    /// More than [`MAX_BYTES`].
    #[error("{what} of {size} bytes: at most {MAX_BYTES} are accepted")]
    TooLarge {
        /// Subscription or assignment.
        what: &'static str,
        /// Its size.
        size: usize,
    },
    /// It may be small, but would take more memory than is left for it.
    #[error(
        "{what} v{version}, byte {at}: `{field}` makes it take more than the {limit} bytes of memory it may"
    )]
    Memory {
        /// Subscription or assignment.
        what: &'static str,
        /// The version it claims.
        version: i16,
        /// Where it was too much.
        at: usize,
        /// In which field.
        field: &'static str,
        /// The memory it may take.
        limit: usize,
    },
    /// Nothing at all: a leader that assigned nothing to this member, or another kind of client.
    #[error("{what} is empty: not even a version is there")]
    Empty {
        /// Subscription or assignment.
        what: &'static str,
    },
    /// A version below 0, or one to be written that does not exist.
    #[error("{what} of version {version}: only 0 to {NEWEST_VERSION} are known")]
    Version {
        /// Subscription or assignment.
        what: &'static str,
        /// The version.
        version: i16,
    },
    /// A field that does not hold what it should.
    #[error("{what} v{version}, byte {at}: {problem} in `{field}`")]
    Field {
        /// Subscription or assignment.
        what: &'static str,
        /// The version it claims.
        version: i16,
        /// Where the trouble was found.
        at: usize,
        /// In which field.
        field: &'static str,
        /// What was wrong.
        problem: &'static str,
    },
}

const SUBSCRIPTION: &str = "subscription";
const ASSIGNMENT: &str = "assignment";

impl Subscription {
    /// Reads what another member wrote.
    ///
    /// Fields of v1+ may be missing at the end: sarama announces v1 and does not write them.
    ///
    /// # Errors
    /// [`ConsumerProtocolError`] if it is none. The caller should pass over that member, not fail the group.
    pub fn decode(blob: &[u8]) -> Result<Self, ConsumerProtocolError> {
        Self::decode_within(blob, &mut { MAX_MEMORY })
    }

    /// As [`decode`](Self::decode), and takes what the subscription occupies from `memory`: for a leader, who holds those of all members.
    ///
    /// # Errors
    /// As there; [`ConsumerProtocolError::Memory`] also if there is not enough. `memory` is as it was then.
    pub fn decode_within(blob: &[u8], memory: &mut usize) -> Result<Self, ConsumerProtocolError> {
        let limit = MAX_MEMORY.min(*memory);
        let mut reader = Reader::new(SUBSCRIPTION, blob, limit)?;
        let mut this = Self {
            topics: reader.list("topics", Reader::topic)?,
            user_data: reader.nullable_bytes("user_data")?,
            ..Self::default()
        };
        sort(&mut this.topics);
        if reader.holds_more(1) {
            this.owned_partitions = reader.partitions("owned_partitions")?;
        }
        if reader.holds_more(2) {
            this.generation = Generation(i32::from_be_bytes(reader.array("generation_id")?));
        }
        if reader.holds_more(3) {
            this.rack = reader.nullable_text("rack_id")?;
        }
        *memory -= limit - reader.memory;
        Ok(this)
    }

    /// Writes it. Fields that the version lacks are left out, as Kafka's schema has it.
    ///
    /// # Errors
    /// [`ConsumerProtocolError`] if there is no such version, or if something is too long.
    pub fn encode(&self, version: i16) -> Result<Bytes, ConsumerProtocolError> {
        let mut writer = Writer::new(SUBSCRIPTION, version)?;
        let mut topics = self.topics.clone();
        sort(&mut topics);
        writer.count("topics", topics.len())?;
        for topic in &topics {
            writer.text("topics", topic.as_str())?;
        }
        writer.nullable_bytes("user_data", self.user_data.as_deref())?;
        if version >= 1 {
            writer.partitions("owned_partitions", &self.owned_partitions)?;
        }
        if version >= 2 {
            writer.out.put_i32(self.generation.0);
        }
        match &self.rack {
            Some(rack) if version >= 3 => writer.text("rack_id", rack)?,
            None if version >= 3 => writer.out.put_i16(-1),
            _ => {}
        }
        writer.finish()
    }
}

impl Assignment {
    /// Reads what the leader wrote.
    ///
    /// # Errors
    /// [`ConsumerProtocolError`] if it is none.
    pub fn decode(blob: &[u8]) -> Result<Self, ConsumerProtocolError> {
        let mut reader = Reader::new(ASSIGNMENT, blob, MAX_MEMORY)?;
        Ok(Self {
            partitions: reader.partitions("assigned_partitions")?,
            user_data: reader.nullable_bytes("user_data")?,
        })
    }

    /// Writes it; all versions are the same so far.
    ///
    /// # Errors
    /// [`ConsumerProtocolError`] if there is no such version, or if something is too long.
    pub fn encode(&self, version: i16) -> Result<Bytes, ConsumerProtocolError> {
        let mut writer = Writer::new(ASSIGNMENT, version)?;
        writer.partitions("assigned_partitions", &self.partitions)?;
        writer.nullable_bytes("user_data", self.user_data.as_deref())?;
        writer.finish()
    }
}

fn sort<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// Reads field after field. Lists grow by what was really read, never by what they claim.
struct Reader<'a> {
    what: &'static str,
    version: i16,
    size: usize,
    rest: &'a [u8],
    limit: usize,
    /// What is left of it.
    memory: usize,
}

type Read<T> = Result<T, ConsumerProtocolError>;

impl<'a> Reader<'a> {
    fn new(what: &'static str, blob: &'a [u8], limit: usize) -> Read<Self> {
        if blob.is_empty() {
            return Err(ConsumerProtocolError::Empty { what });
        }
        let size = blob.len();
        if size > MAX_BYTES {
            return Err(ConsumerProtocolError::TooLarge { what, size });
        }
        let mut this = Self {
            what,
            version: 0,
            size,
            rest: blob,
            limit,
            memory: limit,
        };
        this.version = i16::from_be_bytes(this.array("version")?);
        if this.version < 0 {
            let version = this.version;
            return Err(ConsumerProtocolError::Version { what, version });
        }
        Ok(this)
    }

    fn wrong(&self, field: &'static str, problem: &'static str) -> ConsumerProtocolError {
        ConsumerProtocolError::Field {
            what: self.what,
            version: self.version,
            at: self.size - self.rest.len(),
            field,
            problem,
        }
    }

    fn charge(&mut self, memory: usize, field: &'static str) -> Read<()> {
        let Some(left) = self.memory.checked_sub(memory) else {
            return Err(ConsumerProtocolError::Memory {
                what: self.what,
                version: self.version,
                at: self.size - self.rest.len(),
                field,
                limit: self.limit,
            });
        };
        self.memory = left;
        Ok(())
    }

    /// Whether a field that came with version `since` is there.
    fn holds_more(&self, since: i16) -> bool {
        self.version >= since && !self.rest.is_empty()
    }

    fn take(&mut self, length: usize, field: &'static str) -> Read<&'a [u8]> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| self.wrong(field, "the bytes end"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Read<[u8; N]> {
        let taken = self.take(N, field)?;
        taken
            .first_chunk()
            .copied()
            .ok_or_else(|| self.wrong(field, "the bytes end"))
    }

    fn count(&mut self, field: &'static str) -> Read<usize> {
        let count = i32::from_be_bytes(self.array(field)?);
        usize::try_from(count).map_err(|_| self.wrong(field, "a negative count"))
    }

    fn list<T>(
        &mut self,
        field: &'static str,
        read: impl Fn(&mut Self, &'static str) -> Read<T>,
    ) -> Read<Vec<T>> {
        let mut list = Vec::new();
        for _ in 0..self.count(field)? {
            list.push(read(self, field)?);
        }
        Ok(list)
    }

    fn partitions(&mut self, field: &'static str) -> Read<Vec<TopicPartition>> {
        let mut all = Vec::new();
        for _ in 0..self.count(field)? {
            let topic = self.topic(field)?;
            for _ in 0..self.count(field)? {
                let partition = i32::from_be_bytes(self.array(field)?);
                if partition < 0 {
                    return Err(self.wrong(field, "a negative partition"));
                }
                self.charge(size_of::<TopicPartition>(), field)?;
                all.push(TopicPartition::new(topic.clone(), partition));
            }
        }
        sort(&mut all);
        Ok(all)
    }

    /// A topic's name is never empty, and two bytes of wire must not become an allocation.
    fn topic(&mut self, field: &'static str) -> Read<TopicName> {
        match self.nullable_text(field)? {
            Some(name) if !name.is_empty() => {
                self.charge(TOPIC, field)?;
                Ok(TopicName::from(name))
            }
            Some(_) => Err(self.wrong(field, "an empty topic name")),
            None => Err(self.wrong(field, "a null topic name")),
        }
    }

    fn nullable_text(&mut self, field: &'static str) -> Read<Option<String>> {
        let length = match i16::from_be_bytes(self.array(field)?) {
            -1 => return Ok(None),
            length => usize::try_from(length).map_err(|_| self.wrong(field, "a negative length"))?,
        };
        let text = self.take(length, field)?;
        self.charge(length, field)?;
        let text = core::str::from_utf8(text).map_err(|_| self.wrong(field, "text that is not UTF-8"))?;
        Ok(Some(text.to_owned()))
    }

    fn nullable_bytes(&mut self, field: &'static str) -> Read<Option<Bytes>> {
        let length = match i32::from_be_bytes(self.array(field)?) {
            -1 => return Ok(None),
            length => usize::try_from(length).map_err(|_| self.wrong(field, "a negative length"))?,
        };
        let bytes = self.take(length, field)?;
        self.charge(length, field)?;
        Ok(Some(Bytes::copy_from_slice(bytes)))
    }
}

struct Writer {
    what: &'static str,
    version: i16,
    out: BytesMut,
}

impl Writer {
    fn new(what: &'static str, version: i16) -> Read<Self> {
        if !(0..=NEWEST_VERSION).contains(&version) {
            return Err(ConsumerProtocolError::Version { what, version });
        }
        let mut out = BytesMut::new();
        out.put_i16(version);
        Ok(Self { what, version, out })
    }

    fn too_long(&self, field: &'static str) -> ConsumerProtocolError {
        ConsumerProtocolError::Field {
            what: self.what,
            version: self.version,
            at: self.out.len(),
            field,
            problem: "more than its length field can say",
        }
    }

    fn count(&mut self, field: &'static str, count: usize) -> Read<()> {
        let count = i32::try_from(count).map_err(|_| self.too_long(field))?;
        self.out.put_i32(count);
        Ok(())
    }

    fn text(&mut self, field: &'static str, text: &str) -> Read<()> {
        let length = i16::try_from(text.len()).map_err(|_| self.too_long(field))?;
        self.out.put_i16(length);
        self.out.put_slice(text.as_bytes());
        Ok(())
    }

    fn nullable_bytes(&mut self, field: &'static str, bytes: Option<&[u8]>) -> Read<()> {
        match bytes {
            None => self.out.put_i32(-1),
            Some(bytes) => {
                self.count(field, bytes.len())?;
                self.out.put_slice(bytes);
            }
        }
        Ok(())
    }

    fn partitions(&mut self, field: &'static str, partitions: &[TopicPartition]) -> Read<()> {
        let mut sorted = partitions.to_vec();
        sort(&mut sorted);
        let topics = || sorted.chunk_by(|a, b| a.topic == b.topic);
        self.count(field, topics().count())?;
        for of_topic in topics() {
            if let Some(first) = of_topic.first() {
                self.text(field, first.topic.as_str())?;
            }
            self.count(field, of_topic.len())?;
            for TopicPartition { partition, .. } in of_topic {
                self.out.put_i32(*partition);
            }
        }
        Ok(())
    }

    /// Nobody would read more than we ourselves do.
    fn finish(self) -> Read<Bytes> {
        let (what, size) = (self.what, self.out.len());
        if size > MAX_BYTES {
            return Err(ConsumerProtocolError::TooLarge { what, size });
        }
        Ok(self.out.freeze())
    }
}
