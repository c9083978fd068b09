//! What is shown of record batches: every header, and the first records. Checksums are verified; a wrong one is told, and the
//! batch is shown all the same.

use bytes::Bytes;

use super::printer::{Kind, Printer};
use super::scalar::Scalar;
use super::{Dissect, signed};
use crate::records::{Batch, Batches, Crcs, Record, TimestampType};

pub(super) fn show(how: &Dissect, printer: &mut Printer<'_>, name: Option<&str>, bytes: &Bytes) {
    printer.begin(name, Kind::Object, Some(format_args!("{} bytes", bytes.len())));
    printer.detail("size", Scalar::Int(signed(bytes.len())));
    let mut walk = Batches::new(bytes.clone(), Crcs::Trust);
    let mut left = how.records;
    let mut problem = None;
    printer.begin(Some("batches"), Kind::Array, None);
    for batch in walk.by_ref() {
        match batch {
            Ok(batch) => show_batch(how, printer, &batch, &mut left),
            Err(error) => problem = Some(error),
        }
    }
    printer.end();
    let rest = walk.rest();
    if !rest.is_empty() {
        let what = if problem.is_some() {
            "unreadable"
        } else {
            "cutOffBatch"
        };
        printer.value(Some(what), Scalar::Bytes(rest));
    }
    if let Some(error) = problem {
        printer.value(Some("error"), Scalar::Words(&error));
    }
    printer.end();
}

fn show_batch(how: &Dissect, printer: &mut Printer<'_>, batch: &Batch, left: &mut usize) {
    printer.begin(None, Kind::Object, None);
    show_header(printer, batch);
    let mut whole = Batches::new(batch.bytes().clone(), Crcs::Verify);
    if let Some(Err(error)) = whole.next() {
        printer.value(Some("error"), Scalar::Words(&error));
    }
    if *left > 0 {
        show_records(how, printer, batch, left);
    }
    printer.end();
}

fn show_header(printer: &mut Printer<'_>, batch: &Batch) {
    let header = batch.header();
    let attributes = header.attributes;
    let mut number = |name, value: i64| printer.value(Some(name), Scalar::Int(value));
    number("baseOffset", header.base_offset);
    number("batchLength", header.length.into());
    number("partitionLeaderEpoch", header.partition_leader_epoch.0.into());
    number("crc", header.crc.into());
    let mut words = Vec::from([batch.codec().map_or("unknown codec", |codec| codec.name())]);
    let flags = [
        (
            attributes.timestamp_type() == TimestampType::LogAppendTime,
            "LogAppendTime",
        ),
        (attributes.is_transactional(), "transactional"),
        (attributes.is_control(), "control"),
        (attributes.has_delete_horizon(), "deleteHorizon"),
    ];
    words.extend(flags.iter().filter_map(|(set, word)| set.then_some(*word)));
    printer.value(
        Some("attributes"),
        Scalar::Named(attributes.0.into(), &words.join(" ")),
    );
    let mut number = |name, value: i64| printer.value(Some(name), Scalar::Int(value));
    number("lastOffsetDelta", header.last_offset_delta.into());
    number("baseTimestamp", header.base_timestamp);
    number("maxTimestamp", header.max_timestamp);
    number("producerId", header.producer_id.0);
    number("producerEpoch", header.producer_epoch.into());
    number("baseSequence", header.base_sequence.into());
    number("recordsCount", header.count.into());
}

fn show_records(how: &Dissect, printer: &mut Printer<'_>, batch: &Batch, left: &mut usize) {
    let open = match batch.open(how.decompressed) {
        Ok(open) => open,
        Err(error) => return printer.value(Some("recordsError"), Scalar::Words(&error)),
    };
    let mut problem = None;
    let shown = (*left).min(usize::try_from(batch.header().count).unwrap_or(0));
    *left -= shown;
    printer.begin(Some("records"), Kind::Array, None);
    // One more step than records, for the error behind the last.
    for record in open.records().take(shown.saturating_add(usize::from(*left > 0))) {
        match record {
            Ok(record) => show_record(printer, &record),
            Err(error) => problem = Some(error),
        }
    }
    printer.end();
    if let Some(error) = problem {
        printer.value(Some("recordsError"), Scalar::Words(&error));
    }
}

fn show_record(printer: &mut Printer<'_>, record: &Record<'_>) {
    printer.begin(None, Kind::Object, None);
    printer.value(Some("offset"), Scalar::Int(record.offset()));
    printer.value(Some("timestamp"), Scalar::Int(record.timestamp()));
    printer.value(Some("key"), content(record.key()));
    printer.value(Some("value"), content(record.value()));
    if record.headers().len() > 0 {
        printer.begin(Some("headers"), Kind::Array, None);
        for header in record.headers() {
            printer.begin(None, Kind::Object, None);
            printer.value(Some("key"), Scalar::Text(header.key));
            printer.value(Some("value"), content(header.value));
            printer.end();
        }
        printer.end();
    }
    printer.end();
}

fn content(bytes: Option<&[u8]>) -> Scalar<'_> {
    bytes.map_or(Scalar::Null, Scalar::Text)
}
