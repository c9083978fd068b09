//! Messages as Rust structs: those of which kafka-protocol lacks versions, or that it lacks at all.
//!
//! A file says what a message's fields are, and no more: the `message!` macro of the protocol crate makes the code of it,
//! so that the files stay readable and a new Kafka shows as a readable difference. The docs say the facts of the
//! definition; what a field means is said once, by our own structs in `api`, in our own words.

use crate::Source;
use crate::definition::{Definition, Field, Kind, Range};
use crate::table::v;
use anyhow::{Context, bail, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

/// What to write. The protocol crate's test `every_message_of_the_table_can_be_spoken` names what is missing here, and
/// `what_kafka_protocol_lacks` what no longer needs to be here.
const COMPLETED: [&str; 35] = [
    "AddRaftVoterRequest",
    "AddRaftVoterResponse",
    "ApiVersionsRequest",
    "ApiVersionsResponse",
    "DeleteGroupsRequest",
    "DeleteGroupsResponse",
    "DescribeLogDirsRequest",
    "DescribeLogDirsResponse",
    "DescribeShareGroupOffsetsRequest",
    "DescribeShareGroupOffsetsResponse",
    "InitProducerIdRequest",
    "ListOffsetsRequest",
    "ListOffsetsResponse",
    "OffsetCommitRequest",
    "OffsetFetchRequest",
    "ReadShareGroupStateSummaryRequest",
    "ReadShareGroupStateSummaryResponse",
    "ShareAcknowledgeRequest",
    "ShareAcknowledgeResponse",
    "ShareFetchRequest",
    "ShareFetchResponse",
    "StreamsGroupDescribeRequest",
    "StreamsGroupDescribeResponse",
    "StreamsGroupHeartbeatRequest",
    "StreamsGroupHeartbeatResponse",
    "StreamsGroupTopologyDescriptionUpdateRequest",
    "StreamsGroupTopologyDescriptionUpdateResponse",
    "TxnOffsetCommitRequest",
    "TxnOffsetCommitResponse",
    "UnregisterControllerRequest",
    "UnregisterControllerResponse",
    "WriteShareGroupStateRequest",
    "WriteShareGroupStateResponse",
    "WriteTxnMarkersRequest",
    "WriteTxnMarkersResponse",
];

pub(crate) fn sources(version: &str, definitions: &[Definition]) -> anyhow::Result<Vec<Source>> {
    COMPLETED
        .iter()
        .map(|name| {
            let definition = definitions.iter().find(|definition| definition.name == *name);
            source(version, definition.context("Kafka has it no more")?).context(*name)
        })
        .collect()
}

fn source(version: &str, definition: &Definition) -> anyhow::Result<Source> {
    let name = &definition.name;
    let mut writer = Writer {
        message: definition,
        written: BTreeSet::new(),
        structs: String::new(),
    };
    writer.structure(name, &definition.fields)?;
    let Range { first, last } = definition.valid_versions;
    let text = format!(
        "//! {name}, as Kafka {version} defines it. Written by `tools/schema`; never edited by hand.\n\n\
         use super::declare::*;\n\n\
         message! {{\n    {}, versions: V({first}, {last}), flexible: {};\n{}}}\n",
        role(definition)?,
        v(definition.flexible_versions),
        writer.structs
    );
    Ok(Source {
        path: format!("messages/{}.rs", snake(name)),
        text,
    })
}

/// What the macro must know to implement the traits of whole messages.
fn role(definition: &Definition) -> anyhow::Result<String> {
    let name = &definition.name;
    let key = definition.api_key.context("it has no API key")?;
    Ok(match definition.kind {
        Kind::Request => {
            let response = name.replace("Request", "Response");
            format!("request {name}, key: {key}, response: {response}")
        }
        Kind::Response => format!("response {name}, key: {key}"),
        _ => bail!("neither request nor response"),
    })
}

struct Writer<'a> {
    message: &'a Definition,
    written: BTreeSet<String>,
    structs: String,
}

impl Writer<'_> {
    /// A struct, and after it those inside.
    fn structure(&mut self, name: &str, fields: &[Field]) -> anyhow::Result<()> {
        if !self.written.insert(name.to_owned()) {
            return Ok(());
        }
        let mut fields: Vec<_> = fields.iter().collect();
        // Tagged fields stand behind all others, in the order of their tags. Fields that no version has any more stay,
        // as in kafka-protocol.
        fields.sort_by_key(|field| field.tag);
        let mut out = format!("\n    /// {}\n    {name} {{\n", self.part(name));
        for field in &fields {
            self.field(&mut out, field).with_context(|| field.name.clone())?;
        }
        self.structs += &(out + "    }\n");
        for field in fields {
            if let Some(inside) = self.message.structure(field) {
                self.structure(field.element(), inside)?;
            }
        }
        Ok(())
    }

    fn part(&self, name: &str) -> String {
        if name == self.message.name {
            format!("The body of {name}.")
        } else {
            format!("A part of {}.", self.message.name)
        }
    }

    /// What the definition says of a field: `Array of string, v2 and later, nullable, null by default.`
    fn facts(&self, field: &Field) -> String {
        let array = if field.is_array() { "Array of " } else { "" };
        let mut out = format!("{array}{}, {}", field.element(), self.when(field.versions));
        let nullable = field.nullable_versions.and(field.versions);
        if nullable == field.versions && !nullable.is_empty() {
            out += ", nullable";
        } else if !nullable.is_empty() {
            out += &format!(", nullable in {}", self.when(nullable));
        }
        if let Some(tag) = field.tag {
            out += &format!(", tagged (tag {tag})");
        }
        match &field.default {
            Some(Value::String(text)) if text.is_empty() => {}
            Some(Value::String(text)) => out += &format!(", {text} by default"),
            Some(other) => out += &format!(", {other} by default"),
            None => {}
        }
        out + "."
    }

    /// The versions of a field, in words.
    fn when(&self, versions: Range) -> String {
        let Range { first, last } = versions;
        if versions.is_empty() {
            "in no version any more".to_owned()
        } else if versions.and(self.message.valid_versions) == self.message.valid_versions {
            "all versions".to_owned()
        } else if last == Range::OPEN {
            format!("v{first} and later")
        } else if first == last {
            format!("v{first}")
        } else {
            format!("v{first} to v{last}")
        }
    }

    fn field(&self, out: &mut String, field: &Field) -> anyhow::Result<()> {
        // Optional if any version ever had null there, as in kafka-protocol.
        let nullable = field.nullable_versions;
        let of = if nullable.is_empty() {
            self.held(field)?
        } else {
            format!("Option<{}>", self.held(field)?)
        };
        let name = snake(&field.name);
        writeln!(out, "        /// {}", self.facts(field))?;
        write!(
            out,
            "        {name} with_{name}: {of} = {}, at({})",
            self.default(field, !nullable.is_empty())?,
            v(field.versions)
        )?;
        if !nullable.is_empty() {
            write!(out, ".null({})", v(field.nullable_versions))?;
        }
        if let Some(tag) = field.tag {
            write!(out, ".tag({tag})")?;
        }
        if field.ignorable {
            write!(out, ".ignorable()")?;
        }
        out.push_str(";\n");
        Ok(())
    }

    /// The Rust type of a value that is there.
    fn held(&self, field: &Field) -> anyhow::Result<String> {
        ensure!(field.flexible_versions.is_none(), "flexible versions of its own");
        let of = match &*self.scalar(field)? {
            _ if field.entity_type.is_some() => entity(field.entity_type.as_deref())?.to_owned(),
            scalar => scalar.to_owned(),
        };
        Ok(if field.is_array() {
            format!("Vec<{of}>")
        } else {
            of
        })
    }

    fn scalar(&self, field: &Field) -> anyhow::Result<String> {
        Ok(match field.element() {
            "bool" => "bool",
            "int8" => "i8",
            "int16" => "i16",
            "uint16" => "u16",
            "int32" => "i32",
            "int64" => "i64",
            "float64" => "f64",
            "uuid" => "Uuid",
            "string" => "StrBytes",
            "bytes" | "records" => "Bytes",
            name if self.message.structure(field).is_some() => name,
            other => bail!("unknown type `{other}`"),
        }
        .to_owned())
    }

    /// Its default as Kafka's code generator reads it: null only where it is said, else empty or zero.
    fn default(&self, field: &Field, optional: bool) -> anyhow::Result<String> {
        let text = match &field.default {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let value = match &*text {
            "null" => return Ok("None".to_owned()),
            "" => "Default::default()".to_owned(),
            _ => match field.entity_type.as_deref() {
                Some(kind) => format!("{}({text})", entity(Some(kind))?),
                None => text,
            },
        };
        Ok(if optional { format!("Some({value})") } else { value })
    }
}

/// kafka-protocol's types for what Kafka calls entities.
fn entity(kind: Option<&str>) -> anyhow::Result<&'static str> {
    Ok(match kind {
        Some("brokerId") => "BrokerId",
        Some("groupId") => "GroupId",
        Some("producerId") => "ProducerId",
        Some("topicName") => "TopicName",
        Some("transactionalId") => "TransactionalId",
        other => bail!("unknown entity {other:?}"),
    })
}

/// `GroupId` as `group_id` and `Enable2Pc` as `enable_2_pc`: kafka-protocol's way.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if (letter.is_uppercase() || letter.is_ascii_digit()) && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
