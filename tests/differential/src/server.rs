//! A GraphQL server over the world: the one server, or a subgraph. What executes is apollo-compiler's executor, of which the gateway
//! uses nothing.

use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{ExecutionResponse, JsonMap, JsonValue};
use async_trait::async_trait;
use http::HeaderMap;
use wire::{Request, Response, TransportError};

use crate::argument::{arguments, canonical};
use crate::view::View;
use crate::world::{Object, World, Worth, told};

/// What the one server answers.
pub(crate) fn monolith(world: &World, text: &str, variables: &JsonMap) -> Result<ExecutionResponse, String> {
    execute(world, None, text, variables)
}

fn execute(
    world: &World,
    view: Option<&View>,
    text: &str,
    variables: &JsonMap,
) -> Result<ExecutionResponse, String> {
    let schema = view.map_or(&world.whole, |view| &view.schema);
    let document = ExecutableDocument::parse_and_validate(schema, text, "operation.graphql")
        .map_err(|error| error.errors.to_string())?;
    let operation = document.operations.get(None).map_err(|error| error.message().to_string())?;
    let ty = operation.object_type().to_string();
    let root = Instance {
        world,
        view,
        seen: ty.clone(),
        object: Object { ty, number: 0 },
        provided: None,
        told: None,
    };
    Execution::new(schema, &document)
        .raw_variable_values(variables)
        .execute_sync(&root)
        .map_err(|error| error.message().to_string())
}

/// One of the world's subgraphs.
pub(crate) struct Subgraph {
    pub(crate) world: Arc<World>,
    pub(crate) at: usize,
}

#[async_trait]
impl wire::Subgraph for Subgraph {
    async fn call(&self, request: Request) -> Result<Response, TransportError> {
        #[derive(serde::Deserialize)]
        struct Body {
            query: String,
            #[serde(default)]
            variables: JsonMap,
        }
        let Some(view) = self.world.views.get(self.at) else {
            return Err(TransportError::Unreachable("no such subgraph".to_owned()));
        };
        let answer = serde_json::from_slice(&request.body).map_err(|error| error.to_string()).and_then(
            |Body { query, variables }| {
                execute(&self.world, Some(view), &query, &variables)
                    .map_err(|error| format!("{error}\n{query}\n{variables:?}"))
            },
        );
        let body = match answer {
            Ok(answer) => serde_json::to_vec(&answer),
            Err(error) => {
                let message = self.world.violation(format!("{}: cannot be executed: {error}", view.name));
                serde_json::to_vec(&serde_json::json!({ "errors": [{ "message": message }] }))
            }
        };
        let body = body.map_err(|error| TransportError::Unreachable(error.to_string()))?;
        Ok(Response { headers: HeaderMap::new(), body: body.into() })
    }
}

/// An object as a server sees it.
struct Instance<'w> {
    world: &'w World,
    view: Option<&'w View>,
    /// The type's name in the server's schema.
    seen: String,
    object: Object,
    /// The external fields that are provided here.
    provided: Option<&'w SelectionSet>,
    /// The representation that it was asked for by.
    told: Option<JsonMap>,
}

impl ObjectValue for Instance<'_> {
    fn type_name(&self) -> &str {
        &self.seen
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        self.field(info).map_err(|message| FieldError { message })
    }
}

impl<'w> Instance<'w> {
    fn field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, String> {
        let name = info.field_name();
        if name == "_entities" {
            return self.entities(info.arguments());
        }
        let arguments = arguments(info.schema(), info.field_definition(), info.arguments());
        let at = (self.seen.clone(), name.to_owned());
        let mut provided = self.provided.and_then(|set| field_of(set, name));
        let mut required = None;
        if let Some(view) = self.view {
            if view.lost.contains(&at) || (view.external.contains(&at) && provided.is_none()) {
                return Err(self.world.violation(format!("{}: asked for {}.{name}", view.name, self.seen)));
            }
            if let Some(set) = view.requires.get(&at) {
                let told = self.told.as_ref().and_then(|from| told(from, set));
                let told = told.ok_or_else(|| {
                    let what = format!("{}: asked for {}.{name} without {set}", view.name, self.seen);
                    self.world.violation(what)
                });
                required = Some(canonical(&told?));
            }
            provided = view.provides.get(&at).or(provided);
        }
        let required = required.unwrap_or_else(|| self.world.required(&self.object, name));
        let is_mutation = self.seen == "Mutation";
        let number = if is_mutation { self.world.step() } else { self.object.number };
        let object = Object { ty: self.object.ty.clone(), number };
        Ok(self.shown(self.world.resolve(&object, name, &arguments, &required)?, provided))
    }

    fn shown<'a>(&'a self, worth: Worth, provided: Option<&'w SelectionSet>) -> ResolvedValue<'a> {
        match worth {
            Worth::Leaf(leaf) => ResolvedValue::Leaf(leaf),
            Worth::Object(object) => ResolvedValue::object(self.instance(object, provided, None)),
            Worth::List(items) => ResolvedValue::List(Box::new(items.into_iter().map(move |item| {
                item.map(|item| self.shown(item, provided)).map_err(|message| FieldError { message })
            }))),
        }
    }

    fn instance(
        &self,
        object: Object,
        provided: Option<&'w SelectionSet>,
        told: Option<JsonMap>,
    ) -> Instance<'w> {
        let interface = self.world.counted_as(&object.ty);
        let as_interface = self.view.is_some_and(|view| view.interface_objects.contains(interface));
        let seen = if as_interface { interface } else { object.ty.as_str() }.to_owned();
        Instance { world: self.world, view: self.view, seen, object, provided, told }
    }

    fn entities<'a>(&'a self, arguments: &'a JsonMap) -> Result<ResolvedValue<'a>, String> {
        let view = self.view.ok_or("the one server has no _entities")?;
        let all =
            arguments.get("representations").and_then(JsonValue::as_array).ok_or("no representations")?;
        Ok(ResolvedValue::List(Box::new(all.iter().map(move |representation| {
            let unknown = || {
                let what = format!("{}: there is no {representation}", view.name);
                FieldError { message: self.world.violation(what) }
            };
            let told = representation.as_object().ok_or_else(unknown)?;
            let ty = told.get("__typename").and_then(JsonValue::as_str).ok_or_else(unknown)?;
            let object = self.world.find(view, ty, told).ok_or_else(unknown)?;
            if self.world.is_missing(&object) {
                return Ok(ResolvedValue::null());
            }
            Ok(ResolvedValue::object(self.instance(object, None, Some(told.clone()))))
        }))))
    }
}

/// What a field set selects of a field.
fn field_of<'s>(set: &'s SelectionSet, name: &str) -> Option<&'s SelectionSet> {
    let mut fields = set.selections.iter().filter_map(Selection::as_field);
    fields.find(|field| field.name == name).map(|field| &field.selection_set)
}
