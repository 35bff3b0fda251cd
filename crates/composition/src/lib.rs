//! Composition: the SDL of several subgraphs to one supergraph SDL, or errors that name the spot.
//!
//! Pure: no I/O, no clock, no randomness; the same input gives the same bytes, whatever the order of the subgraphs. The pipeline
//! is one direction, a module per stage:
//!
//! 1. `read`: text to the normalised model of one subgraph. Renamed and namespaced federation directives get their canonical
//!    meaning, Federation v1 is upgraded, root types get their default names.
//! 2. `validate`: what one subgraph can get wrong on its own (keys, `@requires`, `@provides`, `@external`, …).
//! 3. `merge`: one supergraph out of all subgraphs, a file for each kind of type.
//! 4. `post`: what only the merged whole can get wrong.
//! 5. `satisfiability`: every query the supergraph allows can be answered.
//! 6. `print`: supergraph SDL with the directives of the join specification.
//!
//! ```
//! use composition::{Subgraph, compose};
//!
//! let users = Subgraph {
//!     name: "users".to_owned(),
//!     url: "http://users/graphql".to_owned(),
//!     sdl: r#"
//!         extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
//!         type User @key(fields: "id") { id: ID! name: String }
//!         type Query { me: User }
//!     "#
//!     .to_owned(),
//! };
//! let composed = compose(&[users]).map_err(|errors| errors[0].to_string())?;
//! assert!(composed.supergraph_sdl.contains(r#"@join__type(graph: USERS, key: "id")"#));
//! # Ok::<(), String>(())
//! ```
//!
//! Beside it stand [`contract()`], the API schema of a supergraph or the part of it that an audience may see, and
//! [`contract_supergraph()`], what a gateway serves to that audience.
//!
//! Where this differs from other composers, on purpose: a query that can be answered is accepted even where its way leads through the
//! subgraph that it goes to, or depends on the label of a progressive override; nullable lists of different nullability merge; access
//! directives on interfaces are legal, and interfaces ask for what their implementations ask for as well.
//!
//! Formats: Apollo Federation v1 and v2, `https://specs.apollo.dev/join` v0.3 to v0.5 (what the
//! newest subgraph needs), `https://specs.apollo.dev/link/v1.0`.

mod compose;
mod contract;
mod error;
mod field_set;
mod hint;
mod merge;
mod model;
mod overrides;
mod post;
mod print;
mod read;
mod satisfiability;
mod spot;
mod supergraph;
mod validate;

pub use compose::{Composed, Subgraph, compose};
pub use contract::{ContractError, ContractFilter, contract, contract_supergraph};
pub use error::{CompositionError, ErrorCode, Location};
pub use hint::{Hint, HintCode, HintLevel};
