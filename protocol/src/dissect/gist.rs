//! What a message is about, in a few words: for lists in which each frame has one line.

use std::collections::BTreeMap;

use super::fields::is_error_code;
use crate::ErrorCode;
use crate::layout::{Field, LayoutError, Schema, Value, Visit, walk};

/// How many groups and how many kinds of errors are kept.
const KEPT: usize = 8;

/// The groups that a message names, and the errors that it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gist {
    /// The first few groups, each once.
    pub groups: Vec<String>,
    /// The first few error codes other than 0, and how often each stands in the message.
    pub errors: BTreeMap<ErrorCode, usize>,
    /// What a Produce request says of acknowledgements: with 0 it gets no response.
    pub acks: Option<i64>,
}

impl Gist {
    /// Reads as much of a body as there is; it may be cut off. The second value says what ended the reading early.
    pub fn of(schema: &'static Schema, version: i16, body: &[u8]) -> (Self, Result<(), LayoutError>) {
        let mut look = Look::default();
        let read = walk(schema, version, body, &mut look);
        if look.key_type == 0 {
            let keys = core::mem::take(&mut look.keys);
            keys.iter().for_each(|key| look.group(key.as_bytes()));
        }
        (look.gist, read.map(drop))
    }
}

#[derive(Default)]
struct Look {
    gist: Gist,
    /// What FindCoordinator looks for: groups, unless the type says otherwise.
    keys: Vec<String>,
    key_type: i64,
}

impl Look {
    fn group(&mut self, name: &[u8]) {
        let name = String::from_utf8_lossy(name);
        if self.gist.groups.len() < KEPT && !self.gist.groups.iter().any(|known| *known == name) {
            self.gist.groups.push(name.into_owned());
        }
    }

    fn error(&mut self, code: i64) {
        let Ok(code) = i16::try_from(code) else { return };
        let errors = &mut self.gist.errors;
        if code != 0 && (errors.len() < KEPT || errors.contains_key(&ErrorCode(code))) {
            *errors.entry(ErrorCode(code)).or_default() += 1;
        }
    }
}

impl Visit for Look {
    fn value(&mut self, _at: usize, field: &'static Field, value: Value<'_>) {
        match (field.name, value) {
            ("groupId" | "groupIds" | "groupsNames" | "groups", Value::String(name)) => self.group(name),
            ("key" | "coordinatorKeys", Value::String(key)) if self.keys.len() < KEPT => {
                self.keys.push(String::from_utf8_lossy(key).into_owned());
            }
            ("keyType", Value::Int(kind)) => self.key_type = kind,
            ("acks", Value::Int(acks)) => self.gist.acks = Some(acks),
            (_, Value::Int(code)) if is_error_code(field) => self.error(code),
            _ => {}
        }
    }
}
