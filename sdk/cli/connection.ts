import { EarshotClient, SDK_VERSION } from '../core/index.js';
import type { EarshotClientOptions } from '../core/index.js';
import { UsageError } from './usage.js';

type Env = Readonly<Record<string, string | undefined>>;

/** A token that ends sooner is not used any more. */
const SPARE_MS = 60_000;

/** The server and the person of the environment. A password signs in again whenever its token runs out. */
export function connect(env: Env): EarshotClient {
  const options: EarshotClientOptions = {
    url: endpoint(env['EARSHOT_URL'] ?? 'http://localhost:4000'),
    clientName: 'earshot-cli',
    clientVersion: SDK_VERSION,
  };
  const { EARSHOT_TOKEN: token, EARSHOT_EMAIL: email, EARSHOT_PASSWORD: password } = env;
  if (token) return new EarshotClient({ ...options, token });
  if (!email || !password) {
    throw new UsageError('Set EARSHOT_TOKEN, or EARSHOT_EMAIL and EARSHOT_PASSWORD.');
  }
  return new EarshotClient({ ...options, token: signingIn(new EarshotClient(options), { email, password }) });
}

function signingIn(client: EarshotClient, credentials: { email: string; password: string }) {
  let held: Promise<{ accessToken: string; expiresAt: string }> | undefined;
  return async (): Promise<string> => {
    const known = await held;
    if (known && Date.parse(known.expiresAt) - SPARE_MS > Date.now()) return known.accessToken;
    held = client.signIn(credentials);
    held.catch(() => (held = undefined));
    return (await held).accessToken;
  };
}

/** The server's address, with or without the path of its API. */
function endpoint(typed: string): string {
  if (!URL.canParse(typed) || !/^https?:/.test(typed)) {
    throw new UsageError('EARSHOT_URL must be an http or https URL, as https://calls.example.com.');
  }
  const url = typed.replace(/\/+$/, '');
  return url.endsWith('/graphql') ? url : `${url}/graphql`;
}
