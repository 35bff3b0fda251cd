/** A development token that the gateway minted for this page. */
export interface DevToken {
  label: string;
  tenant: string;
  role: string;
  token: string;
}

/** What the gateway tells the console: `GET /console/config.json`. */
export interface ConsoleConfig {
  /** Where GraphQL is answered, relative to this page. */
  endpoint: string;
  /** Empty outside `tributary dev`. */
  tokens: DevToken[];
  /** The query in the first tab of a new visitor. */
  defaultQuery: string;
}

const CONFIG_URL = '/console/config.json';

/** Fetches the configuration; tokens in it are fresh at each call. */
export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch(CONFIG_URL, { cache: 'no-store' });
  if (!response.ok) {
    throw new Error(`The gateway answered ${response.status} to ${CONFIG_URL}`);
  }
  const raw = (await response.json()) as Partial<ConsoleConfig>;
  return {
    endpoint: raw.endpoint ?? '/graphql',
    tokens: raw.tokens ?? [],
    defaultQuery: raw.defaultQuery ?? '',
  };
}
