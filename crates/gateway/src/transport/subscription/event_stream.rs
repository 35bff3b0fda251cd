use std::collections::VecDeque;

use bytes::Bytes;

use super::{Decode, Decoded};

/// Reads server-sent events (HTML standard, section 9.2.6) as GraphQL over SSE uses them: `next` with an answer, `complete`.
#[derive(Default)]
pub(super) struct EventStream {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it belongs to it.
    after_return: bool,
    event: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    ready: VecDeque<Ready>,
    /// Bytes of those that are ready.
    waiting: usize,
}

enum Ready {
    Next(Bytes),
    Complete,
}

impl EventStream {
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.dispatch();
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (line.get(..colon), line.get(colon + 1..)),
            None => (Some(line.as_slice()), None),
        };
        let value = value.unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            Some(b"event") => self.event = value.to_vec(),
            Some(b"data") => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            // Comments, which have no name, and what GraphQL has no use for.
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let (event, data) = (std::mem::take(&mut self.event), std::mem::take(&mut self.data));
        let has_data = std::mem::take(&mut self.has_data);
        match event.as_slice() {
            b"complete" => self.ready.push_back(Ready::Complete),
            b"next" | b"" if has_data => {
                self.waiting += data.len();
                self.ready.push_back(Ready::Next(data.into()));
            }
            _ => {}
        }
    }
}

impl Decode for EventStream {
    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    self.end_line();
                }
                byte => {
                    self.after_return = false;
                    self.line.push(*byte);
                }
            }
        }
    }

    fn next(&mut self) -> Decoded {
        match self.ready.pop_front() {
            Some(Ready::Next(event)) => {
                self.waiting -= event.len();
                Decoded::Event(event)
            }
            Some(Ready::Complete) => Decoded::Complete,
            None => Decoded::More,
        }
    }

    fn kept(&self) -> usize {
        self.waiting + self.line.len() + self.data.len() + self.event.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read when the text comes in pieces of that many bytes.
    fn read(text: &str, piece: usize) -> Vec<String> {
        let mut stream = EventStream::default();
        let mut all = Vec::new();
        for piece in text.as_bytes().chunks(piece) {
            stream.push(piece);
            loop {
                match stream.next() {
                    Decoded::Event(event) | Decoded::Last(event) => {
                        all.push(String::from_utf8(event.to_vec()).unwrap());
                    }
                    Decoded::Complete => all.push("complete".to_owned()),
                    Decoded::More => break,
                }
            }
        }
        assert_eq!(stream.kept(), 0, "{text:?}");
        all
    }

    #[test]
    fn every_way_to_end_a_line_and_to_cut_the_bytes() {
        let text = ":\n\nevent: next\ndata: {\"a\":\ndata:1}\nid: 7\n\n:heart\n\nevent:ping\ndata:x\n\ndata: 2\n\n\
                    event: complete\ndata\n\n";
        for end in ["\n", "\r", "\r\n"] {
            let text = text.replace('\n', end);
            for piece in 1..=text.len() {
                assert_eq!(read(&text, piece), ["{\"a\":\n1}", "2", "complete"], "{end:?} {piece}");
            }
        }
    }
}
