import { access, mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import type { User } from '../../server/auth/user.entity.js';
import { newId } from '../../server/entity.js';
import { eventually } from '../support/eventually.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { fixture } from '../support/fixtures.js';
import { ProviderApp } from '../support/provider-app.js';
import { fileOf, findingsOf, isThere, leave, sweep } from '../support/sweep-steps.js';
import type { TestApp } from '../support/test-app.js';
import { below, Caller, keysBelow } from '../support/upload-steps.js';

let provider: ProviderApp;
let app: TestApp;
let caller: Caller;
let admin: User;

beforeAll(async () => {
  provider = await ProviderApp.start();
  app = provider.app;
  caller = await Caller.create(app);
  admin = await app.make.user('ADMIN');
});

afterAll(() => provider[Symbol.asyncDispose]());

const attempt = (recordingId: string): string => `${below.recording(recordingId)}${newId()}.mp3`;
const chunk = (uploadId: string): string => `${below.upload(uploadId)}0-${newId()}`;

async function pathOf(recordingId: string): Promise<string> {
  const [row] = await app.database.query<{ recording_path: string }>(
    'select recording_path from recordings where id = $1',
    [recordingId],
  );
  return row?.recording_path.replace(/^local:/, '') ?? '';
}

async function held(facts: object): Promise<string> {
  return (await app.make.recording({ status: 'PENDING', claimId: randomUUID(), ...facts })).id;
}

const HOUR = 3_600_000;

/** What lies in the store when a sweep comes by, and whether it is collected. */
const THINGS: [name: string, collected: boolean, lay: () => Promise<string>][] = [
  ['an attempt of a recording that was never heard of', true, () => leave(app, attempt(newId()))],
  [
    'what a dead loser wrote beside the stored object',
    true,
    async () => leave(app, attempt((await caller.recorded('call.mp3')).recordingId)),
  ],
  [
    'an attempt whose claim ran out',
    true,
    async () => leave(app, attempt(await held({ claimedUntil: new Date(Date.now() - HOUR) }))),
  ],
  ['a chunk of an upload that never was', true, () => leave(app, chunk(newId()))],
  [
    'a chunk that came after its upload was collected',
    true,
    async () => {
      const { id } = await caller.open({ byteSize: 9 });
      await caller.client.cancelUpload({ uploadId: id });
      await eventually(async () => {
        const rows = await app.database.query(
          'select from upload_sessions where id = $1 and collected_at is not null',
          [id],
        );
        return rows.length === 1;
      });
      return leave(app, chunk(id));
    },
  ],
  ['a young attempt', false, () => leave(app, attempt(newId()), 23 * HOUR)],
  ['a young chunk', false, () => leave(app, chunk(newId()), 23 * HOUR)],
  [
    'a stored object, however old',
    false,
    async () => leave(app, await pathOf((await caller.recorded('call.amr')).recordingId)).then(rewrite),
  ],
  [
    'the copy that players get',
    false,
    async () => {
      const { recordingId } = await caller.recorded('call.amr');
      const key = `${below.recording(recordingId)}${newId()}.m4a`;
      await app.database.query(
        'update recordings set playback_path = $2, playback_byte_size = 11 where id = $1',
        [recordingId, `local:${key}`],
      );
      return leave(app, key);
    },
  ],
  [
    "an object in another recording's folder that a row tells of",
    false,
    async () => {
      const key = attempt(newId());
      await app.make.recording({
        status: 'UPLOADED',
        recordingPath: `local:${key}`,
        byteSize: 11,
        sha256: '0'.repeat(64),
        uploadedAt: new Date(),
      });
      return leave(app, key);
    },
  ],
  [
    'an attempt that somebody is at',
    false,
    async () => leave(app, attempt(await held({ claimedUntil: new Date(Date.now() + HOUR) }))),
  ],
  [
    'anything of a recording on legal hold',
    false,
    async () => leave(app, attempt((await app.make.recording({ status: 'FAILED', legalHold: true })).id)),
  ],
  [
    'a chunk of an upload that is open',
    false,
    async () => leave(app, chunk((await caller.open({ byteSize: 9 })).id)),
  ],
  ['a name with too many folders', false, () => leave(app, `${below.recording(newId())}a/${newId()}.mp3`)],
  ['an id in the wrong folder', false, () => leave(app, `recordings/zz/${newId()}/${newId()}.mp3`)],
  [
    'a name in capitals',
    false,
    () => leave(app, attempt(newId()).toUpperCase().replace('RECORDINGS', 'recordings')),
  ],
  ['a name that reads as another', false, () => leave(app, `${attempt(newId())}\u202e`)],
  ['a name with a new line', false, () => leave(app, `${chunk(newId())}\n`)],
  ['a name that is no UUID', false, () => leave(app, "uploads/'; drop table users --/x")],
  ['what lies elsewhere', false, () => leave(app, `backups/${attempt(newId())}`)],
];

/** The stored object's own bytes again, which `leave` wrote over: as old as it says. */
async function rewrite(key: string): Promise<string> {
  await writeFile(fileOf(app, key), await fixture('call.amr'));
  await utimes(fileOf(app, key), new Date(0), new Date(0));
  return key;
}

describe('of what lies in the store', () => {
  const keys = new Map<string, string>();
  const collected = THINGS.filter(([, gone]) => gone).length;

  beforeAll(async () => {
    for (const [name, , lay] of THINGS) keys.set(name, await lay());
  });

  it('a dry run touches nothing, and tells what it would do', async () => {
    const { id, ...found } = await sweep(app, admin, true);
    expect(found).toMatchObject({ dryRun: true, orphans: collected, collected: 0, missing: 0, repaired: 0 });
    expect(found.orphanBytes).toBe(collected * 'left behind'.length);
    for (const key of keys.values()) await expect(existsAsFile(key)).resolves.toBe(true);
    const findings = await findingsOf(app, admin, id);
    expect(findings.map(({ action }) => action)).toEqual(findings.map(() => 'NONE'));
    expect(
      findings
        .filter(({ kind }) => kind === 'ORPHAN')
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(
      THINGS.filter(([, gone]) => gone)
        .map(([name]) => keys.get(name))
        .toSorted(),
    );
  });

  it('a sweep collects what nothing tells of', async () => {
    const { id, ...done } = await sweep(app, admin);
    expect(done).toMatchObject({ orphans: collected, collected, missing: 0, mismatched: 0, strangers: 6 });
    const strangers = (await findingsOf(app, admin, id)).filter(({ kind }) => kind === 'STRANGER');
    expect(strangers.every(({ action }) => action === 'NONE')).toBe(true);
  });

  it.each(THINGS.map(([name, gone]) => [name, gone ? 'is collected' : 'stays'] as const))(
    '%s %s',
    async (name, word) => {
      expect(await existsAsFile(keys.get(name) ?? '')).toBe(word === 'stays');
    },
  );

  it('a second sweep finds nothing more to do', async () => {
    expect(await sweep(app, admin)).toMatchObject({ orphans: 0, collected: 0, strangers: 6 });
  });
});

/** Past the store, which takes no such names. */
async function existsAsFile(key: string): Promise<boolean> {
  return access(fileOf(app, key)).then(
    () => true,
    () => false,
  );
}

describe('a stored recording that is not as it was stored', () => {
  let count = 0;

  async function copied(): Promise<{ id: string; callId: string; sha256: string | null }> {
    const callId = `s${String(++count).padStart(23, '0')}`;
    await provider.report(deepcallReport({ callId, recordingUrl: provider.fake.urlOf(callId) }));
    const { id, sha256 } = await provider.settled(callId);
    return { id, callId, sha256 };
  }

  it.each([
    ['is missing', 'MISSING', (file: string) => rm(file)],
    ['is too short', 'MISMATCH', (file: string) => truncate(file, 7)],
  ] as const)('its object %s: it is copied again while its provider is there', async (_name, kind, harm) => {
    const { id, callId, sha256 } = await copied();
    const key = await pathOf(id);
    await harm(fileOf(app, key));
    const looked = await sweep(app, admin, true);
    expect(looked).toMatchObject({ [kind === 'MISSING' ? 'missing' : 'mismatched']: 1, repaired: 0 });
    expect((await provider.recording(callId))?.status).toBe('UPLOADED');
    const done = await sweep(app, admin);
    expect(done).toMatchObject({ [kind === 'MISSING' ? 'missing' : 'mismatched']: 1, repaired: 1 });
    expect(await findingsOf(app, admin, done.id)).toContainEqual(
      expect.objectContaining({ kind, action: 'COPIED_AGAIN', key, recordingId: id }),
    );
    const again = await provider.recordingWhere(
      callId,
      ({ status, recording_path }) => status === 'UPLOADED' && recording_path !== `local:${key}`,
    );
    expect(again.sha256).toBe(sha256);
    expect(await isThere(app, await pathOf(id))).toBe(true);
  });

  it('without a source it is FAILED, and says why', async () => {
    const { recordingId } = await caller.recorded('call.wav');
    await rm(fileOf(app, await pathOf(recordingId)));
    const done = await sweep(app, admin);
    expect(done).toMatchObject({ missing: 1, repaired: 1 });
    expect(await caller.client.recording(recordingId)).toMatchObject({
      status: 'FAILED',
      error: { code: 'STORED_COPY_DAMAGED', retryable: true },
    });
    expect(await sweep(app, admin)).toMatchObject({ missing: 0, repaired: 0 });
  });
});

it('a sweep whose worker died goes on behind the last key that it was done with', async () => {
  const { recordingId } = await caller.recorded('call.ogg');
  const all = await sweep(app, admin, true);
  const [id, last] = [newId(), await pathOf(recordingId)];
  const behind = (await keysBelow(app, 'recordings/')).filter((key) => key > last).length;
  await app.database.query(
    `insert into storage_sweeps (id, inserted_at, status, dry_run, phase, cursor, claim_id, claimed_until)
     values ($1, now(), 'RUNNING', true, 'RECORDINGS', $2, gen_random_uuid(), now() - interval '1 second')`,
    [id, last],
  );
  await eventually(async () => (await sweepRow(id))?.status === 'FINISHED');
  const uploads = (await keysBelow(app, 'uploads/')).length;
  expect((await sweepRow(id))?.objects).toBe(behind + uploads);
  expect(all.objects).toBeGreaterThan(behind + uploads);
});

it('more than a page: every object is looked at once', async () => {
  const { id } = await app.make.recording({ status: 'FAILED' });
  await mkdir(fileOf(app, below.recording(id)), { recursive: true, mode: 0o700 });
  const before = await sweep(app, admin, true);
  for (let n = 0; n < 1100; n++) {
    const file = fileOf(app, attempt(id));
    await writeFile(file, 'x');
    await utimes(file, new Date(0), new Date(0));
  }
  const after = await sweep(app, admin, true);
  expect([after.objects - before.objects, after.orphans - before.orphans]).toEqual([1100, 1100]);
  await rm(fileOf(app, below.recording(id)), { recursive: true });
});

it("another server's store is left alone, and told of", async () => {
  const strays = Array.from({ length: 100 }, () => attempt(newId()));
  for (const key of strays) await leave(app, key);
  const done = await sweep(app, admin);
  expect(done).toMatchObject({ orphans: 100, collected: 0 });
  expect(await existsAsFile(strays[0] ?? '')).toBe(true);
  for (const key of strays) await rm(fileOf(app, key));
});

async function sweepRow(id: string) {
  const [row] = await app.database.query<{ status: string; objects: number }>(
    'select status, objects from storage_sweeps where id = $1',
    [id],
  );
  return row;
}
