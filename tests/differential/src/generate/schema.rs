//! A random schema, before it is split.

use crate::random::Random;

/// All types.
pub(super) struct Model {
    /// `Query` is the first, and `Mutation` the second where there is one.
    pub(super) objects: Vec<Object>,
    pub(super) interfaces: Vec<Interface>,
    pub(super) unions: Vec<(String, Vec<String>)>,
    /// Enums, inputs and scalars, as text.
    pub(super) inputs: Vec<(String, String)>,
}

/// An object type.
pub(super) struct Object {
    pub(super) name: String,
    /// Empty: its objects are known by nothing.
    pub(super) keys: Vec<String>,
    pub(super) fields: Vec<Field>,
    pub(super) interfaces: Vec<String>,
}

/// An interface.
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) members: Vec<String>,
    /// Fields that one subgraph adds to all implementations, knowing none of them: `@interfaceObject`.
    pub(super) added: Vec<Field>,
}

/// A field.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) base: String,
    /// The type, `_` standing for `base`.
    pub(super) shape: &'static str,
    /// The arguments' definitions, and the types that they need.
    pub(super) arguments: Vec<(String, String)>,
}

impl Field {
    fn new(name: &str, base: &str, shape: &'static str) -> Self {
        Self { name: name.to_owned(), base: base.to_owned(), shape, arguments: Vec::new() }
    }
}

impl Model {
    pub(super) fn object(&self, name: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.name == name)
    }

    pub(super) fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.name == name)
    }
}

impl Interface {
    pub(super) fn is_hierarchy(&self) -> bool {
        !self.added.is_empty()
    }
}

impl Object {
    pub(super) fn is_root(&self) -> bool {
        self.name == "Query" || self.name == "Mutation"
    }

    /// Whether it is told whole wherever it is told.
    pub(super) fn is_value(&self) -> bool {
        self.keys.is_empty() && !self.is_root()
    }

    pub(super) fn is_in_key(&self, field: &str) -> bool {
        self.keys.iter().any(|key| key.split(' ').any(|word| word == field))
    }
}

/// Types have fields of the same names, so that what is selected under one key differs between them.
const NAMES: [&str; 10] = ["name", "size", "next", "peer", "note", "rank", "when", "mode", "list", "best"];

const LEAVES: [&str; 8] = ["Int", "Float", "String", "Boolean", "ID", "Json", "Mood", "Tone"];

const SHAPES: [&str; 14] =
    ["_", "_", "_", "_", "_!", "_!", "_!", "[_]", "[_!]", "[_!]!", "[_]!", "[[_]]", "[[_!]!]!", "[[_!]]"];

const KEYS: [&[&str]; 7] = [
    &["id"],
    &["id"],
    &["id"],
    &["id", "sku"],
    &["id", "sku serial"],
    &["sku", "spot { code }"],
    &["id", "sku", "serial spot { code }"],
];

const ARGUMENTS: [(&str, &str); 16] = [
    ("a: Int", "Int"),
    ("a: Int = 3", "Int"),
    ("a: Int! = 4", "Int"),
    ("a: Int!", "Int"),
    ("b: String", "String"),
    ("b: ID", "ID"),
    ("b: [ID!]", "ID"),
    ("b: [[Int]]", "Int"),
    ("c: Float = 1.5", "Float"),
    ("c: Json", "Json"),
    ("d: Mood", "Mood"),
    ("d: Tone = LOUD", "Tone"),
    ("d: [Mood!]! = [GLAD]", "Mood"),
    ("e: Filter", "Filter"),
    ("e: Filter! = {least: 2, moods: [SAD]}", "Filter"),
    ("e: [Range!]", "Range"),
];

pub(super) fn model(random: &mut Random) -> Model {
    let mut objects = vec![object("Query", &[])];
    if random.chance(50) {
        objects.push(object("Mutation", &[]));
    }
    for at in 0..2 + random.below(4) {
        objects.push(object(&format!("E{at}"), random.pick::<&[&str]>(&KEYS)));
    }
    for at in 0..=random.below(3) {
        objects.push(object(&format!("V{at}"), &[]));
    }
    objects.extend(places(&objects));
    let mut model = Model { objects, interfaces: Vec::new(), unions: Vec::new(), inputs: inputs() };
    let plain: Vec<String> = names(&model, |object| !object.is_root() && !object.name.starts_with("Spot"));
    for at in 0..random.below(3) {
        let mut members = random.some(&plain, 50);
        if members.is_empty() {
            members.push(random.pick(&plain).clone());
        }
        model.interfaces.push(Interface {
            name: format!("I{at}"),
            fields: Vec::new(),
            members,
            added: Vec::new(),
        });
    }
    for at in 0..random.below(3) {
        let mut members = random.some(&plain, 50);
        if members.is_empty() {
            members.push(random.pick(&plain).clone());
        }
        model.unions.push((format!("U{at}"), members));
    }
    if random.chance(40) {
        add_hierarchy(&mut model, random);
    }
    add_fields(&mut model, random);
    model
}

fn object(name: &str, keys: &[&str]) -> Object {
    let mut fields = Vec::new();
    let object = Object {
        name: name.to_owned(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        fields: Vec::new(),
        interfaces: Vec::new(),
    };
    for (field, base, shape) in [("id", "ID", "_!"), ("sku", "String", "_!"), ("serial", "Int", "_!")] {
        if object.is_in_key(field) {
            fields.push(Field::new(field, base, shape));
        }
    }
    if object.is_in_key("spot") {
        fields.push(Field::new("spot", &format!("Spot{name}"), "_!"));
    }
    Object { fields, ..object }
}

/// The types of objects that stand in keys.
fn places(objects: &[Object]) -> Vec<Object> {
    let keyed = objects.iter().filter(|object| object.is_in_key("spot"));
    let place = |of: &Object| Object {
        name: format!("Spot{}", of.name),
        keys: Vec::new(),
        fields: vec![Field::new("code", "ID", "_!"), Field::new("note", "String", "_")],
        interfaces: Vec::new(),
    };
    keyed.map(place).collect()
}

fn names(model: &Model, keep: impl Fn(&Object) -> bool) -> Vec<String> {
    model.objects.iter().filter(|object| keep(object)).map(|object| object.name.clone()).collect()
}

fn inputs() -> Vec<(String, String)> {
    [
        ("Json", "scalar Json"),
        ("Mood", "enum Mood { GLAD SAD CALM }"),
        ("Tone", "enum Tone { LOUD SOFT }"),
        ("Range", "input Range { from: Int = 1 to: Int }"),
        (
            "Filter",
            "input Filter { least: Int! = 1 text: String moods: [Mood!] range: Range ranges: [Range] not: Filter }",
        ),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into()
}

/// An interface with a key, its implementations, and fields that somebody adds who knows only the interface.
fn add_hierarchy(model: &mut Model, random: &mut Random) {
    let members: Vec<String> = (0..2 + random.below(2)).map(|at| format!("H{at}")).collect();
    for name in &members {
        model.objects.push(object(name, &["id"]));
    }
    let mut added = Vec::new();
    for name in ["extra", "more"].iter().take(1 + random.below(2)) {
        added.push(field(model, random, name, true, true));
    }
    model.interfaces.push(Interface {
        name: "H".to_owned(),
        fields: vec![Field::new("id", "ID", "_!")],
        members,
        added,
    });
}

fn add_fields(model: &mut Model, random: &mut Random) {
    for at in 0..model.interfaces.len() {
        let interface = model.interfaces[at].name.clone();
        let fields: Vec<Field> = (0..=random.below(2))
            .map(|number| field(model, random, &format!("{}{number}", interface.to_lowercase()), true, true))
            .collect();
        let members = model.interfaces[at].members.clone();
        for object in model.objects.iter_mut().filter(|object| members.contains(&object.name)) {
            object.interfaces.push(interface.clone());
            for field in &fields {
                // An implementation may promise more than the interface.
                let strict = field.shape == "_" && random.chance(30);
                object.fields.push(Field { shape: if strict { "_!" } else { field.shape }, ..field.clone() });
            }
        }
        model.interfaces[at].fields.extend(fields);
    }
    for at in 0..model.objects.len() {
        let (count, offset) = (2 + random.below(4), random.below(NAMES.len()));
        if model.objects[at].name.starts_with("Spot") {
            continue;
        }
        let root = model.objects[at].is_root();
        let leafy = model.objects[at].is_value();
        for number in 0..if root { count + 2 } else { count } {
            let name = NAMES[(offset + number) % NAMES.len()];
            let leaf = if root { random.chance(15) } else { random.chance(if leafy { 75 } else { 50 }) };
            let field = field(model, random, name, leaf, leafy);
            model.objects[at].fields.push(field);
        }
    }
}

fn field(model: &Model, random: &mut Random, name: &str, leaf: bool, shared: bool) -> Field {
    let base = if leaf {
        (*random.pick::<&str>(&LEAVES)).to_owned()
    } else {
        let hidden = |name: &str| {
            model
                .interfaces
                .iter()
                .any(|interface| interface.name == "H" && interface.members.iter().any(|m| m == name))
        };
        let mut bases = names(model, |object| {
            !object.is_root() && !hidden(&object.name) && !object.name.starts_with("Spot")
        });
        // Two subgraphs alone know the hierarchy, and so what many subgraphs tell must not lead there.
        let interfaces = model.interfaces.iter().filter(|interface| !shared || !interface.is_hierarchy());
        bases.extend(interfaces.map(|interface| interface.name.clone()));
        bases.extend(model.unions.iter().map(|(name, _)| name.clone()));
        random.pick(&bases).clone()
    };
    let mut arguments: Vec<(String, String)> = Vec::new();
    while random.chance(22) {
        let (text, ty) = random.pick(&ARGUMENTS);
        if !arguments.iter().any(|(known, _)| known[..1] == text[..1]) {
            arguments.push(((*text).to_owned(), (*ty).to_owned()));
        }
    }
    Field { arguments, ..Field::new(name, &base, random.pick::<&str>(&SHAPES)) }
}
