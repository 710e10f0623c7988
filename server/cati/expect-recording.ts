import type { EntityManager } from '@mikro-orm/postgresql';
import { Recording, type RecordingSchema } from '../recordings/recording.entity.js';
import type { Tables } from '../rows.js';
import type { CatiCallSchema } from './cati-call.entity.js';

/** Gives a call that has none a recording which is expected. Answers its id. */
export async function expectRecording(
  em: EntityManager,
  callId: string,
  source: { readonly url?: string | undefined; readonly expiresAt?: Date | undefined },
): Promise<string> {
  const { id } = em.create(Recording, {
    status: 'EXPECTED',
    sourceUrl: source.url ?? null,
    sourceExpiresAt: source.expiresAt ?? null,
  });
  await em.flush();
  await em
    .getKysely<Tables<typeof CatiCallSchema | typeof RecordingSchema>>()
    .updateTable('cati_calls')
    .set({ recording_id: id })
    .where('id', '=', callId)
    .execute();
  return id;
}
