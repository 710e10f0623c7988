import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EarshotClient, uploadInChunks } from '../../sdk/core/index.js';
import { createDatabase } from '../support/database.js';
import { RoundRobin } from '../support/round-robin.js';
import { TestBucket, testS3 } from '../support/s3.js';
import { seededWav } from '../support/seeded-wav.js';
import { SECRETS, ServerProcess } from '../support/server-process.js';
import { heardHash, openUpload, stored } from '../support/server-steps.js';

const s3 = testS3();
const UPLOADS = 50;
const CHUNK = 100_000;

if (s3) {
  it('two processes that share only PostgreSQL and S3 put 50 files together, chunk by chunk in turn', async () => {
    await using database = await createDatabase();
    const bucket = await TestBucket.create(s3);
    // Nothing in common on any disk.
    const dirs = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'earshot-process-'))));
    const env = {
      ...SECRETS,
      EARSHOT_DEMO: '1',
      DATABASE_URL: database.url,
      S3_BUCKET: bucket.name,
      S3_ENDPOINT: s3.endpoint,
      S3_FORCE_PATH_STYLE: '1',
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    };
    const [one = '', two = ''] = dirs;
    {
      await using first = await ServerProcess.start(one, env);
      await using second = await ServerProcess.start(two, { ...env, EARSHOT_DEMO: '0' });
      await using proxy = await RoundRobin.open([first.url, second.url]);
      const client = new EarshotClient({ url: `${proxy.url}/graphql` });
      await client.signIn({ email: 'telecaller@example.com', password: 'earshot-demo' });

      const upload = async (_: unknown, index: number): Promise<boolean> => {
        const wav = await seededWav(`process ${index}`, 250_000 + index * 1009);
        const { id } = await openUpload(client, wav);
        await uploadInChunks(client, id, wav, { chunkSize: CHUNK + index });
        await client.finalizeUpload({ uploadId: id, sha256: wav.sha256 });
        const recording = await stored(client, id, 120);
        return (await heardHash(client, recording.id)) === `200 ${wav.sha256}`;
      };
      const equal = await Promise.all(Array.from({ length: UPLOADS }, upload));
      expect(equal.filter(Boolean)).toHaveLength(UPLOADS);
      const [a = 0, b = 0] = proxy.counts;
      expect(Math.abs(a - b)).toBeLessThanOrEqual(1);
      expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
    }
    await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })));
    await bucket.remove();
  }, 300_000);
} else {
  it('processes that share only S3 are not tried: S3_TEST_ENDPOINT is not set', () => {
    console.info('Two processes over one bucket were not tried: S3_TEST_ENDPOINT is not set');
    expect(s3).toBeUndefined();
  });
}
