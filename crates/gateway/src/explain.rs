//! How an operation was executed, for whoever may ask.

use http::{HeaderMap, HeaderName};
use planner::Plan;
use serde::Serialize;
use serde_json::Value;
use telemetry::RequestId;

use crate::config::ExplainConfig;
use crate::execute::FetchReport;

/// `tributary-explain: plan, trace`.
const HEADER: HeaderName = HeaderName::from_static("tributary-explain");

/// What the client wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Explain {
    plan: bool,
    trace: bool,
}

/// `extensions.tributary`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Explanation {
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetches: Option<Vec<FetchReport>>,
}

impl Explain {
    /// What is asked for, where that is allowed.
    pub(crate) fn asked(headers: &HeaderMap, config: &ExplainConfig) -> Option<Self> {
        let asked = headers.get(HEADER)?.to_str().ok()?;
        let names = |name: &str| asked.split(',').any(|one| one.trim().eq_ignore_ascii_case(name));
        let explain = Self { plan: names("plan"), trace: names("trace") };
        (config.enabled && (explain.plan || explain.trace)).then_some(explain)
    }

    pub(crate) fn explain(self, plan: &Plan, mut fetches: Vec<FetchReport>, id: &RequestId) -> Explanation {
        let plan = self.plan.then(|| {
            let mut json = serde_json::to_value(plan).unwrap_or_default();
            if let Value::Object(object) = &mut json {
                object.insert("text".to_owned(), plan.to_text().into());
            }
            json
        });
        fetches.sort_by_key(FetchReport::started);
        Explanation {
            request_id: id.as_str().to_owned(),
            trace_id: telemetry::trace_id(&tracing::Span::current()),
            plan,
            fetches: self.trace.then_some(fetches),
        }
    }
}
