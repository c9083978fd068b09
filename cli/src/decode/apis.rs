//! APIs as people name them: by key or by Kafka's name, in any case; and what they may have meant.

use kohort::protocol::dissect;

/// Reads `11`, `JoinGroup` or `joingroup`.
///
/// # Errors
/// Says what is there instead.
pub(crate) fn parse(text: &str) -> Result<i16, String> {
    if let Ok(key) = text.parse() {
        return match dissect::api_name(key) {
            Some(_) => Ok(key),
            None => Err(format!("Kafka 4.4 has no API with key {key}")),
        };
    }
    let wanted = plain(text);
    if let Some((key, _)) = dissect::apis().find(|(_, name)| plain(name) == wanted) {
        return Ok(key);
    }
    Err(match near(&wanted).as_slice() {
        [] => "no API of Kafka 4.4 is called so; give its key, or a name such as JoinGroup".to_owned(),
        near => format!("no API of Kafka 4.4 is called so; there is {}", near.join(", ")),
    })
}

/// Small letters and digits, without the ending that messages have: `JOIN_GROUP` and `JoinGroupRequest` mean the same.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let without = plain.strip_suffix("request").or(plain.strip_suffix("response"));
    without.map(str::to_owned).unwrap_or(plain)
}

/// At most six names, the nearest first.
fn near(wanted: &str) -> Vec<&'static str> {
    let mut near: Vec<(usize, &str)> = dissect::apis()
        .map(|(_, name)| (name, plain(name)))
        .filter_map(|(name, plain)| {
            let far = distance(wanted, &plain);
            let part = wanted.len() >= 3 && (plain.contains(wanted) || wanted.contains(&plain));
            (part || far <= 1 + wanted.len() / 4).then_some((far, name))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().take(6).map(|(_, name)| name).collect()
}

/// How many letters must be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, left) in one.bytes().zip(1..) {
        let (mut corner, mut before) = (left - 1, left);
        let mut next = vec![left];
        for (letter, upper) in other.bytes().zip(row.iter().skip(1)) {
            before = (corner + usize::from(letter != above))
                .min(before + 1)
                .min(upper + 1);
            corner = *upper;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_names_in_any_case() {
        for text in [
            "11",
            "JoinGroup",
            "joingroup",
            "JOIN_GROUP",
            "join-group",
            "JoinGroupRequest",
        ] {
            assert_eq!(parse(text), Ok(11), "{text}");
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_those_near_it() {
        let near = |text| parse(text).unwrap_err();
        assert!(
            near("JoinGruop").ends_with("there is JoinGroup"),
            "{}",
            near("JoinGruop")
        );
        assert!(near("offset").contains("OffsetFetch, "), "{}", near("offset"));
        assert!(
            near("Hartbeat").contains("there is Heartbeat"),
            "{}",
            near("Hartbeat")
        );
        assert!(near("zzz").contains("give its key"));
        assert_eq!(near("999"), "Kafka 4.4 has no API with key 999");
    }

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
