import { jest } from '@jest/globals';
import { uploadInChunks, type EarshotClient, type FileSource } from '../../sdk/core/index.js';
import { freePort } from '../../server/postgres/free-port.js';
import { DataDir } from '../support/data-dir.js';
import { eventually } from '../support/eventually.js';
import { seededWav } from '../support/seeded-wav.js';
import { ServerProcess, type Env, type Exit } from '../support/server-process.js';
import {
  CHUNK_BYTES,
  expectTidy,
  halfAChunk,
  heardHash,
  heldAmidVerifying,
  openUpload,
  stored,
} from '../support/server-steps.js';
import { below } from '../support/upload-steps.js';

const MIB = 1024 * 1024;
const TELECALLER = { email: 'telecaller@example.com', password: 'earshot-demo' };
const KILLED = { code: null, signal: 'SIGKILL' };
/** A killed worker's claim runs out after 2 s here; take-over.test.ts waits for the real one. */
const IMPATIENT = { CLAIM_SECONDS: '2', CLAIM_RENEWAL_SECONDS: '1', SWEEP_SECONDS: '1' };

jest.setTimeout(120_000);

let dir: DataDir;
let server: ServerProcess;
let token: string;

beforeAll(async () => {
  dir = await DataDir.create();
});

beforeEach(async () => {
  server = await ServerProcess.start(dir.path, IMPATIENT);
  token = (await server.client().signIn(TELECALLER)).accessToken;
});

afterEach(() => server[Symbol.asyncDispose]());

afterAll(() => dir[Symbol.asyncDispose]());

/** After the end of the server that was: another one over the same data, and the same user on the same token. */
async function startAgain(env: Env = {}): Promise<EarshotClient> {
  server = await ServerProcess.start(dir.path, { ...IMPATIENT, ...env });
  return server.client(token);
}

/** The recording is stored once, whole, and nothing else is left. */
async function expectStored(client: EarshotClient, uploadId: string, sha256: string): Promise<void> {
  const { id } = await stored(client, uploadId);
  expect(await heardHash(client, id)).toBe(`200 ${sha256}`);
  await expectTidy(dir, id);
}

async function finalize(client: EarshotClient, uploadId: string, sha256: string): Promise<void> {
  await client.finalizeUpload({ uploadId, sha256 });
  await expectStored(client, uploadId, sha256);
}

it('an upload goes on where the server says after kill -9 between two chunks', async () => {
  const wav = await seededWav('between chunks', 3 * MIB + 11);
  const before = server.client(token);
  const { id } = await openUpload(before, wav);
  for (const offset of [0, MIB])
    await before.appendChunk({ uploadId: id, offset, chunk: await wav.read(offset, MIB) });
  expect(await server.end('SIGKILL')).toEqual(KILLED);
  expect(await dir.postgresRuns()).toBe(true);

  const client = await startAgain();
  expect(await client.upload(id)).toMatchObject({ status: 'OPEN', receivedBytes: 2 * MIB });
  const offsets: number[] = [];
  const watched: FileSource = {
    ...wav,
    read: (offset, length) => {
      offsets.push(offset);
      return wav.read(offset, length);
    },
  };
  await uploadInChunks(client, id, watched, { chunkSize: MIB });
  expect(offsets).toEqual([2 * MIB, 3 * MIB]);
  await finalize(client, id, wav.sha256);
});

it('a chunk that kill -9 cuts in two counts for nothing', async () => {
  const wav = await seededWav('within a chunk', 2 * MIB + 1);
  const before = server.client(token);
  const { id } = await openUpload(before, wav);
  await before.appendChunk({ uploadId: id, offset: 0, chunk: await wav.read(0, MIB) });
  const sending = await halfAChunk(server, token, { uploadId: id, offset: MIB }, await wav.read(MIB, MIB));
  const second = `${below.upload(id)}${MIB}-`;
  await eventually(async () => (await dir.bytesOf(await dir.keys(second))) >= 64 * 1024);
  expect(await server.end('SIGKILL')).toEqual(KILLED);
  await expect(sending.answer).rejects.toThrow();

  const client = await startAgain();
  expect(await client.upload(id)).toMatchObject({ status: 'OPEN', receivedBytes: MIB });
  await uploadInChunks(client, id, wav, { chunkSize: MIB });
  await finalize(client, id, wav.sha256);
});

it('an upload under way lives through kill -9 and a new start by itself', async () => {
  const port = await freePort();
  await server.end('SIGTERM');
  const before = await startAgain({ PORT: String(port) });
  const wav = await seededWav('a whole upload', 6 * MIB);
  const { id } = await openUpload(before, wav);
  let restarted: Promise<EarshotClient> | undefined;
  await uploadInChunks(before, id, wav, {
    chunkSize: MIB,
    onProgress: ({ receivedBytes }) => {
      if (receivedBytes < 2 * MIB || restarted) return;
      restarted = server.end('SIGKILL').then(() => startAgain({ PORT: String(port) }));
    },
  });
  const client = await restarted;
  if (!client) throw new Error('the server was not killed');
  await finalize(client, id, wav.sha256);
});

describe('while a recording is verified', () => {
  const SIZE = 8 * CHUNK_BYTES;

  /** It is told to end before it goes on. */
  const endedWhereHeld = (): Promise<Exit> => {
    const ended = server.end('SIGTERM');
    server.signal('SIGCONT');
    return ended;
  };

  it('kill -9 loses nothing and leaves nothing', async () => {
    const wav = await seededWav('killed', SIZE);
    const id = await heldAmidVerifying(server.client(token), wav, { server, dir });
    expect(await server.end('SIGKILL')).toEqual(KILLED);
    const client = await startAgain();
    await expectStored(client, id, wav.sha256);
  });

  it('SIGTERM lets it end first', async () => {
    const wav = await seededWav('drained', SIZE);
    const id = await heldAmidVerifying(server.client(token), wav, { server, dir });
    expect(await endedWhereHeld()).toEqual({ code: 0, signal: null });
    expect(server.stderr).not.toMatch(/job failed|chore failed|claim not renewed/);
    // Nobody here who could do the rest.
    const client = await startAgain({ EARSHOT_ROLES: 'api' });
    expect(await client.upload(id)).toMatchObject({ status: 'COMPLETED', recording: { status: 'UPLOADED' } });
  });

  it('SIGTERM breaks it off when it takes too long, and the next start does it anew', async () => {
    await server.end('SIGTERM');
    const before = await startAgain({ DRAIN_SECONDS: '0.001' });
    const wav = await seededWav('broken off', SIZE);
    const left = await dir.keys('.tmp/');
    const id = await heldAmidVerifying(before, wav, { server, dir });
    expect(await endedWhereHeld()).toEqual({ code: 0, signal: null });
    expect(await dir.keys('.tmp/')).toEqual(left);
    const client = await startAgain();
    await expectStored(client, id, wav.sha256);
  });
});
