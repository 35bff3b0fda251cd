//! Random operations through every door: an id of another tenant must not be told from an id that nobody has.
//!
//! Each operation is asked twice as acme: with ids of globex, and with ids of nobody in their places. But for these ids the
//! answers must be equal. An error that has another code, a null in another place, a list that is longer: each would tell
//! that the row is there.

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use e2e::{Client, Platform, SUBGRAPHS, Socket};
use fastrand::Rng;
use serde_json::Value;

use crate::probes::{Hole, Probe, Prober};
use crate::{ACME, Foreign, GLOBEX, SCHEMA, harvest, is_heard, told_apart, values};

/// How many operations go through each door, on each database: with the doors below more than 10,000 in all.
const THROUGH_GATEWAY: usize = 2_000;
const THROUGH_WEBSOCKET: usize = 500;
const THROUGH_SUBGRAPH: usize = 500;
const FOR_ENTITIES: usize = 500;

/// How often an operation is asked, each time with other ids: its plan is made once.
const FILLINGS: usize = 5;

/// How many of globex's operations are asked as globex.
const OWN: usize = 200;

/// Where operations go in.
enum Door {
    Http(Client),
    WebSocket(Box<Socket>),
}

impl Door {
    /// The text of the answer.
    async fn ask(&mut self, body: &Value) -> String {
        match self {
            Self::Http(client) => {
                let answer = client.send(body, &[]).await;
                String::from_utf8(answer.body.to_vec()).unwrap()
            }
            Self::WebSocket(socket) => socket.ask(body).await.to_string(),
        }
    }
}

/// What is asked at a door.
#[derive(Clone, Copy)]
enum Kind {
    Operations,
    Entities,
}

struct Trial<'a> {
    name: String,
    door: Door,
    schema: &'a Schema,
    kind: Kind,
    count: usize,
    found: &'a Found,
}

/// What globex told.
struct Found {
    secrets: BTreeSet<String>,
    foreign: Foreign,
}

impl Found {
    fn fillings(&self, hole: Hole) -> &[String] {
        match hole {
            Hole::Id => &self.foreign.ids,
            Hole::Cursor => &self.foreign.cursors,
            Hole::Sku => &self.foreign.skus,
        }
    }

    /// Something of globex.
    fn pick(&self, hole: Hole, random: &mut Rng) -> String {
        random.choice(self.fillings(hole)).unwrap().clone()
    }

    /// What stands for it where nobody is to be found. A cursor is a place in a list and not a row: it stands for itself.
    fn nobody(&self, hole: Hole, theirs: &str) -> String {
        let place = self.fillings(hole).iter().position(|text| text == theirs).unwrap();
        match hole {
            Hole::Id => format!("018f0000-0000-7000-8000-{place:012x}"),
            Hole::Cursor => theirs.to_owned(),
            Hole::Sku => format!("NOBODY-{place}"),
        }
    }

    /// What an answer tells of globex.
    fn secrets_in(&self, answer: &str) -> Vec<String> {
        let mut said = BTreeSet::new();
        values(&serde_json::from_str(answer).unwrap(), &mut said);
        said.intersection(&self.secrets).cloned().collect()
    }
}

pub(crate) async fn try_all(platform: &Platform) {
    let (secrets, foreign) = told_apart(platform).await;
    let found = Found { secrets, foreign };
    let before = snapshot(platform).await;
    let api = schema(SCHEMA);
    let gateway = |name: &str, door, count| Trial {
        name: name.to_owned(),
        door,
        schema: &api,
        kind: Kind::Operations,
        count,
        found: &found,
    };
    let mut asked = gateway("gateway", Door::Http(platform.client(ACME)), THROUGH_GATEWAY).run().await;
    let websocket = Door::WebSocket(Box::new(platform.socket(ACME).await));
    asked += gateway("websocket", websocket, THROUGH_WEBSOCKET).run().await;
    for subgraph in SUBGRAPHS {
        let own = schema(&sdl(subgraph));
        for (kind, count) in [(Kind::Operations, THROUGH_SUBGRAPH), (Kind::Entities, FOR_ENTITIES)] {
            let door = Door::Http(platform.client_of(subgraph, ACME));
            let trial = Trial { name: subgraph.to_owned(), door, schema: &own, kind, count, found: &found };
            asked += trial.run().await;
        }
    }
    assert!(asked > 5_000, "only {asked} operations");
    assert_eq!(before, snapshot(platform).await, "something of globex is different now");
    // The operations do find something where it is the Caller's own.
    let leads = gateway("gateway", Door::Http(platform.client(GLOBEX)), 0).leads().await;
    assert!(leads > OWN / 4, "{leads} of {OWN} operations told globex something of its own");
}

impl Trial<'_> {
    /// How many operations were asked.
    async fn run(mut self) -> usize {
        let mut random = Rng::with_seed(self.count as u64);
        let mut prober = Prober::new(self.schema, 1);
        let mut asked = 0;
        while asked < self.count {
            let probe = match self.kind {
                Kind::Operations => prober.operation(&["Query", "Mutation"]),
                Kind::Entities => prober.entities(),
            };
            let Some(probe) = probe else { break };
            for _ in 0..FILLINGS {
                self.compare(&probe, &mut random).await;
                asked += 1;
            }
        }
        asked
    }

    async fn compare(&mut self, probe: &Probe, random: &mut Rng) {
        let mut given: Vec<(Hole, String)> = Vec::new();
        let theirs = probe.body(&mut |hole| {
            given.push((hole, self.found.pick(hole, random)));
            given[given.len() - 1].1.clone()
        });
        let mut again = given.iter();
        let nobodys =
            probe.body(&mut |_| again.next().map(|(hole, text)| self.found.nobody(*hole, text)).unwrap());
        let told = self.door.ask(&theirs).await;
        let expected = self.door.ask(&nobodys).await;
        let replace =
            |told: String, (hole, text): &(Hole, String)| told.replace(text, &self.found.nobody(*hole, text));
        let neutral = given.iter().fold(told, replace);
        let expected = ordered(&expected);
        assert!(is_heard(&expected), "{}: {nobodys:#}\n{expected:#}", self.name);
        assert_eq!(ordered(&neutral), expected, "{}: {theirs:#}", self.name);
        let leaked = self.found.secrets_in(&neutral);
        assert!(leaked.is_empty(), "{}: {theirs:#}\n{leaked:?}", self.name);
    }

    /// How many operations with globex's ids tell something that is globex's alone.
    async fn leads(mut self) -> usize {
        let mut random = Rng::with_seed(7);
        let mut prober = Prober::new(self.schema, 7);
        let mut leads = 0;
        for _ in 0..OWN {
            let probe = prober.operation(&["Query"]).unwrap();
            let answer = self.door.ask(&probe.body(&mut |hole| self.found.pick(hole, &mut random))).await;
            leads += usize::from(!self.found.secrets_in(&answer).is_empty());
        }
        leads
    }
}

/// An answer with its errors in an order, since fields are resolved at once and which fails first is chance; and without the
/// request's id, which over WebSocket is another for each operation.
fn ordered(answer: &str) -> Value {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    if let Some(errors) = answer["errors"].as_array_mut() {
        for error in errors.iter_mut() {
            error["extensions"]["requestId"].take();
        }
        errors.sort_by_cached_key(ToString::to_string);
    }
    answer
}

/// All that globex can see.
async fn snapshot(platform: &Platform) -> Vec<Value> {
    harvest(platform, GLOBEX, &Foreign::default()).await.answers
}

/// Directives of Federation are not defined in a subgraph's own text, so it is not validated.
fn schema(sdl: &str) -> Schema {
    Schema::builder()
        .adopt_orphan_extensions()
        .parse(sdl, "schema.graphql")
        .build()
        .unwrap_or_else(|errors| errors.partial)
}

fn sdl(subgraph: &str) -> String {
    let file = format!("{}/../schema/{subgraph}.graphql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(file).unwrap()
}
