import { Readable } from 'node:stream';
import { encodePeaks } from '../../server/media/peaks.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { COUNTED, Statements } from '../support/statements.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let statements: Statements;
let token: string;

const MEDIA = 'recording { id peaks { length data } silences { startMs endMs } loudness }';

beforeAll(async () => {
  app = await TestApp.start({ env: COUNTED });
  statements = await Statements.of(app.services.orm);
  const manager = await app.make.user('MANAGER');
  token = await tokenOf(app, manager);
  await app.database.query(
    `with made as (
       insert into recordings (id, inserted_at, updated_at, status, recording_path, content_type, byte_size, sha256,
         uploaded_at, peaks_path, silences, loudness)
       select gen_random_uuid(), now(), now(), 'UPLOADED', 'local:x' || n, 'audio/mpeg', 1, repeat('0', 64), now(),
         'local:recordings/peaks/p.dat', '{1000,2500,4000,5000}', -20.5
       from generate_series(1, 60) n returning id
     )
     insert into cati_calls (id, inserted_at, provider, call_id, status, recording_id)
     select gen_random_uuid(), now(), 'deepcall', id, 'COMPLETED', id from made`,
  );
  const peaks = {
    sampleRate: 8000,
    samplesPerPixel: 400,
    length: 2,
    data: new Uint8Array([255, 1, 128, 127]),
  };
  await app.services.storage.put('recordings/peaks/p.dat', Readable.from([encodePeaks(peaks)]));
  await app.services.storage.put('recordings/peaks/other.dat', Readable.from([Buffer.alloc(50)]));
});

afterAll(async () => {
  statements[Symbol.dispose]();
  await app[Symbol.asyncDispose]();
});

type Answer = { catiCalls: { nodes: { recording: { peaks: object | null } | null }[] } };
const ask = (first: number, fields = MEDIA) =>
  graphql<Answer>(app, `{ catiCalls(first: ${first}) { nodes { id ${fields} } } }`, { token });

it('is there for each recording of a list, in as many statements as for one', async () => {
  await ask(1);
  const few = await statements.during(() => ask(2));
  const many = await statements.during(async () => {
    const { code, data } = await ask(50);
    expect(code).toBe('OK');
    expect(data?.catiCalls.nodes).toHaveLength(50);
    for (const { recording } of data?.catiCalls.nodes ?? [])
      expect(recording).toMatchObject({
        peaks: { length: 2, data: Buffer.from([255, 1, 128, 127]).toString('base64') },
        silences: [
          { startMs: 1000, endMs: 2500 },
          { startMs: 4000, endMs: 5000 },
        ],
        loudness: -20.5,
      });
  });
  expect(many).toHaveLength(few.length);
});

it('is not read where it is not asked for', async () => {
  const sent = await statements.during(() => ask(50, 'recording { id status flags }'));
  expect(sent.filter((text) => text.includes('peaks_path'))).toEqual([]);
});

it('at most 50 waveforms are read for one request', async () => {
  expect((await ask(51)).code).toBe('QUERY_TOO_COMPLEX');
  expect((await ask(51, 'recording { silences { startMs } loudness }')).code).toBe('OK');
});

it.each([
  ['a waveform that is gone', 'local:recordings/peaks/gone.dat', null],
  ['one that is no waveform', 'local:recordings/peaks/other.dat', null],
])('%s is null', async (_name, path, expected) => {
  await app.database.query('update recordings set peaks_path = $1', [path]);
  const { code, data } = await ask(1);
  expect(code).toBe('OK');
  expect(data?.catiCalls.nodes[0]?.recording?.peaks).toBe(expected);
});

it('of what is not stored any more there is none', async () => {
  await app.database.query("update recordings set status = 'FAILED'");
  const { data } = await ask(1, MEDIA);
  expect(data?.catiCalls.nodes[0]?.recording).toMatchObject({ peaks: null, silences: null, loudness: null });
});
