import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { formatStoredPath } from '../recordings/stored-path.js';
import { RECORDINGS_PREFIX, UPLOADS_PREFIX } from '../storage/key-prefixes.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{10}([0-9a-f]{2})';

/** `held`: leave all that is this owner's alone for now. */
export type OwnerState = 'held' | 'free';

/** Which of these keys a row tells of. */
export type KeyReferences = (em: EntityManager, keys: readonly string[]) => Promise<ReadonlySet<string>>;

/** A part of the store: what the names in it mean, and what in it is anybody's. */
export interface Territory {
  readonly prefix: string;
  /** The id that stands in a name that the server gives; undefined: the server gives no such names. */
  ownerOf(key: string): string | undefined;
  /** Those of these ids that there are. */
  owners(em: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, OwnerState>>;
  readonly references: KeyReferences;
}

/** `recordings/<last two of the id>/<id>/<attempt>.<ext>`, of which the recording's row tells one. */
export function recordingTerritory(storage: Storage): Territory {
  const path = (key: string): string => formatStoredPath({ storage: storage.kind, key });
  const ownerOf = ownerIn(RECORDINGS_PREFIX, String.raw`[0-9a-f][0-9a-f-]{35}(?:\.[a-z0-9-]+)+`);
  return {
    prefix: RECORDINGS_PREFIX,
    ownerOf,
    /** Somebody works on it, or it is kept for a court. */
    owners: (em, ids) =>
      states(
        em,
        sql`select id, (coalesce(claimed_until > now(), false) or legal_hold) as held
          from recordings where id = any(${ids}::uuid[])`,
      ),
    references: async (em, keys) => {
      const ids = [...new Set(keys.flatMap((key) => ownerOf(key) ?? []))];
      // What was made of a recording lies beside it; its own bytes may lie anywhere.
      const { rows } = await sql<{ path: string | null }>`
        select recording_path as path from recordings where recording_path collate "C" = any(${keys.map(path)}::text[])
        union all select unnest(array[playback_path, peaks_path]) from recordings
        where id = any(${ids}::uuid[])`.execute(em.getKysely());
      const told = new Set(rows.map((row) => row.path));
      return new Set(keys.filter((key) => told.has(path(key))));
    },
  };
}

/** `uploads/<last two of the id>/<id>/…`: an upload's own keeper deletes it all when it is over. */
export function uploadTerritory(): Territory {
  return {
    prefix: UPLOADS_PREFIX,
    ownerOf: ownerIn(UPLOADS_PREFIX, '[A-Za-z0-9._-]+'),
    owners: (em, ids) =>
      states(
        em,
        sql`select id, collected_at is null as held from upload_sessions where id = any(${ids}::uuid[])`,
      ),
    references: () => Promise.resolve(new Set()),
  };
}

/** Those of these keys that belong to an upload which its keeper has not collected yet. */
export async function heldUploads(
  transaction: Transaction,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const uploads = uploadTerritory();
  const ownerOf = (key: string): string | undefined => uploads.ownerOf(key);
  const ids = [...new Set(keys.flatMap((key) => ownerOf(key) ?? []))];
  if (ids.length === 0) return new Set();
  const known = await transaction((em) => uploads.owners(em, ids));
  return new Set(keys.filter((key) => known.get(ownerOf(key) ?? '') === 'held'));
}

function ownerIn(prefix: string, rest: string): (key: string) => string | undefined {
  const pattern = new RegExp(`^${prefix}([0-9a-f]{2})/(${UUID})/${rest}$`);
  return (key) => {
    const [, folder, id, end] = pattern.exec(key) ?? [];
    return folder === end ? id : undefined;
  };
}

async function states(
  em: EntityManager,
  query: ReturnType<typeof sql>,
): Promise<ReadonlyMap<string, OwnerState>> {
  const { rows } = await query.execute(em.getKysely());
  return new Map(
    (rows as { id: string; held: boolean }[]).map(({ id, held }) => [id, held ? 'held' : 'free']),
  );
}
