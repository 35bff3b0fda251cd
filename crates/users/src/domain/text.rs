//! What people may write.

use super::error::Error;

/// An address as it is stored and looked up: in lower case, without the spaces around it.
pub(crate) fn address(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The address of a person to be. Only its form is looked at: whether it is somebody's is known when an answer comes.
pub(super) fn email(text: &str) -> Result<String, Error> {
    let invalid = |reason| Error::Invalid { field: "input.email", reason };
    let email = address(text);
    let (local, domain) = email.split_once('@').ok_or_else(|| invalid("An email address has an @"))?;
    // RFC 5321, section 4.5.3.1.
    if local.len() > 64 || email.len() > 254 {
        return Err(invalid("This email address is too long"));
    }
    // Two addresses that look alike must not be two people's.
    let unseen =
        |character: char| character.is_whitespace() || character.is_control() || is_unseen(character);
    let well_formed = !local.is_empty()
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.contains('@')
        && !email.contains(unseen);
    if well_formed { Ok(email) } else { Err(invalid("This is not an email address")) }
}

/// The name of a person to be.
pub(super) fn display_name(text: &str) -> Result<String, Error> {
    let invalid = |reason| Error::Invalid { field: "input.displayName", reason };
    let name = text.trim();
    // Some scripts and pictures need joiners, which nobody sees; a name of nothing else is none.
    if name.chars().all(|character| character.is_whitespace() || is_unseen(character)) {
        return Err(invalid("A name is required"));
    }
    if name.chars().count() > 100 {
        return Err(invalid("A name has at most 100 characters"));
    }
    if name.contains(|character: char| character.is_control() || turns_text_round(character)) {
        return Err(invalid("A name has no control characters"));
    }
    Ok(name.to_owned())
}

/// Whether a character takes no room of its own: Unicode's `Default_Ignorable_Code_Point`, and the annotations of
/// `Cf`.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character makes the text after it run the other way, so that a name could pass for another.
fn turns_text_round(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
