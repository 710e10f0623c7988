/**
 * `npm run demo`: plays a telecaller's phone against the running server. Every format is logged as a call, uploaded in
 * chunks over a network that fails, verified by the server, and played back by Range. Exits 1 on any difference.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EarshotClient, fromBytes, uploadInChunks, type FileSource } from '../../sdk/core/index.js';
import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import { CutFetch } from './cut-fetch.js';

const URL_OF_SERVER = (process.env['EARSHOT_URL'] ?? 'http://localhost:4000').replace(/\/+$/, '');
const DEADLINE_MS = 60_000;

interface Row {
  file: string;
  bytes: number;
  chunks: number;
  codec: string;
  seconds: string;
  equal: boolean;
}

async function main(): Promise<void> {
  const network = new CutFetch();
  const client = new EarshotClient({ url: `${URL_OF_SERVER}/graphql`, fetch: network.fetch });
  await signIn(client);
  const [lead] = (await client.leads({ first: 1 })).nodes;
  if (!lead) throw new Error('This user has no lead to call.');
  const rows: Row[] = [];
  for (const { file } of CALLS) rows.push(await play(client, network, lead.id, file));
  report(rows);
  if (rows.some(({ equal }) => !equal)) process.exitCode = 1;
}

async function signIn(client: EarshotClient): Promise<void> {
  const token = process.env['EARSHOT_TOKEN'];
  if (token) client.setToken(token);
  else await client.signIn({ email: 'telecaller@example.com', password: 'earshot-demo' });
}

async function play(client: EarshotClient, network: CutFetch, leadId: string, file: string): Promise<Row> {
  const bytes = await fixture(file);
  const callLog = await client.logCall({ leadId, outcome: 'CONNECTED', durationSeconds: 33 });
  const upload = await client.requestUpload({
    callLogId: callLog.id,
    byteSize: bytes.length,
    strategy: 'CHUNKED',
    filename: file,
  });
  const chunkSize = Math.ceil(bytes.length / 5);
  let reads = 0;
  const source: FileSource = {
    ...fromBytes(bytes),
    read: (offset, length) => {
      // The third chunk meets a tunnel.
      if (++reads === 3) network.arm();
      return fromBytes(bytes).read(offset, length);
    },
  };
  const first = bytes.subarray(0, chunkSize);
  await client.appendChunk({ uploadId: upload.id, offset: 0, chunk: first, sha256: sha256(first) });
  // Sent twice: a phone that missed the answer does that.
  await client.appendChunk({ uploadId: upload.id, offset: 0, chunk: first, sha256: sha256(first) });
  await uploadInChunks(client, upload.id, source, { chunkSize });
  await client.finalizeUpload({ uploadId: upload.id, sha256: sha256(bytes) });
  const recording = await stored(client, callLog.id);
  const heard = await listen(recording.url?.url ?? '', bytes.length);
  return {
    file,
    bytes: bytes.length,
    chunks: Math.ceil(bytes.length / chunkSize),
    codec: recording.codec ?? '?',
    seconds: ((recording.durationMs ?? 0) / 1000).toFixed(1),
    equal: recording.status === 'UPLOADED' && sha256(heard) === sha256(bytes),
  };
}

/** Asks until the recording is verified; a console would subscribe. */
async function stored(client: EarshotClient, callLogId: string) {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await delay(100)) {
    const { recording } = await client.callLog(callLogId);
    if (recording?.status === 'UPLOADED') return recording;
    if (recording?.status === 'FAILED')
      throw new Error(recording.error?.message ?? 'the recording was refused');
  }
  throw new Error('The recording was not stored within a minute.');
}

/** As Safari does: two bytes first, which tell the whole length, then the rest in pieces. */
async function listen(url: string, expected: number): Promise<Buffer> {
  const probe = await fetch(url, { headers: { Range: 'bytes=0-1' } });
  const total = Number(probe.headers.get('content-range')?.split('/')[1]);
  const parts = [Buffer.from(await probe.arrayBuffer())];
  if (probe.status !== 206 || total !== expected) return Buffer.alloc(0);
  for (let at = 2; at < total; at += 50_000) {
    const part = await fetch(url, { headers: { Range: `bytes=${at}-${Math.min(at + 50_000, total) - 1}` } });
    if (part.status !== 206) return Buffer.alloc(0);
    parts.push(Buffer.from(await part.arrayBuffer()));
  }
  return Buffer.concat(parts);
}

function report(rows: readonly Row[]): void {
  const line = (
    file: string,
    bytes: string,
    chunks: string,
    codec: string,
    seconds: string,
    equal: string,
  ): string =>
    [
      file.padEnd(14),
      bytes.padStart(8),
      chunks.padStart(7),
      codec.padEnd(10),
      seconds.padStart(8),
      equal,
    ].join('  ');
  const lines = rows.map((row) =>
    line(
      row.file,
      String(row.bytes),
      String(row.chunks),
      row.codec,
      row.seconds,
      row.equal ? 'equal' : 'DIFFERS',
    ),
  );
  const equal = rows.filter((row) => row.equal).length;
  process.stdout.write(
    `${line('file', 'bytes', 'chunks', 'codec', 'seconds', 'SHA-256')}\n${lines.join('\n')}\n${equal} of ${rows.length} equal\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
