//! The walk over a frame, field by field, as a schema says. Knows the table; does not know what any field means.
//!
//! It recurses only as deep as the table nests (six structs today), never as deep as the bytes would like.

use super::error::{Broken, Fault, LayoutError, Step};
use super::read::Reader;
use super::schema::{Field, Schema, Struct, Type};

/// Sees what a walk comes across. Offsets count from the start of the walked bytes.
///
/// Fields come in the order of the bytes. An array is a beginning, its elements and an end; a struct likewise, so an
/// array of structs begins once for itself and once more for each element, always with the same field.
pub trait Visit {
    /// Whether single values are wanted; without them the walk only steps over most of their bytes.
    const LOOKS: bool = true;

    /// A value that holds no others, or a null of any type. In an array it comes once for each element.
    fn value(&mut self, _at: usize, _field: &'static Field, _value: Value<'_>) {}

    /// An array starts, with this `count` of elements; or a struct, without one.
    fn begin(&mut self, _at: usize, _field: &'static Field, _count: Option<usize>) {}

    /// The innermost array or struct ends.
    fn end(&mut self, _at: usize, _field: &'static Field) {}

    /// A tagged field that the version does not know.
    fn unknown(&mut self, _at: usize, _tag: u32, _bytes: &[u8]) {}
}

/// A single value on the wire.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A null string, array, struct or byte field.
    Null,
    /// A bool; any byte but 0 is true.
    Bool(bool),
    /// An integer of any width.
    Int(i64),
    /// A float64.
    Float(f64),
    /// A uuid.
    Uuid([u8; 16]),
    /// A string; whether it is UTF-8 has not been checked.
    String(&'a [u8]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Record batches.
    Records(&'a [u8]),
}

/// Walks over one message, shows `visit` what it holds and says how many bytes it took.
///
/// What `visit` has seen before an error was in the frame; what follows the error is unknown.
///
/// # Errors
///
/// [`LayoutError`] with the path and the offset of the first thing wrong.
pub fn walk<V: Visit>(
    schema: &'static Schema,
    version: i16,
    bytes: &[u8],
    visit: &mut V,
) -> Result<usize, LayoutError> {
    let Some(known) = schema.reads(version) else {
        return Err(LayoutError::version(schema, version));
    };
    let flexible = schema.flexible.contains(known);
    let mut reader = Reader::new(bytes);
    let mut walk = Walk {
        version: known,
        flexible,
        total: bytes.len(),
        memory: 0,
        limit: memory_limit(bytes.len()),
        visit,
    };
    match walk.fields(&schema.root, &mut reader) {
        Ok(()) => Ok(bytes.len() - reader.left()),
        Err(broken) => Err(broken.at(schema, version, bytes.len())),
    }
}

struct Walk<'v, V> {
    version: u8,
    flexible: bool,
    total: usize,
    /// What the decoder will hold of what was walked over.
    memory: usize,
    limit: usize,
    visit: &'v mut V,
}

/// Memory that every frame may cost, however short.
const FREE: usize = 64 * 1024;
/// And for each of its bytes.
const PER_BYTE: usize = 24;

/// What the decoded form of a frame of this size may take; counted are the elements of arrays, since all else is a slice
/// of the frame or of a fixed size.
///
/// In memory an element has the fields of all versions and is up to 40 times as large as its smallest form on the wire:
/// a frame of 64 MiB could take 2.6 GB. What Kafka itself writes stays well below the limit, for elements have names, all
/// different, or some numbers: with ten thousand of each as lean as can be, no message takes more than 16 times its frame
/// (`lean_messages_of_a_large_cluster_pass`).
pub(crate) const fn memory_limit(frame: usize) -> usize {
    FREE.saturating_add(PER_BYTE.saturating_mul(frame))
}

impl<V: Visit> Walk<'_, V> {
    fn fields(&mut self, shape: &'static Struct, reader: &mut Reader<'_>) -> Result<(), Broken> {
        self.rest(shape, shape.fields, reader)
    }

    /// `fields`: those of `shape` that come yet.
    #[inline]
    fn rest(
        &mut self,
        shape: &'static Struct,
        fields: &'static [Field],
        reader: &mut Reader<'_>,
    ) -> Result<(), Broken> {
        for field in fields {
            if field.placed.contains(self.version) {
                self.field(field, reader)?;
            }
        }
        if self.flexible {
            self.tags(shape, reader)
        } else {
            Ok(())
        }
    }

    #[inline]
    fn field(&mut self, field: &'static Field, reader: &mut Reader<'_>) -> Result<(), Broken> {
        // Most fields by far: without this short cut the check takes twice as long. What is wrong, or null, is looked at below.
        if !V::LOOKS && self.steps_over(field, reader) {
            return Ok(());
        }
        let nullable = field.nullable.contains(self.version);
        let walked = if field.array {
            self.array(field, nullable, reader)
        } else {
            self.one(field, nullable, reader)
        };
        walked.map_err(|broken| broken.under(Step::Field(field.name)))
    }

    #[inline]
    fn steps_over(&self, field: &Field, reader: &mut Reader<'_>) -> bool {
        if field.step != 0 {
            return reader.skip(usize::from(field.step));
        }
        let may_be_null = || field.nullable.contains(self.version);
        field.each != 0 && self.flexible && reader.skip_compact(usize::from(field.each), may_be_null)
    }

    fn array(
        &mut self,
        field: &'static Field,
        nullable: bool,
        reader: &mut Reader<'_>,
    ) -> Result<(), Broken> {
        let start = reader.to_end();
        let count = if self.flexible {
            reader.compact()
        } else {
            reader.long()
        };
        let count = count
            .and_then(|count| self.fits(count, field, nullable, reader))
            .map_err(|fault| Broken::new(fault, start))?;
        let Some(count) = count else {
            self.visit.value(self.total - start, field, Value::Null);
            return Ok(());
        };
        self.charge(count, field)
            .map_err(|fault| Broken::new(fault, start))?;
        self.visit.begin(self.total - start, field, Some(count));
        self.elements(count, field, reader)?;
        self.visit.end(self.total - reader.to_end(), field);
        Ok(())
    }

    fn elements(
        &mut self,
        count: usize,
        field: &'static Field,
        reader: &mut Reader<'_>,
    ) -> Result<(), Broken> {
        let size = usize::from(field.of.size());
        // `fits` has held this product against what is left.
        if !V::LOOKS && size != 0 && reader.skip(count * size) {
            return Ok(());
        }
        if let Type::Struct(shape) = field.of
            && !V::LOOKS
        {
            return self.structs(count, shape, reader);
        }
        for index in 0..count {
            let walked = self.one(field, false, reader);
            walked.map_err(|broken| broken.under(Step::Index(index)))?;
        }
        Ok(())
    }

    /// The numbers at the head of each element are one step over all of them, found once.
    fn structs(
        &mut self,
        count: usize,
        shape: &'static Struct,
        reader: &mut Reader<'_>,
    ) -> Result<(), Broken> {
        let placed = |field: &&Field| field.placed.contains(self.version);
        let is_number = |field: &&Field| !placed(field) || field.step != 0;
        let numbers = shape.fields.iter().take_while(is_number).count();
        let (numbers, others) = shape.fields.split_at(numbers);
        let head = numbers
            .iter()
            .filter(placed)
            .map(|field| usize::from(field.step))
            .sum();
        for index in 0..count {
            let walked = if reader.skip(head) {
                self.rest(shape, others, reader)
            } else {
                self.fields(shape, reader)
            };
            walked.map_err(|broken| broken.under(Step::Index(index)))?;
        }
        Ok(())
    }

    /// Refuses an array that would cost more memory than its frame may.
    fn charge(&mut self, count: usize, field: &Field) -> Result<(), Fault> {
        let memory = self
            .memory
            .saturating_add(count.saturating_mul(field.memory.into()));
        self.memory = memory;
        if memory <= self.limit || V::LOOKS {
            return Ok(());
        }
        let limit = self.limit;
        Err(Fault::Memory { count, memory, limit })
    }

    /// Refuses a count that the bytes cannot hold before walking the elements there are.
    #[inline]
    fn fits(
        &self,
        count: Option<usize>,
        field: &Field,
        nullable: bool,
        reader: &Reader<'_>,
    ) -> Result<Option<usize>, Fault> {
        let Some(count) = count else {
            return if nullable { Ok(None) } else { Err(Fault::Null) };
        };
        let smallest = match field.of {
            Type::Struct(shape) => usize::from(shape.smallest),
            Type::String if self.flexible => 1,
            Type::String => 2,
            of => usize::from(of.size()).max(1),
        };
        match count.checked_mul(smallest) {
            Some(size) if size <= reader.left() => Ok(Some(count)),
            _ => Err(Fault::Array {
                count,
                left: reader.left(),
            }),
        }
    }

    /// One value: a field that is no array, or an element of one.
    #[inline]
    fn one(&mut self, field: &'static Field, nullable: bool, reader: &mut Reader<'_>) -> Result<(), Broken> {
        let start = reader.to_end();
        let value = match field.of {
            Type::Struct(shape) => return self.structure(field, shape, nullable, reader),
            Type::Bool => reader.array().map(|[byte]| Value::Bool(byte != 0)),
            Type::Int8 => reader
                .array()
                .map(|bytes| Value::Int(i8::from_be_bytes(bytes).into())),
            Type::Int16 => reader
                .array()
                .map(|bytes| Value::Int(i16::from_be_bytes(bytes).into())),
            Type::Uint16 => reader
                .array()
                .map(|bytes| Value::Int(u16::from_be_bytes(bytes).into())),
            Type::Int32 => reader
                .array()
                .map(|bytes| Value::Int(i32::from_be_bytes(bytes).into())),
            Type::Int64 => reader.array().map(|bytes| Value::Int(i64::from_be_bytes(bytes))),
            Type::Float64 => reader
                .array()
                .map(|bytes| Value::Float(f64::from_be_bytes(bytes))),
            Type::Uuid => reader.array().map(Value::Uuid),
            Type::String | Type::LegacyString | Type::Bytes | Type::Records => {
                self.sized(field.of, nullable, reader)
            }
        };
        let value = value.map_err(|fault| Broken::new(fault, start))?;
        self.visit.value(self.total - start, field, value);
        Ok(())
    }

    /// A string, bytes or records.
    #[inline]
    fn sized<'a>(&self, of: Type, nullable: bool, reader: &mut Reader<'a>) -> Result<Value<'a>, Fault> {
        let length = match of {
            Type::LegacyString => reader.short(),
            _ if self.flexible => reader.compact(),
            Type::String => reader.short(),
            _ => reader.long(),
        };
        let Some(length) = length? else {
            return if nullable {
                Ok(Value::Null)
            } else {
                Err(Fault::Null)
            };
        };
        let left = reader.left();
        let bytes = reader.take(length).map_err(|_| Fault::Length {
            of: of.name(),
            length,
            left,
        })?;
        Ok(match of {
            Type::Bytes => Value::Bytes(bytes),
            Type::Records => Value::Records(bytes),
            _ => Value::String(bytes),
        })
    }

    #[inline]
    fn structure(
        &mut self,
        field: &'static Field,
        shape: &'static Struct,
        nullable: bool,
        reader: &mut Reader<'_>,
    ) -> Result<(), Broken> {
        let start = reader.to_end();
        if nullable && !present(reader).map_err(|fault| Broken::new(fault, start))? {
            self.visit.value(self.total - start, field, Value::Null);
            return Ok(());
        }
        self.visit.begin(self.total - start, field, None);
        self.fields(shape, reader)?;
        self.visit.end(self.total - reader.to_end(), field);
        Ok(())
    }

    /// The tagged fields at the end of a struct (KIP-482).
    #[inline]
    fn tags(&mut self, shape: &'static Struct, reader: &mut Reader<'_>) -> Result<(), Broken> {
        // Almost always: none.
        if reader.skip_zero() {
            Ok(())
        } else {
            self.some_tags(shape, reader)
        }
    }

    #[cold]
    fn some_tags(&mut self, shape: &'static Struct, reader: &mut Reader<'_>) -> Result<(), Broken> {
        let start = reader.to_end();
        let count = reader.size().map_err(|fault| Broken::new(fault, start))?;
        // Each takes at least a byte for its tag and one for its size.
        let left = reader.left();
        if count > left / 2 {
            return Err(Broken::new(Fault::Tags { count, left }, start));
        }
        let mut after = None;
        for _ in 0..count {
            after = Some(self.tag(after, shape, reader)?);
        }
        Ok(())
    }

    fn tag(
        &mut self,
        after: Option<u32>,
        shape: &'static Struct,
        reader: &mut Reader<'_>,
    ) -> Result<u32, Broken> {
        let start = reader.to_end();
        let tag = reader.varint().map_err(|fault| Broken::new(fault, start))?;
        let under = |fault| Broken::new(fault, start).under(Step::Tag(tag));
        if let Some(after) = after.filter(|after| tag <= *after) {
            return Err(under(Fault::TagOrder { tag, after }));
        }
        let size = reader.size().map_err(under)?;
        let mut inside = reader.split(size).map_err(under)?;
        match shape.tagged(tag, self.version) {
            Some(field) => {
                self.field(field, &mut inside)?;
                let held = size - inside.left();
                if held < size {
                    return Err(
                        Broken::new(Fault::TagSize { size, held }, start).under(Step::Field(field.name))
                    );
                }
            }
            None => {
                let at = self.total - inside.to_end();
                self.visit.unknown(at, tag, inside.take(size).map_err(under)?);
            }
        }
        Ok(tag)
    }
}

/// Reads the byte before a nullable struct. Java takes any negative byte for null; Kafka writes -1 alone.
fn present(reader: &mut Reader<'_>) -> Result<bool, Fault> {
    match i8::from_be_bytes(reader.array()?) {
        1 => Ok(true),
        -1 => Ok(false),
        other => Err(Fault::Presence(other)),
    }
}
