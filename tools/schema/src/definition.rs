//! A message definition as Kafka writes it. A key that is not named here is refused, not skipped: a new attribute may
//! change the bytes.

use anyhow::Context;
use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Definition {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) api_key: Option<i16>,
    #[serde(default)]
    pub(crate) listeners: Vec<String>,
    pub(crate) valid_versions: Range,
    #[serde(default)]
    pub(crate) flexible_versions: Range,
    #[serde(default)]
    pub(crate) latest_version_unstable: bool,
    #[serde(default)]
    pub(crate) fields: Vec<Field>,
    #[serde(default)]
    pub(crate) common_structs: Vec<Common>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Request,
    Response,
    Header,
    Data,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Common {
    pub(crate) name: String,
    #[serde(rename = "versions")]
    _versions: Range,
    pub(crate) fields: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) of: String,
    pub(crate) versions: Range,
    #[serde(default)]
    pub(crate) nullable_versions: Range,
    pub(crate) tag: Option<u8>,
    pub(crate) tagged_versions: Option<Range>,
    pub(crate) flexible_versions: Option<Range>,
    #[serde(default)]
    pub(crate) fields: Vec<Field>,
    // What follows says how a value is held or explained; none of it changes the bytes.
    #[serde(rename = "about")]
    _about: Option<IgnoredAny>,
    pub(crate) default: Option<serde_json::Value>,
    pub(crate) entity_type: Option<String>,
    #[serde(default)]
    pub(crate) ignorable: bool,
    #[serde(rename = "mapKey")]
    _map_key: Option<bool>,
    #[serde(rename = "zeroCopy")]
    _zero_copy: Option<bool>,
}

impl Definition {
    /// The fields of the struct that `field` holds, or holds an array of; `None` if it holds no struct.
    pub(crate) fn structure<'a>(&'a self, field: &'a Field) -> Option<&'a [Field]> {
        if !field.fields.is_empty() {
            return Some(&field.fields);
        }
        Some(&*self.common(field.element())?.fields)
    }

    /// The struct of this name that several fields share.
    pub(crate) fn common(&self, name: &str) -> Option<&Common> {
        self.common_structs.iter().find(|common| common.name == name)
    }
}

impl Field {
    /// Its type, or the type of its elements.
    pub(crate) fn element(&self) -> &str {
        self.of.strip_prefix("[]").unwrap_or(&self.of)
    }

    pub(crate) fn is_array(&self) -> bool {
        self.of.starts_with("[]")
    }
}

/// `3`, `3-7`, `3+` or `none`; both ends are inside.
#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(try_from = "String")]
pub(crate) struct Range {
    pub(crate) first: u8,
    pub(crate) last: u8,
}

impl Range {
    /// The end of `3+`.
    pub(crate) const OPEN: u8 = u8::MAX;
    pub(crate) const NONE: Self = Self {
        first: Self::OPEN,
        last: 0,
    };

    pub(crate) fn contains(self, version: u8) -> bool {
        (self.first..=self.last).contains(&version)
    }

    /// The versions in both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            first: self.first.max(other.first),
            last: self.last.min(other.last),
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.first > self.last
    }
}

impl Default for Range {
    fn default() -> Self {
        Self::NONE
    }
}

impl TryFrom<String> for Range {
    type Error = anyhow::Error;

    fn try_from(text: String) -> anyhow::Result<Self> {
        let number = |digits: &str| {
            digits
                .parse()
                .with_context(|| format!("`{text}` is no version range"))
        };
        match (text.strip_suffix('+'), text.split_once('-')) {
            _ if text == "none" => Ok(Self::NONE),
            (Some(first), _) => Ok(Self {
                first: number(first)?,
                last: Self::OPEN,
            }),
            (_, Some((first, last))) => Ok(Self {
                first: number(first)?,
                last: number(last)?,
            }),
            _ => Ok(Self {
                first: number(&text)?,
                last: number(&text)?,
            }),
        }
    }
}
