import type { Storage } from './storage.js';

/** Objects that are deleted at once. */
const AT_ONCE = 8;

/** Deletes every object below a prefix. One that cannot be deleted keeps no other from it, and then is what this throws. */
export async function deleteBelow(
  storage: Pick<Storage, 'list' | 'delete'>,
  prefix: string,
  signal?: AbortSignal,
): Promise<void> {
  const failures: unknown[] = [];
  const underWay = new Set<Promise<void>>();
  for await (const { key } of storage.list(prefix)) {
    if (signal?.aborted) break;
    const deletion = storage
      .delete(key)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(deletion));
    underWay.add(deletion);
    if (underWay.size >= AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  signal?.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}
