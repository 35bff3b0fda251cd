import { loadConfig, type ConsoleConfig, type DevToken } from './config';
import { createStore, type Store } from './store';

/** Whose name requests carry. */
export type Identity =
  | { kind: 'token'; tenant: string; role: string }
  | { kind: 'pasted'; token: string };

export interface SessionState {
  config: ConsoleConfig;
  identity: Identity;
}

export type Session = Store<SessionState>;

/** Starts signed in with the first development token, if there is one. */
export function createSession(config: ConsoleConfig): Session {
  const first = config.tokens[0];
  return createStore<SessionState>({
    config,
    identity: first
      ? { kind: 'token', tenant: first.tenant, role: first.role }
      : { kind: 'pasted', token: '' },
  });
}

/** The bearer token of the present identity; undefined when not signed in. */
export function bearerToken({ config, identity }: SessionState): string | undefined {
  if (identity.kind === 'pasted') {
    return identity.token || undefined;
  }
  return findToken(config.tokens, identity.tenant, identity.role)?.token;
}

export function findToken(tokens: DevToken[], tenant: string, role: string): DevToken | undefined {
  return tokens.find((token) => token.tenant === tenant && token.role === role);
}

/** Fetches new tokens for the same identity. False where only the user can bring a new token. */
export async function renewTokens(session: Session): Promise<boolean> {
  if (session.get().identity.kind === 'pasted') {
    return false;
  }
  const config = await loadConfig();
  session.set({ ...session.get(), config });
  return bearerToken(session.get()) !== undefined;
}
