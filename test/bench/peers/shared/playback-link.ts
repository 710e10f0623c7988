import { createHmac } from 'node:crypto';
import { settings } from './settings.ts';

export interface Recording {
  id: string;
  status: string;
  recordingPath: string | null;
}

export interface SignedUrl {
  url: string;
  expiresAt: string;
}

const WINDOW_SECONDS = 300;
const { kid, secret } = settings.signingKey;

/** Earshot's link, signed over the same fields: the answers of all the servers are equal to the last letter. */
export function playbackLink(
  { id, status, recordingPath }: Recording,
  viewer: string,
  expiresInSeconds: number,
): SignedUrl | null {
  if (status !== 'UPLOADED' || recordingPath === null) return null;
  const window = Math.floor(Date.now() / 1000 / WINDOW_SECONDS) * WINDOW_SECONDS;
  const exp = window + WINDOW_SECONDS + expiresInSeconds;
  const name = `${id}${recordingPath.slice(recordingPath.lastIndexOf('.'))}`;
  const parts = ['earshot-url', '1', kid, String(exp)].concat([
    ...['disposition', 'INLINE', 'methods', 'GET HEAD', 'name', name, 'purpose', 'playback'],
    ...['recording', id, 'variant', 'PLAYBACK', 'viewer', viewer],
  ]);
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  const sig = createHmac('sha256', secret).update(text).digest('base64url');
  const query = `v=1&kid=${kid}&exp=${exp}&sig=${sig}&variant=PLAYBACK&disposition=INLINE&viewer=${viewer}`;
  return {
    url: `${settings.publicUrl}/recordings/${id}/${name}?${query}`,
    expiresAt: new Date(exp * 1000).toISOString(),
  };
}
