import { createStore } from './store';

/** One request from the gateway to a subgraph. Times count from the start of the operation. */
export interface FetchTrace {
  id: number | string;
  subgraph: string;
  startUs: number;
  durationUs: number;
  entities: number | null;
  requestBytes: number | null;
  responseBytes: number | null;
  sqlStatements: number | null;
  status: number | string | null;
}

/** One fetch of the plan. Its id is its place in the plan. */
export interface PlannedFetch {
  subgraph: string;
  /** The fetches that must have ended before this one starts. */
  after: number[];
  /** The operation that the subgraph gets. */
  operation: string;
  /** Where the answers belong, as a path of response keys; null at the root. */
  into: string | null;
}

/** What the panel shows of the last run. */
export interface Explanation {
  operationName: string | null;
  requestId: string | null;
  traceId: string | null;
  planText: string | null;
  planned: PlannedFetch[];
  fetches: FetchTrace[];
  /** False when the gateway sent no `extensions.tributary`. */
  explained: boolean;
}

/** The header that asks the gateway for plan and trace. */
export const EXPLAIN_HEADER = 'tributary-explain';
export const EXPLAIN_VALUE = 'plan, trace';

const ENABLED_KEY = 'tributary:explain';

/** Whether requests ask for plan and trace. On at first; the choice is remembered. */
export const explainEnabled = createStore(localStorage.getItem(ENABLED_KEY) !== 'off');
explainEnabled.subscribe(() => {
  localStorage.setItem(ENABLED_KEY, explainEnabled.get() ? 'on' : 'off');
});

/** The last run, or null before the first. */
export const lastExplanation = createStore<Explanation | null>(null);

/** The parts of a fetch that are shown, as the gateway writes its plan. */
interface RawFetch {
  subgraph?: string;
  after?: number[];
  operation?: string;
  target?: { batches?: { path?: ({ slot?: string } | { types?: string[] })[] }[] };
}

interface TributaryExtension {
  requestId?: string;
  traceId?: string | null;
  plan?: { text?: string; fetches?: RawFetch[] };
  fetches?: FetchTrace[];
}

interface Answer {
  extensions?: { tributary?: TributaryExtension } & Record<string, unknown>;
}

/** Reads `extensions.tributary` of an answer; the request id may come from the response header alone. */
export function explanationOf(
  answer: Answer,
  operationName: string | null,
  requestIdHeader: string | null,
): Explanation {
  const extension = answer.extensions?.tributary;
  return {
    operationName,
    requestId: extension?.requestId ?? requestIdHeader,
    traceId: extension?.traceId ?? null,
    planText: extension?.plan?.text ?? null,
    planned: (extension?.plan?.fetches ?? []).map(planned),
    fetches: extension?.fetches ?? [],
    explained: extension !== undefined,
  };
}

function planned({ subgraph, after, operation, target }: RawFetch): PlannedFetch {
  const paths = (target?.batches ?? []).map(({ path = [] }) =>
    path.flatMap((step) => ('slot' in step && step.slot ? [step.slot] : [])).join('.'),
  );
  return {
    subgraph: subgraph ?? '',
    after: after ?? [],
    operation: operation ?? '',
    into: paths.length > 0 ? [...new Set(paths)].join(', ') : null,
  };
}

/** The answer without what the panel shows already, so that the response pane stays readable. */
export function withoutExplanation<T extends Answer>(answer: T): T {
  if (!answer.extensions?.tributary) {
    return answer;
  }
  const { tributary: _shown, ...others } = answer.extensions;
  const { extensions: _all, ...rest } = answer;
  return (Object.keys(others).length > 0 ? { ...rest, extensions: others } : rest) as T;
}
