import { fromBytes, uploadInChunks, type EarshotClient } from '../../sdk/core/index.js';
import type { User } from '../../server/auth/user.entity.js';
import type { Lead } from '../../server/leads/lead.entity.js';
import { until } from './eventually.js';
import { fixture } from './fixtures.js';
import { tokenOf } from './graphql.js';
import type { TestApp } from './test-app.js';

type Request = Parameters<EarshotClient['requestUpload']>[0];

/** A telecaller at work: calls of a lead, and uploads for them. */
export class Caller {
  private constructor(
    readonly app: TestApp,
    readonly user: User,
    readonly lead: Lead,
    readonly token: string,
    readonly client: EarshotClient,
  ) {}

  static async create(app: TestApp): Promise<Caller> {
    const user = await app.make.user('TELECALLER');
    const token = await tokenOf(app, user);
    return new Caller(app, user, await app.make.lead(user), token, app.clientWith(token));
  }

  async call(): Promise<string> {
    return (await this.app.make.callLog(this.lead, this.user)).id;
  }

  /** An open upload for a call of its own, unless the facts name one. */
  async open(facts: Partial<Request> & { byteSize: number }) {
    const callLogId = facts.catiCallId == null ? (facts.callLogId ?? (await this.call())) : undefined;
    return this.client.requestUpload({ strategy: 'CHUNKED', ...facts, callLogId });
  }

  /** All bytes are there; not finalized. A first chunk of 2 bytes is too short to be looked at. */
  async sent(bytes: Uint8Array, facts: Partial<Request> = {}, firstChunk?: number): Promise<string> {
    const { id } = await this.open({ ...facts, byteSize: bytes.length });
    if (firstChunk !== undefined)
      await this.client.appendChunk({ uploadId: id, offset: 0, chunk: bytes.subarray(0, firstChunk) });
    await uploadInChunks(this.client, id, fromBytes(bytes));
    return id;
  }

  /** Finalized and ingested. */
  async ingested(bytes: Uint8Array, facts: Partial<Request> = {}, firstChunk?: number): Promise<string> {
    const id = await this.sent(bytes, facts, firstChunk);
    await this.client.finalizeUpload({ uploadId: id });
    await this.app.ingested(id);
    return id;
  }

  /** The recording of a fresh call, stored from a fixture. */
  async recorded(file: string): Promise<{ callLogId: string; recordingId: string; bytes: Buffer }> {
    const bytes = await fixture(file);
    const callLogId = await this.call();
    const { recording, status } = await this.client.upload(await this.ingested(bytes, { callLogId }));
    if (!recording || status !== 'COMPLETED') throw new Error(`${file} was not stored: ${status}`);
    return { callLogId, recordingId: recording.id, bytes };
  }
}

/** The keys below a prefix of the store. */
export async function keysBelow(app: TestApp, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of app.services.storage.list(prefix)) keys.push(key);
  return keys;
}

/** Where an upload's chunks, and a recording's attempts, lie in the store. */
export const below = {
  upload: (id: string) => `uploads/${id.slice(-2)}/${id}/`,
  recording: (id: string) => `recordings/${id.slice(-2)}/${id}/`,
};

/** All that a refused chunk must leave as it was: the session, its chunks, and the store. */
export async function stateOf(app: TestApp, uploadId: string) {
  const [session] = await app.database.query<{ received_bytes: string; chunk_count: number; status: string }>(
    'select status, received_bytes, chunk_count, expires_at from upload_sessions where id = $1',
    [uploadId],
  );
  const chunks = await app.database.query<{ first_byte: string; key: string }>(
    'select first_byte, byte_size, sha256, key from upload_chunks where upload_id = $1 order by first_byte',
    [uploadId],
  );
  return { session, chunks, objects: await keysBelow(app, below.upload(uploadId)) };
}

/** Resolves when the store holds nothing below the prefix any more: tests sweep every second. */
export async function collected(app: TestApp, prefix: string): Promise<void> {
  await until(async () => (await keysBelow(app, prefix)).length === 0, 20);
}
