import { createHash } from 'node:crypto';

/** 2026-01-01T00:00:00Z: demo ids are UUIDv7 too, but the same at every start. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/** The id of the demo's n-th thing of a kind. */
export function demoId(kind: string, n: number): string {
  const random = createHash('sha256').update(`${kind}:${n}`).digest('hex');
  const time = (EPOCH_MS + n).toString(16).padStart(12, '0');
  const variant = ((parseInt(random.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}
