import type { GraphiQLPlugin } from '@graphiql/react';
import { useMemo, useState } from 'react';
import { explainEnabled, lastExplanation, type Explanation } from './explain';
import { pictureOf } from './picture';
import { PlanPicture } from './PlanPicture';
import { useStoreValue } from './store';
import { Waterfall } from './Waterfall';

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
  const picture = useMemo(() => pictureOf(run.planned, run.fetches), [run]);
  // Of this run: a choice must not outlive the plan that it was made in.
  const [choice, setChoice] = useState<{ run: Explanation; id: number } | null>(null);
  const chosen = choice?.run === run ? choice.id : null;
  return (
    <>
      {!run.explained && (
        <p className="hint">
          {enabled
            ? 'The last answer came without a plan: it failed before planning, or `explain` is off in the gateway’s configuration.'
            : 'The last answer came without a plan.'}
        </p>
      )}
      {picture.nodes.length > 0 && (
        <>
          <h3>Plan</h3>
          <PlanPicture
            picture={picture}
            chosen={chosen}
            onChoose={(id) => setChoice(chosen === id ? null : { run, id })}
          />
        </>
      )}
      {run.fetches.length > 0 && <Waterfall fetches={run.fetches} picture={picture} chosen={chosen} />}
      {run.planText && (
        <>
          <h3>Query plan</h3>
          <pre tabIndex={0} aria-label="Query plan">
            {run.planText}
          </pre>
        </>
      )}
      <dl>
        {run.operationName && <Row term="Operation" value={run.operationName} />}
        {run.requestId && <Row term="Request id" value={run.requestId} />}
        {run.traceId && <Row term="Trace id" value={run.traceId} />}
      </dl>
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

function PlanIcon() {
  return (
    <svg viewBox="0 0 24 24" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
      <path d="M3 6h8M7 12h9M12 18h9" />
    </svg>
  );
}
