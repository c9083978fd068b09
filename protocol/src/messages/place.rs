//! Where a field of a message stands: in which versions, whether as a tagged field, where it may be null.
//!
//! Everything here is known when the code of a message is compiled, except the version.

use super::value::{Sink, Value};
use crate::layout::{NEVER, V};
use anyhow::{Result, bail, ensure};

/// A version of a message, and what it means for the form of the value at hand.
#[derive(Clone, Copy)]
pub(super) struct Form {
    version: u8,
    pub(super) flexible: bool,
    pub(super) nullable: bool,
}

impl Form {
    pub(super) fn new(version: i16, versions: V, flexible: V) -> Result<Self> {
        match u8::try_from(version) {
            Ok(version) if versions.contains(version) => Ok(Self {
                version,
                flexible: flexible.contains(version),
                nullable: false,
            }),
            _ => bail!("version {version} is not one of {}-{}", versions.0, versions.1),
        }
    }

    /// That of the elements of an array.
    pub(super) fn element(self) -> Self {
        let nullable = false;
        Self { nullable, ..self }
    }
}

/// Where a field stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    versions: V,
    null: V,
    tag: Option<u8>,
    ignorable: bool,
}

pub(super) const fn at(versions: V) -> Place {
    Place {
        versions,
        null: NEVER,
        tag: None,
        ignorable: false,
    }
}

impl Place {
    /// It may be null in these versions.
    pub(super) const fn null(self, null: V) -> Self {
        Self { null, ..self }
    }

    /// It stands among the tagged fields, under this number.
    pub(super) const fn tag(self, tag: u8) -> Self {
        Self {
            tag: Some(tag),
            ..self
        }
    }

    /// A version that lacks it drops what it says.
    pub(super) const fn ignorable(self) -> Self {
        Self {
            ignorable: true,
            ..self
        }
    }

    /// Whether it stands among the fields of the struct.
    #[inline(always)]
    pub(super) fn is_plain(self, form: Form) -> bool {
        self.tag.is_none() && self.versions.contains(form.version)
    }

    /// Its number among the tagged fields.
    #[inline(always)]
    pub(super) fn tag_in(self, form: Form) -> Option<u8> {
        self.tag.filter(|_| self.versions.contains(form.version))
    }

    /// Whether it is the tagged field of this number.
    #[inline(always)]
    pub(super) fn is_tag(self, tag: i32, form: Form) -> bool {
        self.tag_in(form).map(i32::from) == Some(tag)
    }

    #[inline(always)]
    pub(super) fn form(self, form: Form) -> Form {
        let nullable = self.null.contains(form.version);
        Form { nullable, ..form }
    }

    /// Writes a plain field, and refuses what the version cannot say.
    #[inline(always)]
    pub(super) fn write<T: Value + PartialEq>(
        self,
        name: &'static str,
        value: &T,
        default: impl FnOnce() -> T,
        out: &mut impl Sink,
        form: Form,
    ) -> Result<()> {
        if self.is_plain(form) {
            return value.write(out, self.form(form));
        }
        let lost = !self.versions.contains(form.version) && !self.ignorable && *value != default();
        ensure!(
            !lost,
            "`{name}` is set, which version {} does not have",
            form.version
        );
        Ok(())
    }
}
