import 'graphiql/setup-workers/vite';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './console.css';
import './plan-trace.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { loadConfig } from './config';
import { createSession } from './session';

const container = document.getElementById('root');
if (!container) {
  throw new Error('index.html has no #root');
}
const root = createRoot(container);
try {
  root.render(<App session={createSession(await loadConfig())} />);
} catch (error) {
  root.render(
    <p role="alert" className="start-failed">
      The console cannot start. {error instanceof Error ? error.message : String(error)}
    </p>,
  );
}
