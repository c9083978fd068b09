//! What is shown of each field that a walk comes across: which numbers have names, which bytes are secret, and which hold
//! something that can be opened.

use bytes::Bytes;

use super::printer::{Kind, Printer};
use super::scalar::Scalar;
use super::{Dissect, Ignore, api_name, records, secrets, signed};
use crate::ErrorCode;
use crate::layout::{self, Field, Role, Schema, Type, Value, Visit, table};

/// Shows the fields of one message in the printer's innermost object.
pub(super) struct Fields<'p, 'o> {
    how: &'p Dissect,
    printer: &'p mut Printer<'o>,
    role: Role,
    /// The walked bytes: what is opened is a slice of them.
    bytes: &'p Bytes,
    /// Whose blobs the fields that follow hold, as the message says.
    protocol_type: ProtocolType,
    /// For each open array or struct, whether the next one of the same field is its element.
    arrays: Vec<bool>,
}

#[derive(Clone, Copy, PartialEq)]
enum ProtocolType {
    /// Older versions do not say it.
    Unsaid,
    Consumer,
    Other,
}

impl<'p, 'o> Fields<'p, 'o> {
    pub(super) fn new(
        how: &'p Dissect,
        printer: &'p mut Printer<'o>,
        schema: &'static Schema,
        bytes: &'p Bytes,
    ) -> Self {
        Self {
            how,
            printer,
            role: schema.role,
            bytes,
            protocol_type: ProtocolType::Unsaid,
            arrays: Vec::new(),
        }
    }

    /// Elements of an array have no name.
    fn name(&self, field: &'static Field) -> Option<&'static str> {
        let element = field.array && self.arrays.last() == Some(&true);
        (!element).then_some(field.name)
    }

    fn number(&mut self, field: &'static Field, number: i64) {
        let short = i16::try_from(number).unwrap_or(i16::MAX);
        let word = match field.name {
            _ if is_error_code(field) => ErrorCode(short).name(),
            "apiKey" | "requestApiKey" => api_name(short),
            _ => None,
        };
        let value = word.map_or(Scalar::Int(number), |word| Scalar::Named(number, word));
        self.printer.value(self.name(field), value);
    }

    fn blob(&mut self, field: &'static Field, bytes: &[u8]) {
        if secrets::is_secret(field) && !self.how.secrets && !bytes.is_empty() {
            return self.printer.value(self.name(field), Scalar::Hidden(bytes.len()));
        }
        match self.inside(field, bytes) {
            Some((schema, version, inside)) => self.open(field, schema, version, bytes, inside),
            None => self.printer.value(self.name(field), Scalar::Bytes(bytes)),
        }
    }

    /// What a blob holds: its schema, its version and the bytes behind that. Where a version does not say whose it is, it is what
    /// it reads as to its last byte.
    fn inside<'b>(&self, field: &Field, bytes: &'b [u8]) -> Option<(&'static Schema, i16, &'b [u8])> {
        let schema = match (self.role, field.name) {
            (Role::Request(11) | Role::Response(11), "metadata") | (Role::Response(15), "memberMetadata") => {
                &table::CONSUMER_PROTOCOL_SUBSCRIPTION
            }
            (Role::Request(14) | Role::Response(14), "assignment")
            | (Role::Response(15), "memberAssignment") => &table::CONSUMER_PROTOCOL_ASSIGNMENT,
            _ => return None,
        };
        let (version, inside) = bytes.split_first_chunk()?;
        let version = i16::from_be_bytes(*version);
        let fits = || layout::walk(schema, version, inside, &mut Ignore) == Ok(inside.len());
        let opens = match self.protocol_type {
            ProtocolType::Consumer => true,
            ProtocolType::Other => false,
            ProtocolType::Unsaid => fits(),
        };
        opens.then_some((schema, version, inside))
    }

    fn open(
        &mut self,
        field: &'static Field,
        schema: &'static Schema,
        version: i16,
        whole: &[u8],
        inside: &[u8],
    ) {
        let name = schema.name;
        let title = format_args!("{} bytes, {name} v{version}", whole.len());
        self.printer.begin(self.name(field), Kind::Object, Some(title));
        self.printer.detail("size", Scalar::Int(signed(whole.len())));
        self.printer.detail("message", Scalar::Text(name.as_bytes()));
        self.printer.detail("version", Scalar::Int(version.into()));
        let bytes = self.bytes.slice_ref(inside);
        let mut fields = Fields::new(self.how, self.printer, schema, &bytes);
        let read = layout::walk(schema, version, inside, &mut fields);
        let open = fields.arrays.len();
        (0..open).for_each(|_| self.printer.end());
        match read {
            Ok(read) if read < inside.len() => {
                let rest = inside.get(read..).unwrap_or_default();
                self.printer.value(Some("trailing"), Scalar::Bytes(rest));
            }
            Ok(_) => {}
            Err(error) => {
                self.printer.value(Some("bytes"), Scalar::Bytes(whole));
                self.printer.value(Some("error"), Scalar::Words(&error));
            }
        }
        self.printer.end();
    }
}

/// Whether the field holds one of Kafka's error codes.
pub(super) fn is_error_code(field: &Field) -> bool {
    matches!(
        field.name,
        "errorCode" | "acknowledgeErrorCode" | "partitionErrorCode" | "topicConfigErrorCode"
    )
}

impl Visit for Fields<'_, '_> {
    fn value(&mut self, _at: usize, field: &'static Field, value: Value<'_>) {
        if field.name == "protocolType" {
            self.protocol_type = match value {
                Value::String(b"consumer") => ProtocolType::Consumer,
                Value::String(_) => ProtocolType::Other,
                _ => ProtocolType::Unsaid,
            };
        }
        let scalar = match value {
            Value::Int(number) => return self.number(field, number),
            Value::Bytes(bytes) => return self.blob(field, bytes),
            Value::Records(bytes) => {
                let name = self.name(field);
                return records::show(self.how, self.printer, name, &self.bytes.slice_ref(bytes));
            }
            Value::Null => Scalar::Null,
            Value::Bool(value) => Scalar::Bool(value),
            Value::Float(value) => Scalar::Float(value),
            Value::Uuid(value) => Scalar::Uuid(value),
            Value::String(text) => Scalar::Text(text),
        };
        self.printer.value(self.name(field), scalar);
    }

    fn begin(&mut self, _at: usize, field: &'static Field, count: Option<usize>) {
        let name = self.name(field);
        let kind = match (count, field.of) {
            (None, _) => Kind::Object,
            (Some(_), Type::Struct(_)) => Kind::Array,
            (Some(_), _) => Kind::Row,
        };
        match count {
            None | Some(0) => self.printer.begin(name, kind, None),
            Some(count) => self.printer.begin(name, kind, Some(format_args!("[{count}]"))),
        }
        self.arrays.push(count.is_some());
    }

    fn end(&mut self, _at: usize, _field: &'static Field) {
        self.arrays.pop();
        self.printer.end();
    }

    fn unknown(&mut self, _at: usize, tag: u32, bytes: &[u8]) {
        let name = format!("tag{tag}");
        self.printer.value(Some(&name), Scalar::Bytes(bytes));
    }
}
