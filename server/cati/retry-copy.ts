import type { EntityManager } from '@mikro-orm/postgresql';
import type { ProviderRegistry } from '../providers/registry.js';
import type { CopyPlan } from './copy-plan.js';
import { readCopySource } from './copy-source.js';

/** Copies a recording anew from its provider, at once. False: it has no provider that is connected. */
export async function retryCopy(
  em: EntityManager,
  recordingId: string,
  providers: ProviderRegistry,
  plan: CopyPlan,
): Promise<boolean> {
  const source = await readCopySource(em, recordingId);
  if (!source || !providers.get(source.provider)) return false;
  return plan.begin(em, recordingId, 0);
}
