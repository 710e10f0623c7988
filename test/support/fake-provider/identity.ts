import { createHash } from 'node:crypto';

/** How callers must show who they are. */
export interface FakeAuth {
  /** `closed` accepts nobody. */
  readonly g1: 'query' | 'bearer' | 'open' | 'closed';
  readonly g2: 'ssid' | 'token';
}

/** Made up; no real account. */
export const FAKE_ACCOUNT = {
  userId: '10000001',
  token: 'fake-token-0123456789',
  ssid: 'fake-ssid-0123456789',
  accountSid: 'AC00000000000000000000000000000001',
  authToken: 'fake-auth-token-0123456789',
  webhookSecret: 'fake-webhook-secret-0123456789',
} as const;

export function mayReadG1(auth: FakeAuth, url: URL, authorization: string | undefined): boolean {
  if (auth.g1 === 'open') return true;
  if (auth.g1 === 'bearer') return authorization === `Bearer ${FAKE_ACCOUNT.token}`;
  const { searchParams } = url;
  return (
    auth.g1 === 'query' &&
    searchParams.get('token') === FAKE_ACCOUNT.token &&
    searchParams.get('user_id') === FAKE_ACCOUNT.userId
  );
}

/** DeepCall's own code of what is wrong with the credentials; undefined: nothing. */
export function g2Refusal(auth: FakeAuth, body: Readonly<Record<string, unknown>>): number | undefined {
  if (body['userId'] !== FAKE_ACCOUNT.userId) return 1013;
  if (auth.g2 === 'ssid') return body['ssid'] === FAKE_ACCOUNT.ssid ? undefined : 1044;
  return body['token'] === FAKE_ACCOUNT.token ? undefined : 1014;
}

export function mayReadTwilio(authorization: string | undefined): boolean {
  const pair = Buffer.from(`${FAKE_ACCOUNT.accountSid}:${FAKE_ACCOUNT.authToken}`).toString('base64');
  return authorization === `Basic ${pair}`;
}

/** The token inside a G2 link: good until the links of its epoch expire. */
export function linkToken(callId: string, epoch: number): string {
  return createHash('sha256').update(`${callId} ${epoch}`).digest('hex').slice(0, 32);
}
