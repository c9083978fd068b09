//! Bugs of versions: what a broker once said of itself is taken for the truth for ever.

use std::collections::BTreeMap;

use kohort_protocol::api::Versions;

use super::{At, Bug};
use crate::history::Process;

/// What the first broker offered is taken for what all of them offer, for ever (the broker pool of KafkaJS, `api_version` of
/// kafka-python).
#[derive(Default)]
pub(super) struct VersionsRemembered {
    first: BTreeMap<Option<Process>, Versions>,
}

impl Bug for VersionsRemembered {
    fn offered(&mut self, at: At, versions: Versions) -> Versions {
        self.first.entry(at.process).or_insert(versions).clone()
    }
}
