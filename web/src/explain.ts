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

/** What the panel shows of the last run. */
export interface Explanation {
  operationName: string | null;
  requestId: string | null;
  traceId: string | null;
  planText: string | null;
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

interface TributaryExtension {
  requestId?: string;
  traceId?: string | null;
  plan?: { text?: string };
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
    fetches: extension?.fetches ?? [],
    explained: extension !== undefined,
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
