import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useGraphiQLActions } from '@graphiql/react';
import { useEffect, useMemo, useRef } from 'react';
import { createFetcher } from './fetcher';
import { PLAN_TRACE_PLUGIN } from './PlanTrace';
import type { Session } from './session';
import { SignedIn } from './SignedIn';
import { useStoreValue } from './store';
import icon from './icon.svg';

// One array for the life of the page: GraphiQL resets its panels when it changes.
const PLUGINS = [PLAN_TRACE_PLUGIN, HISTORY_PLUGIN];

/** The whole page: who is signed in above, GraphiQL below. */
export function App({ session }: { session: Session }) {
  const fetcher = useMemo(() => createFetcher(session), [session]);
  const { defaultQuery } = session.get().config;
  return (
    <>
      <header className="top">
        <h1>
          <img src={icon} alt="" width="20" height="20" />
          Tributary
        </h1>
        <SignedIn session={session} />
      </header>
      <main>
        <GraphiQL fetcher={fetcher} plugins={PLUGINS} defaultQuery={defaultQuery}>
          <GraphiQL.Logo>{null}</GraphiQL.Logo>
          <SchemaOfIdentity session={session} />
        </GraphiQL>
      </main>
    </>
  );
}

/** Asks for the schema again when another identity signs in: the last one may have been refused. */
function SchemaOfIdentity({ session }: { session: Session }) {
  const { identity } = useStoreValue(session);
  const { introspect } = useGraphiQLActions();
  const previous = useRef(identity);
  useEffect(() => {
    if (previous.current !== identity) {
      previous.current = identity;
      void introspect();
    }
  }, [identity, introspect]);
  return null;
}
