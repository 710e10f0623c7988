import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { uploadInChunks, type EarshotClient, type UploadTicket } from '../../sdk/core/index.js';
import type { DataDir } from './data-dir.js';
import { until } from './eventually.js';
import { begin, formHeaders, graphqlForm, type Answer } from './raw-request.js';
import type { SeededWav } from './seeded-wav.js';
import type { ServerProcess } from './server-process.js';
import { below } from './upload-steps.js';

const MIB = 1024 * 1024;
export const CHUNK_BYTES = 8 * MIB;

/** An open upload for a call of the telecaller's first lead. */
export async function openUpload(
  client: EarshotClient,
  wav: SeededWav,
  strategy: UploadTicket['strategy'] = 'CHUNKED',
): Promise<UploadTicket> {
  const [lead] = (await client.leads({ first: 1 })).nodes;
  if (!lead) throw new Error('this user has no lead');
  const { id } = await client.logCall({ leadId: lead.id, outcome: 'CONNECTED', durationSeconds: 60 });
  return client.requestUpload({ callLogId: id, byteSize: wav.byteSize, strategy });
}

const APPEND =
  'mutation ($input: AppendChunkInput!) { appendChunk(input: $input) { upload { receivedBytes } } }';

/**
 * Sends the first half of a chunk, on a connection that would be kept alive, once the server has said that it reads it.
 * `finish` sends the rest.
 */
export async function halfAChunk(
  server: ServerProcess,
  token: string,
  input: { uploadId: string; offset: number },
  chunk: Buffer,
): Promise<{ answer: Promise<Answer>; finish: () => void }> {
  const { head, tail } = graphqlForm(APPEND, input, 'chunk');
  const length = head.length + chunk.length + tail.length;
  const { req, answer } = begin(`${server.url}/graphql`, {
    method: 'POST',
    headers: { ...formHeaders(token), 'content-length': length, expect: '100-continue' },
    agent: new Agent({ keepAlive: true }),
  });
  await once(req, 'continue');
  const half = chunk.length >> 1;
  await new Promise((sent) => req.write(Buffer.concat([head, chunk.subarray(0, half)]), sent));
  return { answer, finish: () => req.end(Buffer.concat([chunk.subarray(half), tail])) };
}

/** All bytes are there, and verifying them has begun or will. Answers the upload's id. */
export async function sendWhole(client: EarshotClient, wav: SeededWav): Promise<string> {
  const { id } = await openUpload(client, wav);
  await uploadInChunks(client, id, wav, { chunkSize: CHUNK_BYTES });
  await client.finalizeUpload({ uploadId: id, sha256: wav.sha256 });
  return id;
}

/** As `sendWhole`, and holds the server (SIGSTOP) while it is at it, with a MiB of the verified copy written. */
export async function heldAmidVerifying(
  client: EarshotClient,
  wav: SeededWav,
  { server, dir }: { server: ServerProcess; dir: DataDir },
): Promise<string> {
  const left = new Set(await dir.keys('.tmp/'));
  const id = await sendWhole(client, wav);
  // A few milliseconds at a time: it is through before a busy machine has looked twice.
  await until(async () => {
    server.signal('SIGSTOP');
    const made = (await dir.keys('.tmp/')).filter((key) => !left.has(key));
    if ((await dir.bytesOf(made)) >= MIB) return true;
    server.signal('SIGCONT');
    return false;
  }, 20);
  return id;
}

/** The stored recording, once the upload has ended; rejects when it ended badly. */
export async function stored(client: EarshotClient, uploadId: string, seconds = 60) {
  const { status, error, recording } = await until(async () => {
    const upload = await client.upload(uploadId);
    return upload.status !== 'FINALIZING' && upload;
  }, seconds);
  if (status !== 'COMPLETED' || !recording) throw new Error(`${status}: ${error?.message}`);
  return recording;
}

/** The SHA-256 of what a listener gets. */
export async function heardHash(client: EarshotClient, recordingId: string): Promise<string> {
  const { url } = await client.recording(recordingId);
  const response = await fetch(url?.url ?? '');
  const hash = createHash('sha256');
  for await (const bytes of response.body ?? []) hash.update(bytes as Uint8Array);
  return `${response.status} ${hash.digest('hex')}`;
}

/** One object for the recording, and no chunk left once the server has tidied up. */
export async function expectTidy(dir: DataDir, recordingId: string): Promise<void> {
  expect(await dir.keys(below.recording(recordingId))).toHaveLength(1);
  await until(async () => (await dir.keys('uploads/')).length === 0, 20);
}
