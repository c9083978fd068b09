//! The table as Rust text: one line per field, so that a new Kafka shows as a readable difference.

use crate::definition::{Definition, Field, Kind, Range};
use anyhow::{Context, bail, ensure};
use std::fmt::Write;

/// Messages nest six structs deep today; a definition that nests deeper than this most likely contains itself.
const DEEPEST: usize = 12;

pub(crate) fn table(version: &str, definitions: &[Definition]) -> anyhow::Result<String> {
    let mut out = head(version);
    for definition in definitions {
        message(&mut out, definition).with_context(|| definition.name.clone())?;
    }
    list(&mut out, "REQUESTS", "request", definitions, &Kind::Request);
    list(&mut out, "RESPONSES", "response", definitions, &Kind::Response);
    Ok(out)
}

fn head(version: &str) -> String {
    format!(
        "//! Every message a client may exchange with a broker, as Kafka {version} defines it.\n\
         //!\n\
         //! Written by `tools/schema` from kafka-clients-{version}.jar; never edited by hand.\n\
         //! `V(3, N)` is Kafka's `\"versions\": \"3+\"`.\n\n\
         use super::schema::{{N, NEVER, Role, Schema, Struct, Type::*, V, many, one}};\n"
    )
}

fn message(out: &mut String, definition: &Definition) -> anyhow::Result<()> {
    let Definition {
        name,
        valid_versions,
        flexible_versions,
        ..
    } = definition;
    let role = match (&definition.kind, definition.api_key) {
        (Kind::Request, Some(key)) => format!("Role::Request({key})"),
        (Kind::Response, Some(key)) => format!("Role::Response({key})"),
        (Kind::Header, None) => "Role::Header".to_owned(),
        (Kind::Data, None) => "Role::Data".to_owned(),
        _ => bail!("an API key on a message without one, or none where one is needed"),
    };
    write!(
        out,
        "\n/// {name}\npub static {}: Schema = Schema {{ ",
        constant(name)
    )?;
    write!(
        out,
        "name: {name:?}, role: {role}, versions: {}, ",
        v(*valid_versions)
    )?;
    write!(
        out,
        "flexible: {}, unstable: {}, ",
        v(*flexible_versions),
        definition.latest_version_unstable
    )?;
    let writer = Writer { message: definition };
    write!(
        out,
        "root: {}",
        writer.shape(&definition.fields, *valid_versions, 1)?
    )?;
    out.push_str(" };\n");
    Ok(())
}

fn list(out: &mut String, name: &str, what: &str, definitions: &[Definition], kind: &Kind) {
    let _ = write!(
        out,
        "\n/// Every {what}, by API key.\npub static {name}: &[&Schema] = &[\n"
    );
    for definition in definitions.iter().filter(|d| d.kind == *kind) {
        let _ = writeln!(out, "    &{},", constant(&definition.name));
    }
    out.push_str("];\n");
}

struct Writer<'a> {
    message: &'a Definition,
}

impl Writer<'_> {
    /// A struct that exists in these versions.
    fn shape(&self, fields: &[Field], versions: Range, depth: usize) -> anyhow::Result<String> {
        ensure!(depth < DEEPEST, "its structs nest {depth} deep");
        // Kafka keeps the fields of versions it no longer speaks.
        let alive = |field: &&Field| !versions.and(field.versions).is_empty();
        let smallest = self.smallest(fields, versions, depth)?;
        ensure!(
            smallest > 0 || depth == 1,
            "no bytes at all: an array of them could have any length"
        );
        let mut out = format!("Struct {{ smallest: {smallest}, fields: &[\n");
        for field in fields.iter().filter(alive) {
            let line = self
                .field(field, versions, depth)
                .with_context(|| field.name.clone())?;
            writeln!(out, "{}{line},", "    ".repeat(depth))?;
        }
        write!(out, "{}] }}", "    ".repeat(depth - 1))?;
        Ok(out)
    }

    fn field(&self, field: &Field, versions: Range, depth: usize) -> anyhow::Result<String> {
        let made_by = if field.is_array() { "many" } else { "one" };
        let of = match self.message.structure(field) {
            Some(fields) => {
                format!(
                    "Struct(&{})",
                    self.shape(fields, versions.and(field.versions), depth + 1)?
                )
            }
            None => scalar(field)?.0.to_owned(),
        };
        let mut out = format!("{made_by}({:?}, {of}, {})", camel(&field.name), v(field.versions));
        if !versions.and(field.nullable_versions).is_empty() {
            write!(out, ".null({})", v(field.nullable_versions))?;
        }
        if let Some(tag) = field.tag {
            ensure!(
                field.tagged_versions == Some(field.versions),
                "tagged in some of its versions only"
            );
            write!(out, ".tag({tag})")?;
        }
        Ok(out)
    }

    /// The fewest bytes the struct takes in any of these versions.
    fn smallest(&self, fields: &[Field], versions: Range, depth: usize) -> anyhow::Result<usize> {
        let sizes = (versions.first..=versions.last).map(|version| self.struct_size(fields, version, depth));
        sizes
            .reduce(|least, size| Ok(least?.min(size?)))
            .context("it is in no version")?
    }

    fn struct_size(&self, fields: &[Field], version: u8, depth: usize) -> anyhow::Result<usize> {
        ensure!(depth < DEEPEST, "its structs nest {depth} deep");
        let mut size = usize::from(self.message.flexible_versions.contains(version));
        for field in fields
            .iter()
            .filter(|field| field.tag.is_none() && field.versions.contains(version))
        {
            size += self.field_size(field, version, depth)?;
        }
        Ok(size)
    }

    fn field_size(&self, field: &Field, version: u8, depth: usize) -> anyhow::Result<usize> {
        let flexible = self.message.flexible_versions.contains(version);
        if field.is_array() {
            return Ok(if flexible { 1 } else { 4 });
        }
        match self.message.structure(field) {
            Some(_) if field.nullable_versions.contains(version) => Ok(1),
            Some(fields) => self.struct_size(fields, version, depth + 1),
            None => scalar(field).map(|(_, fixed, compact)| if flexible { compact } else { fixed }),
        }
    }
}

/// A scalar's name in the table and its fewest bytes, without and with flexible versions.
fn scalar(field: &Field) -> anyhow::Result<(&'static str, usize, usize)> {
    let of = field.element();
    if let Some(flexible) = field.flexible_versions {
        ensure!(
            of == "string" && flexible == Range::NONE,
            "flexible versions of its own"
        );
        return Ok(("LegacyString", 2, 2));
    }
    Ok(match of {
        "bool" => ("Bool", 1, 1),
        "int8" => ("Int8", 1, 1),
        "int16" => ("Int16", 2, 2),
        "uint16" => ("Uint16", 2, 2),
        "int32" => ("Int32", 4, 4),
        "int64" => ("Int64", 8, 8),
        "float64" => ("Float64", 8, 8),
        "uuid" => ("Uuid", 16, 16),
        "string" => ("String", 2, 1),
        "bytes" => ("Bytes", 4, 1),
        "records" => ("Records", 4, 1),
        _ => bail!("unknown type `{of}`"),
    })
}

pub(crate) fn v(range: Range) -> String {
    match range {
        Range::NONE => "NEVER".to_owned(),
        Range {
            first,
            last: Range::OPEN,
        } => format!("V({first}, N)"),
        Range { first, last } => format!("V({first}, {last})"),
    }
}

/// `ThrottleTimeMs` as Kafka's own JSON prints it: `throttleTimeMs`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(letters)
        .collect()
}

/// `OffsetFetchRequest` as `OFFSET_FETCH_REQUEST`.
fn constant(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_uppercase());
    }
    out
}
