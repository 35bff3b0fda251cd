use bytes::Bytes;

use super::{Decode, Decoded};
use crate::json::{self, Object, Value, write_value};

/// The longest head of a part, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;

/// Reads `multipart/mixed` (RFC 2046 section 5.1) as Apollo's multipart subscription protocol uses it: each part is a JSON
/// object, `{"payload": …}`, or `{}` as a sign of life.
pub(super) struct Multipart {
    /// `--` and the boundary.
    delimiter: Vec<u8>,
    buffer: Vec<u8>,
    /// Where the bytes begin that were not looked at.
    at: usize,
    place: Place,
}

/// What is read next.
enum Place {
    Delimiter,
    /// What follows the delimiter: the end, or a part.
    AfterDelimiter,
    Head,
    /// The object of a part. It is read to its own end: a delimiter may be sent only with the next part, which may be hours
    /// away.
    Body(Braces),
    End,
}

/// How deep in an object we are.
#[derive(Default)]
struct Braces {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Braces {
    /// Whether the object ends with this byte.
    fn ends_with(&mut self, byte: u8) -> bool {
        match byte {
            _ if std::mem::take(&mut self.escaped) => {}
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            _ if self.in_string => {}
            b'{' => self.depth += 1,
            b'}' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

impl Multipart {
    pub(super) fn new(boundary: &str) -> Self {
        let delimiter = format!("--{boundary}").into_bytes();
        Self { delimiter, buffer: Vec::new(), at: 0, place: Place::Delimiter }
    }

    /// Forgets what was read.
    fn forget(&mut self, count: usize) {
        self.buffer.drain(..count.min(self.buffer.len()));
        self.at = 0;
    }

    /// The text of the next part's object.
    fn part(&mut self) -> Option<Bytes> {
        loop {
            match &mut self.place {
                Place::Delimiter => match find(&self.buffer, &self.delimiter) {
                    Some(place) => {
                        self.forget(place + self.delimiter.len());
                        self.place = Place::AfterDelimiter;
                    }
                    None => {
                        self.forget((self.buffer.len() + 1).saturating_sub(self.delimiter.len()));
                        return None;
                    }
                },
                Place::AfterDelimiter => {
                    let ended = self.buffer.get(..2)? == b"--";
                    self.place = if ended { Place::End } else { Place::Head };
                }
                Place::Head => {
                    // The line break of the delimiter stands before a head that may be empty.
                    match find(&self.buffer, b"\r\n\r\n") {
                        Some(place) => {
                            self.forget(place + 4);
                            self.place = Place::Body(Braces::default());
                        }
                        None if self.buffer.len() > LONGEST_HEAD => self.place = Place::End,
                        None => return None,
                    }
                }
                Place::Body(braces) => {
                    let rest = self.buffer.get(self.at..).unwrap_or_default();
                    match rest.iter().position(|byte| braces.ends_with(*byte)) {
                        Some(last) => {
                            let part = self.buffer.get(..=self.at + last).unwrap_or_default();
                            let part = Bytes::copy_from_slice(part);
                            self.forget(part.len());
                            self.place = Place::Delimiter;
                            return Some(part);
                        }
                        None => {
                            self.at = self.buffer.len();
                            return None;
                        }
                    }
                }
                Place::End => return None,
            }
        }
    }
}

impl Decode for Multipart {
    fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn next(&mut self) -> Decoded {
        while let Some(part) = self.part() {
            let Ok(Value::Object(mut object)) = json::parse(&part) else { return Decoded::Event(part) };
            let errors = object.take("errors");
            match (object.take("payload"), errors) {
                (Some(payload @ Value::Object(_)), _) => return Decoded::Event(text(&payload)),
                // An error of the transport: the last there is.
                (_, Some(errors)) => {
                    let mut answer = Object::default();
                    answer.push(Bytes::from_static(b"data"), object.take("data").unwrap_or(Value::Null));
                    answer.push(Bytes::from_static(b"errors"), errors);
                    return Decoded::Last(text(&Value::Object(answer)));
                }
                // From servers that send answers as they are.
                (None, None) if object.get("data").is_some() => return Decoded::Event(part),
                // A sign of life.
                _ => {}
            }
        }
        if matches!(self.place, Place::End) { Decoded::Complete } else { Decoded::More }
    }

    fn kept(&self) -> usize {
        self.buffer.len()
    }
}

fn text(value: &Value) -> Bytes {
    let mut text = Vec::new();
    write_value(&mut text, value);
    text.into()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read when the text comes in pieces of that many bytes.
    fn read(text: &str, piece: usize) -> Vec<String> {
        let mut stream = Multipart::new("graphql");
        let mut all = Vec::new();
        for piece in text.as_bytes().chunks(piece) {
            stream.push(piece);
            loop {
                match stream.next() {
                    Decoded::Event(event) => all.push(String::from_utf8(event.to_vec()).unwrap()),
                    Decoded::Last(event) => all.push(format!("last {}", String::from_utf8_lossy(&event))),
                    Decoded::Complete => {
                        all.push("complete".to_owned());
                        return all;
                    }
                    Decoded::More => break,
                }
            }
        }
        all
    }

    #[test]
    fn parts_are_read_however_they_are_cut() {
        let json = "content-type: application/json";
        let text = format!(
            "\r\n--graphql\r\n{json}\r\n\r\n{{}}\r\n--graphql\r\n{json}\r\n\r\n{{\"payload\":{{\"data\":{{\"a\":\"}}\\\"{{\"}}}}}}\
             \r\n--graphql\r\n\r\n{{\"data\":1}}\r\n--graphql--\r\n"
        );
        for piece in 1..=text.len() {
            assert_eq!(
                read(&text, piece),
                [r#"{"data":{"a":"}\"{"}}"#, r#"{"data":1}"#, "complete"],
                "{piece}"
            );
        }
    }

    #[test]
    fn a_part_does_not_wait_for_the_next_and_an_error_of_the_transport_is_the_last() {
        let text = "--graphql\r\n\r\n{\"payload\":{\"data\":1}}";
        assert_eq!(read(text, 5), [r#"{"data":1}"#]);
        let text = "--graphql\r\n\r\n{\"payload\":null,\"errors\":[{\"message\":\"m\"}]}";
        assert_eq!(read(text, 5), [r#"last {"data":null,"errors":[{"message":"m"}]}"#]);
    }
}
