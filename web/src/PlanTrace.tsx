import type { GraphiQLPlugin } from '@graphiql/react';
import { explainEnabled, lastExplanation, type Explanation, type FetchTrace } from './explain';
import { useStoreValue } from './store';

/** The side panel with the query plan and the fetches of the last run. */
export const PLAN_TRACE_PLUGIN: GraphiQLPlugin = {
  title: 'Plan & trace',
  icon: PlanIcon,
  content: PlanTrace,
};

function PlanTrace() {
  const enabled = useStoreValue(explainEnabled);
  const last = useStoreValue(lastExplanation);
  return (
    <section className="plan-trace" aria-labelledby="plan-trace-title">
      <h2 id="plan-trace-title">Plan &amp; trace</h2>
      <label className="plan-trace-toggle">
        <input
          type="checkbox"
          checked={enabled}
          onChange={({ target }) => explainEnabled.set(target.checked)}
        />
        Ask for plan and trace with each request
      </label>
      {last ? (
        <LastRun run={last} enabled={enabled} />
      ) : (
        <p className="hint">Run a query to see how it was answered.</p>
      )}
    </section>
  );
}

function LastRun({ run, enabled }: { run: Explanation; enabled: boolean }) {
  return (
    <>
      <dl>
        {run.operationName && <Row term="Operation" value={run.operationName} />}
        {run.requestId && <Row term="Request id" value={run.requestId} />}
        {run.traceId && <Row term="Trace id" value={run.traceId} />}
      </dl>
      {!run.explained && (
        <p className="hint">
          {enabled
            ? 'The last answer came without a plan: it failed before planning, or `explain` is off in the gateway’s configuration.'
            : 'The last answer came without a plan.'}
        </p>
      )}
      {run.fetches.length > 0 && <Waterfall fetches={run.fetches} />}
      {run.planText && (
        <>
          <h3>Query plan</h3>
          <pre tabIndex={0} aria-label="Query plan">
            {run.planText}
          </pre>
        </>
      )}
    </>
  );
}

function Row({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Waterfall({ fetches }: { fetches: FetchTrace[] }) {
  // At least 1 µs, for a share of the whole is taken below.
  const endUs = Math.max(1, ...fetches.map((fetch) => fetch.startUs + fetch.durationUs));
  const sql = fetches.reduce((sum, fetch) => sum + (fetch.sqlStatements ?? 0), 0);
  return (
    <>
      <h3>
        Fetches
        <small>
          {fetches.length} in {milliseconds(endUs)}, {count(sql, 'SQL statement')}
        </small>
      </h3>
      <ol className="waterfall" aria-label="Fetches">
        {fetches.map((fetch, index) => (
          // One fetch node may run several times: its id alone is no key.
          <li key={`${index}-${fetch.id}`} data-failed={failed(fetch.status) || undefined}>
            <div className="waterfall-head">
              <strong>{fetch.subgraph}</strong>
              <span>{milliseconds(fetch.durationUs)}</span>
            </div>
            <div className="waterfall-lane" aria-hidden="true">
              <div
                style={{
                  left: `${(100 * fetch.startUs) / endUs}%`,
                  width: `${(100 * fetch.durationUs) / endUs}%`,
                }}
              />
            </div>
            <p>
              {details(fetch).map((detail) => (
                <span key={detail}>{detail}</span>
              ))}
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

function details(fetch: FetchTrace): string[] {
  const parts = [`from ${milliseconds(fetch.startUs)}`];
  if (fetch.entities) {
    parts.push(count(fetch.entities, 'entity', 'entities'));
  }
  if (fetch.requestBytes != null && fetch.responseBytes != null) {
    parts.push(`${bytes(fetch.requestBytes)} out`, `${bytes(fetch.responseBytes)} in`);
  }
  if (fetch.sqlStatements != null) {
    parts.push(`${fetch.sqlStatements} SQL`);
  }
  if (failed(fetch.status)) {
    parts.push(`status ${fetch.status}`);
  }
  return parts;
}

function failed(status: FetchTrace['status']): boolean {
  return typeof status === 'number' ? status >= 400 : status != null && status.toLowerCase() !== 'ok';
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function milliseconds(us: number): string {
  return `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`;
}

function bytes(n: number): string {
  return n < 1000 ? `${n} B` : `${(n / 1000).toFixed(1)} kB`;
}

function PlanIcon() {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
      <path d="M3 6h8M7 12h9M12 18h9" />
    </svg>
  );
}
