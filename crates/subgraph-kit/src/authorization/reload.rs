use std::sync::Arc;
use std::time::Duration;

use policy::{Engine, Reload};

/// Looks at the folder from time to time, as long as somebody has the engine.
pub(super) fn watch(engine: &Arc<Engine>, service: &'static str, every: Duration) {
    let engine = Arc::downgrade(engine);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(every).await;
            let Some(engine) = engine.upgrade() else { return };
            // Files are read: not on a thread that serves requests.
            let Ok(outcome) = tokio::task::spawn_blocking(move || engine.reload()).await else { return };
            match outcome {
                Reload::Unchanged | Reload::StillRefused => {}
                Reload::Replaced => tracing::info!(service, "new policies hold"),
                Reload::Refused(error) => {
                    tracing::error!(service, %error, "new policies were refused; those before hold on");
                }
            }
        }
    });
}
