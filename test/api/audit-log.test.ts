import pg from 'pg';
import { hashPassword } from '../../server/auth/password.js';
import type { Role, User } from '../../server/auth/user.entity.js';
import { asSuperuser } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { graphql, tokenOf, type Answer } from '../support/graphql.js';
import { ListeningLog } from '../../server/audit/listening-log.js';
import { createLogger } from '../../server/logger.js';
import { systemTransaction } from '../../server/unit-of-work.js';
import { testS3 } from '../support/s3.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';

let app: TestApp;
let caller: Caller;
const people = {} as Record<Role, User>;

beforeAll(async () => {
  app = await TestApp.start({ s3: testS3() });
  caller = await Caller.create(app);
  for (const role of ['TELECALLER', 'MANAGER', 'ADMIN'] as const) people[role] = await app.make.user(role);
});

afterAll(() => app[Symbol.asyncDispose]());

interface Event {
  id: string;
  kind: string;
  at: string;
  actor: { id: string } | null;
  recordingId: string | null;
  subjectId: string | null;
  address: string | null;
}

type Payloads = Record<string, Record<string, Record<string, unknown>>>;

async function ask<Data = Payloads>(role: Role, query: string): Promise<Answer<Data>> {
  return graphql<Data>(app, query, { token: await tokenOf(app, people[role]) });
}

async function events(filter: string): Promise<Event[]> {
  await app.services.listening.flush();
  const { data } = await ask<{ auditEvents: { nodes: Event[] } }>(
    'ADMIN',
    `{ auditEvents(first: 200, filter: { ${filter} }) {
      nodes { id kind at actor { id } recordingId subjectId address } } }`,
  );
  return data?.auditEvents.nodes ?? [];
}

const told = (list: Event[]) => list.map(({ kind, actor }) => [kind, actor?.id ?? null]);

describe('signing in', () => {
  const email = 'tara@example.com';
  const password = 'a long password';
  let tara: User;

  beforeAll(async () => {
    tara = await app.make.user('TELECALLER', { email, passwordHash: await hashPassword(password) });
  });

  const signIn = (who: string, word: string) =>
    graphql(
      app,
      'mutation ($e: String!, $p: String!) { signIn(input: { email: $e, password: $p }) { user { id } } }',
      { variables: { e: who, p: word } },
    );

  it('is written down, also when it is refused, with nothing of what was typed', async () => {
    expect((await signIn(email, 'hunter2 hunter2')).code).toBe('UNAUTHENTICATED');
    expect((await signIn('+919876543210 my secret', 'x')).code).toBe('UNAUTHENTICATED');
    expect((await signIn(email, password)).code).toBe('OK');
    const found = (await events('kind: [SIGNED_IN, SIGN_IN_REFUSED]')).toReversed();
    expect(told(found)).toEqual([
      ['SIGN_IN_REFUSED', tara.id],
      ['SIGN_IN_REFUSED', null],
      ['SIGNED_IN', tara.id],
    ]);
    expect(found.every(({ address }) => /127\.0\.0\.1|::1/.test(address ?? ''))).toBe(true);
    const rows = JSON.stringify(await app.database.query('select * from audit_events'));
    expect(rows).not.toMatch(/hunter2|secret|9876543210|a long password/);
  });

  it('what the throttle refuses is not, so that guessing fills no table', async () => {
    const guess = (n: number) => signIn('guessed@example.com', `guess ${n}`);
    const codes = [];
    for (let n = 0; n < 12; n++) codes.push((await guess(n)).code);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(2);
    expect(await events('kind: []')).toEqual([]);
    const refused = await events('kind: [SIGN_IN_REFUSED]');
    expect(refused).toHaveLength(2 + 10);
  });
});

describe('what people do', () => {
  it('an upload, its deletion: who, and once', async () => {
    const { recordingId } = await caller.recorded('call.mp3');
    const remove = `mutation { deleteRecording(input: { recordingId: "${recordingId}", reason: "call +919876543210" }) { __typename } }`;
    expect((await ask('ADMIN', remove)).code).toBe('OK');
    expect((await ask('ADMIN', remove)).code).toBe('OK');
    expect((await ask('MANAGER', remove)).code).toBe('FORBIDDEN');
    const found = await events(`recordingId: "${recordingId}"`);
    expect(told(found)).toEqual([
      ['RECORDING_DELETED', people.ADMIN.id],
      ['UPLOAD_FINALIZED', caller.user.id],
    ]);
    expect(found[1]?.subjectId).toEqual(expect.any(String));
  });

  it('a retry that took place, and none that was refused', async () => {
    const recording = await app.make.recording({ status: 'FAILED', errorCode: 'INTERNAL' });
    const call = await app.make.callLog(caller.lead, caller.user, { recording: recording.id });
    const retry = `mutation { retryRecording(input: { recordingId: "${recording.id}" }) { __typename } }`;
    expect((await ask('MANAGER', retry)).code).toBe('CONFLICT');
    await app.database.query(
      `insert into upload_sessions (id, inserted_at, status, strategy, user_id, call_log_id, byte_size, received_bytes,
         expires_at, recording_id, error_code, error_at)
       values (gen_random_uuid(), now(), 'FAILED', 'CHUNKED', $1, $2, 1, 1, now() + interval '1 hour', $3, 'INTERNAL', now())`,
      [caller.user.id, call.id, recording.id],
    );
    expect((await ask('ADMIN', retry)).code).toBe('OK');
    expect(told(await events(`recordingId: "${recording.id}", kind: [RECORDING_RETRIED]`))).toEqual([
      ['RECORDING_RETRIED', people.ADMIN.id],
    ]);
  });

  it('a run: started, paused, resumed, cancelled', async () => {
    // It rests all day: with nothing to copy it would be over at once.
    const { data } = await ask(
      'ADMIN',
      `mutation { startMigration(input: { allowConcurrent: true, quietHours: { from: "00:00", to: "23:59", timeZone: "UTC" } }) { migration { id } } }`,
    );
    const id = String(data?.['startMigration']?.['migration']?.['id']);
    for (const act of ['pause', 'resume', 'cancel']) {
      const { code } = await ask(
        'ADMIN',
        `mutation { ${act}Migration(input: { id: "${id}" }) { __typename } }`,
      );
      expect([act, code]).toEqual([act, 'OK']);
    }
    const found = (await events(`actorId: "${people.ADMIN.id}"`)).filter(({ subjectId }) => subjectId === id);
    expect(told(found.toReversed())).toEqual(
      ['STARTED', 'PAUSED', 'RESUMED', 'CANCELLED'].map((word) => [`MIGRATION_${word}`, people.ADMIN.id]),
    );
  });

  it('a sweep that somebody asked for', async () => {
    const { data } = await ask(
      'ADMIN',
      'mutation { sweepStorage(input: { dryRun: true }) { sweep { id } } }',
    );
    const id = data?.['sweepStorage']?.['sweep']?.['id'];
    expect((await events('kind: [STORAGE_SWEEP_STARTED]')).map(({ subjectId }) => subjectId)).toEqual([id]);
  });

  it('who an agent is, limits of a run, a sampling rule', async () => {
    const { id: userId } = await app.make.user('INTERVIEWER');
    const { data } = await ask(
      'ADMIN',
      `mutation { startMigration(input: { allowConcurrent: true, quietHours: { from: "00:00", to: "23:59", timeZone: "UTC" } }) { migration { id } } }`,
    );
    const run = String(data?.['startMigration']?.['migration']?.['id']);
    const assign = (user: string) =>
      `assignInterviewer(input: { provider: "deepcall", key: "Agent 7", userId: ${user} }) { __typename }`;
    const limits = `updateMigrationLimits(input: { id: "${run}", concurrency: 3 }) { __typename }`;
    const rule = `setSamplingRule(input: { campaign: "Audited", percent: 7 }) { samplingRule { id } }`;
    // What is the same already changes nothing.
    for (const text of [assign(`"${userId}"`), assign(`"${userId}"`), limits, limits, assign('null')])
      expect([text, (await ask('ADMIN', `mutation { ${text} }`)).code]).toEqual([text, 'OK']);
    const set = await ask('MANAGER', `mutation { ${rule} }`);
    const ruleId = (set.data?.['setSamplingRule']?.['samplingRule'] as { id: string } | undefined)?.id;
    await ask('ADMIN', `mutation { cancelMigration(input: { id: "${run}" }) { __typename } }`);
    const found = await events('kind: [INTERVIEWER_ASSIGNED, MIGRATION_LIMITS_CHANGED, SAMPLING_RULE_SET]');
    const { ADMIN, MANAGER } = people;
    expect(
      found.toReversed().map(({ kind, actor, subjectId }) => [kind, actor?.id ?? null, subjectId]),
    ).toEqual([
      ['INTERVIEWER_ASSIGNED', ADMIN.id, userId],
      ['MIGRATION_LIMITS_CHANGED', ADMIN.id, run],
      ['INTERVIEWER_ASSIGNED', ADMIN.id, userId],
      ['SAMPLING_RULE_SET', MANAGER.id, ruleId],
    ]);
  });

  it('a deletion that is rolled back leaves no trace', async () => {
    const { id } = await app.make.recording({ status: 'FAILED' });
    await expect(
      app.services.orm.em.fork().transactional(async (em) => {
        await em.execute("select set_config('earshot.role', 'SYSTEM', true)");
        await em.execute(`update recordings set removed_at = now() where id = '${id}'`);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await events(`recordingId: "${id}"`)).toEqual([]);
  });
});

describe('listening', () => {
  it('is one event for each listener, recording and window, however many ranges are asked for', async () => {
    const { recordingId } = await caller.recorded('call.wav');
    const url = async (role: Role): Promise<string> => {
      type Links = { recording: { url: { url: string } } };
      const { data } = await ask<Links>(role, `{ recording(id: "${recordingId}") { url { url } } }`);
      return data?.recording.url.url ?? '';
    };
    const link = await url('MANAGER');
    expect(told(await events(`recordingId: "${recordingId}", kind: [RECORDING_PLAYED]`))).toEqual([]);
    await fetch(link, { method: 'HEAD' });
    expect((await fetch(link, { headers: { range: 'bytes=99999999-' } })).status).toBe(416);
    expect(told(await events(`recordingId: "${recordingId}", kind: [RECORDING_PLAYED]`))).toEqual([]);
    for (let n = 0; n < 20; n++)
      await (await fetch(link, { headers: { range: `bytes=${n}-${n + 10}` } })).arrayBuffer();
    await (await fetch(await url('ADMIN'))).arrayBuffer();
    const bearer = { authorization: `Bearer ${caller.token}` };
    const old = `${app.url}/api/leads/${caller.lead.id}/recordings/${recordingId}`;
    await (await fetch(old, { headers: bearer })).arrayBuffer();
    const found = await events(`recordingId: "${recordingId}", kind: [RECORDING_PLAYED]`);
    expect(found.map(({ actor }) => actor?.id).toSorted()).toEqual(
      [people.MANAGER.id, people.ADMIN.id, caller.user.id].toSorted(),
    );
  });

  it('a page of links of our own writes nothing', async () => {
    await caller.recorded('call.ogg');
    const count = async () => (await app.database.query('select from audit_events')).length;
    const before = await count();
    const { code } = await ask('MANAGER', '{ callLogs { nodes { recording { url { url } } } } }');
    await app.services.listening.flush();
    expect([code, await count()]).toEqual(['OK', before]);
  });

  it('what several processes note at once is written once, and at the latest when one closes', async () => {
    const { id: recordingId } = await app.make.recording({ status: 'EXPECTED' });
    const listening = { kind: 'RECORDING_LINK_ISSUED', viewerId: people.MANAGER.id, recordingId } as const;
    const processes = [1, 2, 3].map(
      () => new ListeningLog(systemTransaction(app.services.orm), createLogger('silent')),
    );
    for (const log of processes) for (let n = 0; n < 1000; n++) log.note(listening);
    await Promise.all(processes.map((log) => log[Symbol.asyncDispose]()));
    expect(told(await events(`recordingId: "${recordingId}"`))).toEqual([
      ['RECORDING_LINK_ISSUED', people.MANAGER.id],
    ]);
  });

  it('a database that is away for a moment loses nothing', async () => {
    const { id: recordingId } = await app.make.recording({ status: 'EXPECTED' });
    let away = 2;
    const write = systemTransaction(app.services.orm);
    const log = new ListeningLog((work) => {
      if (away-- > 0) return Promise.reject(new Error('away'));
      return write(work);
    }, createLogger('silent'));
    log.note({ kind: 'RECORDING_PLAYED', viewerId: people.ADMIN.id, recordingId });
    await log[Symbol.asyncDispose]();
    expect(await events(`recordingId: "${recordingId}"`)).toHaveLength(1);
  });

  it('what was lost is written down when it is heard again', async () => {
    const { id: recordingId } = await app.make.recording({ status: 'EXPECTED' });
    let isAway = true;
    const write = systemTransaction(app.services.orm);
    const log = new ListeningLog(
      (work) => (isAway ? Promise.reject(new Error('away')) : write(work)),
      createLogger('silent'),
    );
    const listening = { kind: 'RECORDING_PLAYED', viewerId: people.ADMIN.id, recordingId } as const;
    log.note(listening);
    // Closing, it makes no pauses between its tries.
    await log[Symbol.asyncDispose]();
    isAway = false;
    log.note(listening);
    await log.flush();
    expect(await events(`recordingId: "${recordingId}"`)).toHaveLength(1);
  });

  it('a database that is away is asked again after a pause', async () => {
    const { id: recordingId } = await app.make.recording({ status: 'EXPECTED' });
    const asked: number[] = [];
    const write = systemTransaction(app.services.orm);
    await using log = new ListeningLog((work) => {
      asked.push(performance.now());
      return asked.length === 1 ? Promise.reject(new Error('away')) : write(work);
    }, createLogger('silent'));
    log.note({ kind: 'RECORDING_PLAYED', viewerId: people.ADMIN.id, recordingId });
    await log.flush();
    const [first = 0, second = 0] = asked;
    expect(second - first).toBeGreaterThan(900);
    expect(await events(`recordingId: "${recordingId}"`)).toHaveLength(1);
  });

  it('an hour later the same listening is another event', async () => {
    const { id: recordingId } = await app.make.recording({ status: 'EXPECTED' });
    let now = Date.now();
    const log = new ListeningLog(systemTransaction(app.services.orm), createLogger('silent'), () => now);
    for (const step of [0, 3_600_000]) {
      now += step;
      log.note({ kind: 'RECORDING_PLAYED', viewerId: people.ADMIN.id, recordingId });
    }
    await log[Symbol.asyncDispose]();
    expect(await events(`recordingId: "${recordingId}"`)).toHaveLength(2);
  });
});

describe('the trail', () => {
  it('is only added to, whoever the database thinks it is talking to', async () => {
    for (const url of [app.database.url, asSuperuser(app.database.url)]) {
      for (const role of ['SYSTEM', 'ADMIN', 'AUDIT_RETENTION', '']) {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        await client.query("select set_config('earshot.role', $1, false)", [role]);
        const before = await app.database.query('select * from audit_events order by id');
        expect(before).not.toEqual([]);
        for (const text of [
          "update audit_events set kind = 'SIGNED_IN'",
          'delete from audit_events',
          'truncate audit_events',
        ])
          await client.query(text).catch((error: unknown) => expect(String(error)).toMatch(/only added to/));
        expect(await app.database.query('select * from audit_events order by id')).toEqual(before);
        await client.end();
      }
    }
  });

  it("nobody writes in another's name", async () => {
    const client = new pg.Client({ connectionString: app.database.url });
    await client.connect();
    const write = (actor: string | null) =>
      client.query(
        "insert into audit_events (id, inserted_at, kind, actor_id) values (gen_random_uuid(), now(), 'SIGNED_IN', $1)",
        [actor],
      );
    await expect(write(people.ADMIN.id)).rejects.toThrow(/row-level security/);
    await client.query(
      "select set_config('earshot.role', 'TELECALLER', false), set_config('earshot.viewer', $1, false)",
      [people.TELECALLER.id],
    );
    await expect(write(people.ADMIN.id)).rejects.toThrow(/row-level security/);
    await expect(write(null)).rejects.toThrow(/row-level security/);
    expect((await client.query('select from audit_events')).rowCount).toBe(0);
    await client.end();
  });

  it('is let go when it is old enough, and not before', async () => {
    const ids = ['364 days', '366 days', '2000 days'].map((age) =>
      app.database.query<{ id: string }>(
        `insert into audit_events (id, inserted_at, kind) values (gen_random_uuid(), now() - interval '${age}', 'SIGNED_IN') returning id`,
      ),
    );
    const [young = '', ...old] = (await Promise.all(ids)).map(([row]) => row?.id ?? '');
    await using other = await TestApp.start({ shareWith: app });
    const left = async () =>
      (await other.database.query<{ id: string }>('select id from audit_events')).map(({ id }) => id);
    await eventually(async () => (await left()).every((id) => !old.includes(id)));
    expect(await left()).toContain(young);
  });

  it('is read in pages, by admins alone, within times', async () => {
    expect((await ask('MANAGER', '{ auditEvents { totalCount } }')).code).toBe('FORBIDDEN');
    const all = await events('');
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    const middle = all[Math.floor(all.length / 2)]?.at ?? '';
    const after = await events(`after: "${middle}"`);
    const before = await events(`before: "${middle}"`);
    expect(after.length + before.length).toBe(all.length);
    expect(after.every(({ at }) => at >= middle)).toBe(true);
    expect(before.every(({ at }) => at < middle)).toBe(true);
    type Page = { auditEvents: { nodes: Event[]; pageInfo: { endCursor: string; hasNextPage: boolean } } };
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { data } = await ask<Page>(
        'ADMIN',
        `{ auditEvents(first: 7 ${cursor && `, after: "${cursor}"`}) { nodes { id } pageInfo { endCursor hasNextPage } } }`,
      );
      seen.push(...(data?.auditEvents.nodes ?? []).map(({ id }) => id));
      if (!data?.auditEvents.pageInfo.hasNextPage) break;
      cursor = data.auditEvents.pageInfo.endCursor;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });
});
