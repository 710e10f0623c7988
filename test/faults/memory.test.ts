import { DataDir } from '../support/data-dir.js';
import { peakMib, resetPeak } from '../support/process-memory.js';
import { seededWav } from '../support/seeded-wav.js';
import { ServerProcess } from '../support/server-process.js';
import { heardHash, sendWhole, stored } from '../support/server-steps.js';

const MIB = 1024 * 1024;
const MOST_MIB = 300;
const heavy = process.env['EARSHOT_TEST_HEAVY'] === '1';
const load = heavy ? { uploads: 10, mib: 200 } : { uploads: 6, mib: 24 };
const MINUTE = 60_000;

/** Uploads at once, verifies at once, plays back at once; answers the peaks of it all, in MiB. */
async function work(
  server: ServerProcess,
): Promise<{ uploading: number; ingesting: number; playing: number }> {
  const client = await server.signedIn('telecaller');
  const names = Array.from({ length: load.uploads }, (_, index) => `memory ${index}`);
  await resetPeak(server.pid);
  const sent = await Promise.all(
    names.map(async (name) => {
      const wav = await seededWav(name, load.mib * MIB);
      return { wav, id: await sendWhole(client, wav) };
    }),
  );
  const uploading = await peakMib(server.pid);
  const recordings = await Promise.all(
    sent.map(async ({ id, wav }) => ({ wav, id: (await stored(client, id, 600)).id })),
  );
  const ingesting = await peakMib(server.pid);
  await Promise.all(
    recordings.map(async ({ id, wav }) => expect(await heardHash(client, id)).toBe(`200 ${wav.sha256}`)),
  );
  return { uploading, ingesting, playing: await peakMib(server.pid) };
}

it(
  `the server stays below ${MOST_MIB} MiB over ${load.uploads} uploads of ${load.mib} MiB at once`,
  async () => {
    await using dir = await DataDir.create();
    await using server = await ServerProcess.start(dir.path);
    const started = await peakMib(server.pid);
    const peaks = await work(server);
    process.stdout.write(`peak RSS in MiB: ${JSON.stringify({ started, ...peaks })}\n`);
    expect(peaks.playing).toBeLessThan(MOST_MIB);
  },
  heavy ? 20 * MINUTE : 2 * MINUTE,
);
