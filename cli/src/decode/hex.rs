//! Bytes from hexadecimal digits as people have them at hand: plain, in groups, `0x..`, with colons or commas, and what `xxd` and
//! `hexdump -C` print.

/// Reads the digits of a whole text; lines that begin with `#` are remarks.
///
/// # Errors
/// Says which line is none.
pub(crate) fn parse(text: &str) -> Result<Vec<u8>, String> {
    let mut digits = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let found = of_line(line).ok_or_else(|| format!("line {number} is not hexadecimal: {line:.60}"))?;
        digits.extend(found);
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(format!(
            "{} hexadecimal digits: the last byte has only one",
            digits.len()
        ));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn of_line(line: &str) -> Option<Vec<u8>> {
    if line.starts_with('#') {
        return Some(Vec::new());
    }
    let line = without_columns(line.trim());
    let line = line.replace("0x", " ").replace("\\x", " ");
    let digits = line
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, ',' | ':' | '"'));
    digits.map(|char| char.to_digit(16)?.try_into().ok()).collect()
}

/// Takes off the offset in front and the text behind, if it is a line of `xxd` or of `hexdump -C`.
fn without_columns(line: &str) -> &str {
    if let Some((offset, rest)) = line.split_once(": ")
        && offset.len() >= 4
        && offset.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return rest.trim_start().split("  ").next().unwrap_or_default();
    }
    match line.split_once('|') {
        Some((bytes, _)) => bytes.split_once("  ").map_or("", |(_, bytes)| bytes),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_any_dress() {
        let bytes = [0x00, 0x0b, 0xff, 0x41];
        for text in [
            "000bff41",
            "00 0B\nff 41\n",
            "00:0b:ff:41",
            "0x00, 0x0b, 0xff, 0x41",
            "\"\\x00\\x0b\\xff\\x41\"",
            "# a remark\n000bff41",
            "00000000: 000b ff41                                ...A",
            "00000000  00 0b ff 41                                       |...A|",
        ] {
            assert_eq!(parse(text), Ok(bytes.to_vec()), "{text}");
        }
        assert_eq!(
            parse("00000000: 000b  ..\n00000010: ff41  .A"),
            Ok(bytes.to_vec())
        );
        assert_eq!(parse(""), Ok(vec![]));
    }

    #[test]
    fn what_is_none_is_told_with_its_line() {
        assert_eq!(
            parse("00\nhello"),
            Err("line 2 is not hexadecimal: hello".to_owned())
        );
        assert!(parse("000").unwrap_err().contains("only one"));
    }
}
