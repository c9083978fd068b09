//! Writes named values as indented text or as JSON, as they come: no tree is built. Knows nesting; knows nothing of Kafka.
//!
//! Once the allowed output is used up, further values are dropped, but what is open is closed: the JSON stays valid.

use core::fmt::{self, Write as _};

use super::Form;
use super::scalar::{Scalar, Shown};

pub(super) struct Printer<'o> {
    out: Counted<'o>,
    form: Form,
    shown: Shown,
    allowed: usize,
    indent: usize,
    open: Vec<Level>,
    /// Containers begun after the output was used up: nothing of them is written.
    dropped: usize,
    cut: bool,
}

struct Level {
    kind: Kind,
    empty: bool,
    /// An element of an array: its first field stands behind a dash.
    element: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Object,
    /// An array of objects.
    Array,
    /// An array of plain values, in one line.
    Row,
}

impl<'o> Printer<'o> {
    /// Begins the outermost object, whose text starts with a line of its own.
    pub(super) fn new(
        out: &'o mut dyn fmt::Write,
        (form, shown, allowed, indent): (Form, Shown, usize, usize),
        title: fmt::Arguments<'_>,
    ) -> Self {
        let mut out = Counted {
            out,
            written: 0,
            failed: false,
        };
        match form {
            Form::Text => out.print(format_args!("{:indent$}{title}", "")),
            Form::Json => out.print(format_args!("{{")),
        }
        let root = Level {
            kind: Kind::Object,
            empty: true,
            element: false,
        };
        Self {
            out,
            form,
            shown,
            allowed,
            indent,
            open: vec![root],
            dropped: 0,
            cut: false,
        }
    }

    /// A value, with its name in an object and without in an array.
    pub(super) fn value(&mut self, name: Option<&str>, value: Scalar<'_>) {
        if self.is_used_up() {
            return;
        }
        self.place(name);
        match self.form {
            Form::Text => {
                self.out
                    .print(format_args!("{}", if name.is_some() { " " } else { "" }));
                self.out.keep(|out| value.text(self.shown, out));
            }
            Form::Json => {
                self.out.keep(|out| value.json(self.shown, out));
                if let (Scalar::Named(_, word), Some(name)) = (value, name) {
                    self.out.print(format_args!(",\"{name}Name\":\"{word}\""));
                }
            }
        }
    }

    /// A member of a JSON object that the text has in a title.
    pub(super) fn detail(&mut self, name: &str, value: Scalar<'_>) {
        if self.form == Form::Json {
            self.value(Some(name), value);
        }
    }

    /// Begins a container; `title` stands behind its name in text.
    pub(super) fn begin(&mut self, name: Option<&str>, kind: Kind, title: Option<fmt::Arguments<'_>>) {
        if self.is_used_up() {
            self.dropped += 1;
            return;
        }
        let bracket = if kind == Kind::Object { '{' } else { '[' };
        match (self.form, name) {
            (Form::Json, _) => {
                self.place(name);
                self.out.print(format_args!("{bracket}"));
            }
            (Form::Text, Some(_)) => {
                self.place(name);
                match title {
                    _ if kind == Kind::Row => self.out.print(format_args!(" [")),
                    Some(title) => self.out.print(format_args!(" {title}")),
                    None => {}
                }
            }
            // Its dash comes with its first field.
            (Form::Text, None) => self
                .open
                .last_mut()
                .into_iter()
                .for_each(|level| level.empty = false),
        }
        self.open.push(Level {
            kind,
            empty: true,
            element: name.is_none(),
        });
    }

    /// Ends the innermost container.
    pub(super) fn end(&mut self) {
        if self.dropped > 0 {
            self.dropped -= 1;
            return;
        }
        let column = self.column();
        let Some(level) = self.open.pop() else { return };
        match (self.form, level.kind) {
            (Form::Json, Kind::Object) => self.out.print(format_args!("}}")),
            (Form::Text, Kind::Array) if level.empty => self.out.print(format_args!(" []")),
            (Form::Json, _) | (Form::Text, Kind::Row) => self.out.print(format_args!("]")),
            (Form::Text, Kind::Object) if level.empty && level.element => {
                self.out
                    .print(format_args!("\n{:column$}- {{}}", "", column = column - 2));
            }
            _ => {}
        }
    }

    /// Ends all but the outermost.
    pub(super) fn end_to_root(&mut self) {
        while self.open.len() > 1 || self.dropped > 0 {
            self.end();
        }
    }

    /// A last word at the outermost level, even if the output is used up.
    pub(super) fn last(&mut self, name: &str, value: Scalar<'_>) {
        self.end_to_root();
        let allowed = core::mem::replace(&mut self.allowed, usize::MAX);
        self.value(Some(name), value);
        self.allowed = allowed;
    }

    /// Ends all.
    ///
    /// # Errors
    /// The output took no more.
    pub(super) fn finish(mut self) -> fmt::Result {
        self.end_to_root();
        if self.cut {
            let words = "output limit reached, the rest is not shown";
            self.last("cut", Scalar::Words(&words));
        }
        match self.form {
            Form::Text => self.out.print(format_args!("\n")),
            Form::Json => self.end(),
        }
        if self.out.failed { Err(fmt::Error) } else { Ok(()) }
    }

    fn is_used_up(&mut self) -> bool {
        let used_up = self.dropped > 0 || self.out.written > self.allowed;
        self.cut |= used_up;
        used_up
    }

    /// Goes to where the next value or container stands, and writes its name.
    fn place(&mut self, name: Option<&str>) {
        let column = self.column();
        let Some(level) = self.open.last_mut() else { return };
        let first = core::mem::replace(&mut level.empty, false);
        let dash = first && level.element && level.kind == Kind::Object;
        match (self.form, level.kind) {
            (Form::Json, _) => self.out.print(format_args!("{}", if first { "" } else { "," })),
            (Form::Text, Kind::Row) => self.out.print(format_args!("{}", if first { "" } else { ", " })),
            (Form::Text, _) if dash => {
                self.out
                    .print(format_args!("\n{:column$}- ", "", column = column - 2));
            }
            (Form::Text, _) => self.out.print(format_args!("\n{:column$}", "")),
        }
        match (self.form, name) {
            (_, None) => {}
            (Form::Json, Some(name)) => self.out.print(format_args!("\"{name}\":")),
            (Form::Text, Some(name)) => self.out.print(format_args!("{name}:")),
        }
    }

    /// Where the fields of the innermost container stand.
    fn column(&self) -> usize {
        self.indent + 2 * self.open.len()
    }
}

/// Counts what goes out, and keeps the first failure: who walks a frame cannot stop for it.
struct Counted<'o> {
    out: &'o mut dyn fmt::Write,
    written: usize,
    failed: bool,
}

impl Counted<'_> {
    fn print(&mut self, text: fmt::Arguments<'_>) {
        self.keep(|out| out.write_fmt(text));
    }

    fn keep(&mut self, write: impl FnOnce(&mut Self) -> fmt::Result) {
        if !self.failed {
            self.failed = write(self).is_err();
        }
    }
}

impl fmt::Write for Counted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written = self.written.saturating_add(text.len());
        self.out.write_str(text)
    }
}
