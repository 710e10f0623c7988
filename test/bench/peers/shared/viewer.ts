import { createSecretKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { Pool } from 'pg';
import { settings } from './settings.ts';

export interface Viewer {
  id: string;
  role: string;
}

const KEPT_MS = 5000;
const key = createSecretKey(settings.jwtSecret, 'utf8');

/** Verifies the token of every request; the user's row is believed for five seconds. */
export function authenticator(pool: Pool): (header: string | null | undefined) => Promise<Viewer> {
  const known = new Map<string, { viewer: Viewer; until: number }>();
  return async (header) => {
    const token = /^Bearer (.+)$/.exec(header ?? '')?.[1] ?? '';
    const { payload } = await jwtVerify(token, key, {
      issuer: 'earshot',
      audience: 'earshot-api',
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp'],
    });
    const id = payload.sub ?? '';
    const hit = known.get(id);
    if (hit && hit.until > Date.now()) return hit.viewer;
    const { rows } = await pool.query<Viewer>('select id, role from users where id = $1 and active', [id]);
    const viewer = rows[0];
    if (viewer?.role !== 'TELECALLER') throw new Error('not a telecaller');
    known.set(id, { viewer, until: Date.now() + KEPT_MS });
    return viewer;
  };
}
