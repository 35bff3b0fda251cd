use bytes::Bytes;

use super::{Object, Value};

/// The deepest nesting that is read.
const DEEPEST: usize = 128;

/// The text is not JSON (RFC 8259), or nested too deeply; the byte where that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed JSON at byte {at}")]
pub(crate) struct Malformed {
    at: usize,
}

/// Reads one JSON value that fills the buffer. Leaves and keys are slices of it.
pub(crate) fn parse(buffer: &Bytes) -> Result<Value, Malformed> {
    if let Err(error) = std::str::from_utf8(buffer) {
        return Err(Malformed { at: error.valid_up_to() });
    }
    let mut parser = Parser { buffer, at: 0 };
    let value = parser.value(0)?;
    parser.skip_space();
    if parser.at < buffer.len() { Err(parser.malformed()) } else { Ok(value) }
}

struct Parser<'a> {
    buffer: &'a Bytes,
    at: usize,
}

impl Parser<'_> {
    fn malformed(&self) -> Malformed {
        Malformed { at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.buffer.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != Some(byte) {
            return Err(self.malformed());
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value, Malformed> {
        self.skip_space();
        match self.peek() {
            Some(b'{') if depth < DEEPEST => self.object(depth),
            Some(b'[') if depth < DEEPEST => self.list(depth),
            Some(b'"') => self.leaf(Self::string),
            Some(b'-' | b'0'..=b'9') => self.leaf(Self::number),
            Some(b't') => self.leaf(|parser| parser.word("true")),
            Some(b'f') => self.leaf(|parser| parser.word("false")),
            Some(b'n') => self.word("null").map(|()| Value::Null),
            _ => Err(self.malformed()),
        }
    }

    fn leaf(&mut self, skip: impl FnOnce(&mut Self) -> Result<(), Malformed>) -> Result<Value, Malformed> {
        let start = self.at;
        skip(self)?;
        Ok(Value::Leaf(self.buffer.slice(start..self.at)))
    }

    fn object(&mut self, depth: usize) -> Result<Value, Malformed> {
        let mut object = Object::default();
        self.expect(b'{')?;
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(object));
        }
        loop {
            self.skip_space();
            let key = self.key()?;
            self.skip_space();
            self.expect(b':')?;
            let value = self.value(depth + 1)?;
            object.push(key, value);
            self.skip_space();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                self.expect(b'}')?;
                return Ok(Value::Object(object));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Malformed> {
        let mut list = Vec::new();
        self.expect(b'[')?;
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            self.skip_space();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                self.expect(b']')?;
                return Ok(Value::List(list));
            }
        }
    }

    /// A key without its quotes. GraphQL's names need no escapes; a key that has some is unescaped.
    fn key(&mut self) -> Result<Bytes, Malformed> {
        let start = self.at;
        self.string()?;
        let quoted = self.buffer.slice(start..self.at);
        if quoted.contains(&b'\\') {
            let text: String = serde_json::from_slice(&quoted).map_err(|_| Malformed { at: start })?;
            return Ok(Bytes::from(text));
        }
        Ok(quoted.slice(1..quoted.len() - 1))
    }

    fn string(&mut self) -> Result<(), Malformed> {
        self.expect(b'"')?;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(0x20..) => self.at += 1,
                _ => return Err(self.malformed()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        self.expect(b'\\')?;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.malformed());
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.malformed()),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Malformed> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.malformed()) } else { Ok(()) }
    }

    fn word(&mut self, word: &str) -> Result<(), Malformed> {
        if !self.buffer.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return Err(self.malformed());
        }
        self.at += word.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::write_value;
    use super::*;

    /// Any JSON value whose text serde_json writes as it reads it.
    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_and_writes_what_serde_json_does(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                let read = parse(&Bytes::from(text)).unwrap();
                let mut written = Vec::new();
                write_value(&mut written, &read);
                prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&written).unwrap(), value.clone());
            }
        }

        #[test]
        fn refuses_what_serde_json_refuses(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:0-1.eE+ntrufals\\u \x01\xff".to_vec()), 0..24)) {
            let ours = parse(&Bytes::from(bytes.clone())).is_ok();
            let theirs = match serde_json::from_slice::<serde_json::Value>(&bytes) {
                Ok(_) => true,
                // We leave the meaning of leaves alone: huge numbers and lone surrogates are the client's to judge.
                Err(error) => error.to_string().contains("number out of range") || error.to_string().contains("surrogate"),
            };
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn numbers_keep_every_digit() {
        let text = Bytes::from_static(b"123456789012345678901234567890.10");
        assert_eq!(parse(&text), Ok(Value::Leaf(text.clone())));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = "[".repeat(100_000);
        assert!(parse(&Bytes::from(text)).is_err());
    }
}
