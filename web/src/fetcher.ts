import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import {
  EXPLAIN_HEADER,
  EXPLAIN_VALUE,
  explainEnabled,
  explanationOf,
  lastExplanation,
  withoutExplanation,
} from './explain';
import { bearerToken, renewTokens, type Session } from './session';

const INTROSPECTION = 'IntrospectionQuery';

/** Sends operations in the session's name. A refused token is renewed once. */
export function createFetcher(session: Session): Fetcher {
  return async (params, options) => {
    const introspection = params.operationName === INTROSPECTION;
    const explain = explainEnabled.get() && !introspection;
    const send = () => post(session, params, explain, options?.headers);

    let response = await send();
    if (response.status === 401 && (await renewTokens(session))) {
      response = await send();
    }
    const answer = await readJson(response);
    if (introspection) {
      return answer;
    }
    lastExplanation.set(
      explanationOf(answer, params.operationName ?? null, response.headers.get('x-request-id')),
    );
    return withoutExplanation(answer);
  };
}

function post(
  session: Session,
  { query, variables, operationName }: FetcherParams,
  explain: boolean,
  extraHeaders: Record<string, string> | undefined,
): Promise<Response> {
  const state = session.get();
  const headers = new Headers({
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'content-type': 'application/json',
  });
  const token = bearerToken(state);
  if (token) {
    headers.set('authorization', `Bearer ${token}`);
  }
  if (explain) {
    headers.set(EXPLAIN_HEADER, EXPLAIN_VALUE);
  }
  // Last, so that the user's own headers win.
  for (const [name, value] of Object.entries(extraHeaders ?? {})) {
    headers.set(name, String(value));
  }
  const body = JSON.stringify({
    query,
    ...(variables && { variables }),
    ...(operationName && { operationName }),
  });
  return fetch(state.config.endpoint, { method: 'POST', headers, body });
}

async function readJson(response: Response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} with a body that is not JSON: ${text.slice(0, 200)}`);
  }
}
