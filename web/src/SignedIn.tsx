import { useState, type FormEvent } from 'react';
import type { DevToken } from './config';
import { findToken, type Session } from './session';
import { useStoreValue } from './store';

/** Shows whose name requests carry, and changes it. */
export function SignedIn({ session }: { session: Session }) {
  const { config } = useStoreValue(session);
  return config.tokens.length > 0 ? <Switcher session={session} /> : <PasteToken session={session} />;
}

function Switcher({ session }: { session: Session }) {
  const state = useStoreValue(session);
  const { tokens } = state.config;
  const { identity } = state;
  if (identity.kind !== 'token') {
    return null;
  }
  const choose = (token: DevToken | undefined) => {
    if (token) {
      session.set({ ...state, identity: { kind: 'token', tenant: token.tenant, role: token.role } });
    }
  };
  const tenants = [...new Set(tokens.map((token) => token.tenant))];
  const roles = tokens.filter((token) => token.tenant === identity.tenant).map((token) => token.role);
  return (
    <fieldset className="signed-in">
      <legend>Signed in as</legend>
      <label>
        <span>Tenant</span>
        <select
          value={identity.tenant}
          onChange={({ target }) =>
            // Not every tenant need have the role: its first token then.
            choose(
              findToken(tokens, target.value, identity.role) ??
                tokens.find((token) => token.tenant === target.value),
            )
          }
        >
          {tenants.map((tenant) => (
            <option key={tenant}>{tenant}</option>
          ))}
        </select>
      </label>
      <label>
        <span>Role</span>
        <select
          value={identity.role}
          onChange={({ target }) => choose(findToken(tokens, identity.tenant, target.value))}
        >
          {roles.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </select>
      </label>
    </fieldset>
  );
}

function PasteToken({ session }: { session: Session }) {
  const state = useStoreValue(session);
  const [draft, setDraft] = useState('');
  const signedIn = state.identity.kind === 'pasted' && state.identity.token !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = draft.trim().replace(/^bearer\s+/i, '');
    session.set({ ...state, identity: { kind: 'pasted', token } });
    setDraft('');
  };
  return (
    <form className="signed-in" onSubmit={submit}>
      <label>
        <span>Bearer token</span>
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder={signedIn ? 'in use; paste another' : 'paste a JWT'}
          value={draft}
          onChange={({ target }) => setDraft(target.value)}
        />
      </label>
      <button type="submit">{draft === '' && signedIn ? 'Sign out' : 'Use token'}</button>
    </form>
  );
}
