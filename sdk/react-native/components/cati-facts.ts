import type { CatiCallListItem, Recording } from '../../core/index.js';
import type { PlayerTrack } from '../../core/player/index.js';
import { daysUntil, type Words } from '../../react/words/index.js';

/** The call's recording, by the number that the row shows. */
export const catiTrack = ({ id, toNumber }: Pick<CatiCallListItem, 'id' | 'toNumber'>): PlayerTrack => ({
  catiCallId: id,
  title: toNumber ?? undefined,
});

type Kept = Pick<Recording, 'status' | 'sourceExpiresAt'>;

/** How long the provider keeps what is not stored yet. What is stored, or gone, no longer depends on it. */
export function catiExpiry(recording: Kept | null, words: Words, now = Date.now()): string | undefined {
  if (!recording || recording.sourceExpiresAt === null) return undefined;
  if (recording.status === 'UPLOADED' || recording.status === 'DELETED') return undefined;
  return words.cati.daysLeft(daysUntil(recording.sourceExpiresAt, now));
}
