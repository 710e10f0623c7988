/**
 * `npm run demo`: plays a telecaller's phone against the running server. Every format is logged as a call, uploaded over
 * a network that fails, verified by the server, and played back by Range: in chunks, and where the server stores on S3
 * in every other way too. Exits 1 on any difference.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EarshotClient } from '../../sdk/core/index.js';
import { CALLS, fixture, sha256 } from '../support/fixtures.js';
import { seededWav } from '../support/seeded-wav.js';
import { CutFetch } from './cut-fetch.js';
import { byChunks, byParts, byPut, simply, type Phone, type Way } from './ways.js';

const URL_OF_SERVER = (process.env['EARSHOT_URL'] ?? 'http://localhost:4000').replace(/\/+$/, '');
const DEADLINE_MS = 60_000;

const MIB = 1024 * 1024;

interface Row {
  file: string;
  way: string;
  bytes: number;
  pieces: number;
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
  const phone: Phone = { client, network };
  const call = async (): Promise<string> =>
    (await client.logCall({ leadId: lead.id, outcome: 'CONNECTED', durationSeconds: 33 })).id;
  const rows: Row[] = [];
  const first = await call();
  const direct = await goesDirect(client, first);
  let callLogId: string | undefined = first;
  for (const way of direct ? [byChunks, byPut, byParts, simply] : [byChunks]) {
    for (const { file } of CALLS) {
      rows.push(await play(phone, way, callLogId ?? (await call()), file, await fixture(file)));
      callLogId = undefined;
    }
  }
  if (direct) rows.push(await play(phone, byParts, await call(), 'long.wav', await longCall()));
  report(rows);
  if (rows.some(({ equal }) => !equal)) process.exitCode = 1;
}

/** Whether the server sends large files to S3 itself. The next request for this call replaces this one. */
async function goesDirect(client: EarshotClient, callLogId: string): Promise<boolean> {
  return (await client.requestUpload({ callLogId, byteSize: 9 * MIB })).strategy === 'MULTIPART';
}

/** Of three parts. */
async function longCall(): Promise<Buffer> {
  const wav = await seededWav('a long call', 18 * MIB);
  return wav.read(0, wav.byteSize);
}

async function signIn(client: EarshotClient): Promise<void> {
  const token = process.env['EARSHOT_TOKEN'];
  if (token) client.setToken(token);
  else await client.signIn({ email: 'telecaller@example.com', password: 'earshot-demo' });
}

async function play(phone: Phone, way: Way, callLogId: string, file: string, bytes: Buffer): Promise<Row> {
  const pieces = await way.send(phone, callLogId, file, bytes);
  const recording = await stored(phone.client, callLogId);
  // What players get may be a copy by now.
  const { url } = await phone.client.recording(recording.id, { link: { variant: 'ORIGINAL' } });
  const heard = await listen(url?.url ?? '', bytes.length);
  return {
    file,
    way: way.name,
    bytes: bytes.length,
    pieces,
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
  for (let at = 2, step; at < total; at += step) {
    step = Math.max(50_000, Math.ceil(total / 10));
    const part = await fetch(url, { headers: { Range: `bytes=${at}-${Math.min(at + step, total) - 1}` } });
    if (part.status !== 206) return Buffer.alloc(0);
    parts.push(Buffer.from(await part.arrayBuffer()));
  }
  return Buffer.concat(parts);
}

function report(rows: readonly Row[]): void {
  const line = ([
    file = '',
    way = '',
    bytes = '',
    pieces = '',
    codec = '',
    seconds = '',
    equal = '',
  ]: string[]) =>
    [
      file.padEnd(14),
      way.padEnd(9),
      bytes.padStart(8),
      pieces.padStart(6),
      codec.padEnd(10),
      seconds.padStart(8),
      equal,
    ].join('  ');
  const lines = rows.map(({ file, way, bytes, pieces, codec, seconds, equal }) =>
    line([file, way, String(bytes), String(pieces), codec, seconds, equal ? 'equal' : 'DIFFERS']),
  );
  const equal = rows.filter((row) => row.equal).length;
  const head = line(['file', 'how', 'bytes', 'pieces', 'codec', 'seconds', 'SHA-256']);
  process.stdout.write(`${head}\n${lines.join('\n')}\n${equal} of ${rows.length} equal\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
