import { createHash } from 'node:crypto';
import { SamplingKeeper } from '../../server/reviews/sampling-keeper.js';
import { systemTransaction } from '../../server/unit-of-work.js';
import { Person, sample, storedCalls } from '../support/review-steps.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let manager: Person;
let agent: Person;
let campaigns = 0;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  manager = await Person.create(app, 'MANAGER');
  agent = await Person.create(app, 'QUALITY_AGENT');
});
afterAll(() => app[Symbol.asyncDispose]());

const newCampaign = () => `Survey ${++campaigns}`;
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** Where a call stands between 0 and 1, by its id alone: the first four bytes of its MD5. */
const fraction = (id: string) => createHash('md5').update(id).digest().readUInt32BE() / 2 ** 32;

async function waiting(campaign: string): Promise<string[]> {
  const rows = await app.database.query<{ id: string }>(
    "select cati_call_id as id from reviews where campaign = $1 and status = 'WAITING'",
    [campaign],
  );
  return rows.map(({ id }) => id).toSorted();
}

describe('a percentage', () => {
  it('chooses by the hash of each call, the same at every asking', async () => {
    const campaign = newCampaign();
    const calls = await storedCalls(app, 400, { campaign, from: yesterday() });
    const chosen = (percent: number) => calls.filter((id) => fraction(id) * 100 < percent).toSorted();
    for (const percent of [25, 60, 25, 100, 0, 12.5]) {
      await sample(manager, campaign, percent);
      expect(await waiting(campaign)).toEqual(chosen(percent));
    }
    expect(chosen(25).length).toBeGreaterThan(60);
    expect(chosen(25).length).toBeLessThan(140);
  });

  it('takes nothing away from who has begun, and leaves what was asked for', async () => {
    const campaign = newCampaign();
    await sample(manager, campaign, 100);
    const calls = await storedCalls(app, 3, { campaign, from: yesterday() });
    const { id } = await agent.claim({ campaign });
    await sample(manager, campaign, 0);
    expect(await waiting(campaign)).toEqual([]);
    expect(await agent.review('submitReview', { reviewId: id, decision: 'APPROVED' })).toMatchObject({ id });
    const asked = calls.find((call) => call !== id);
    await agent.review('releaseReview', { reviewId: (await agent.claim({ catiCallId: asked })).id });
    await sample(manager, campaign, 0);
    expect(await waiting(campaign)).toEqual([asked]);
  });

  it('is not for calls of long ago, nor of other campaigns', async () => {
    const campaign = newCampaign();
    await storedCalls(app, 2, { campaign, from: '2020-01-01' });
    await storedCalls(app, 2, { campaign: newCampaign(), from: yesterday() });
    await sample(manager, campaign, 100);
    expect(await waiting(campaign)).toEqual([]);
  });
});

describe('a call comes into the queue', () => {
  const call = async (campaign: string | null, status: 'EXPECTED' | 'UPLOADED' = 'EXPECTED') => {
    const recording = await app.make.recording({ status: 'EXPECTED' });
    const made = await app.make.catiCall(null, { recording: recording.id, ...(campaign && { campaign }) });
    if (status === 'UPLOADED') await store(recording.id);
    return { id: made.id, recordingId: recording.id };
  };
  const store = (id: string) =>
    app.database.query(
      `update recordings set status = 'UPLOADED', recording_path = 'local:x', byte_size = 1, sha256 = 'x', uploaded_at = now()
       where id = $1`,
      [id],
    );
  let campaign: string;
  beforeAll(async () => {
    campaign = newCampaign();
    await sample(manager, campaign, 100);
  });

  it('when its recording is stored, and leaves it when that is removed', async () => {
    const { id, recordingId } = await call(campaign);
    expect(await waiting(campaign)).not.toContain(id);
    await store(recordingId);
    expect(await waiting(campaign)).toContain(id);
    await app.database.query("update recordings set status = 'DELETED' where id = $1", [recordingId]);
    expect(await waiting(campaign)).not.toContain(id);
  });

  it('not while its recording is gone, also where somebody had it then', async () => {
    const { user: interviewer } = await Person.create(app, 'INTERVIEWER');
    const mine = { interviewerId: interviewer.id };
    const calls = [await call(campaign, 'UPLOADED'), await call(campaign, 'UPLOADED')];
    for (const { id } of calls)
      await app.database.query('update cati_calls set interviewer_id = $2 where id = $1', [
        id,
        interviewer.id,
      ]);
    for (const { recordingId } of calls) {
      await agent.claim(mine);
      await app.database.query("update recordings set status = 'DELETED' where id = $1", [recordingId]);
    }
    const [released, lapsed] = calls.map(({ id }) => id);
    expect(await agent.review('releaseReview', { reviewId: released })).toMatchObject({
      id: released,
      status: 'WAITING',
      reviewer: null,
      claimedUntil: null,
    });
    await app.database.query('update reviews set claimed_until = now() where cati_call_id = $1', [lapsed]);
    expect(await agent.review('claimNextReview', mine)).toBe('NOTHING');
    expect(await agent.read(`catiCall(id: "${released}") { review { id } }`)).toEqual({ review: null });
    // Who works on it may still decide: they heard it.
    expect(await agent.review('submitReview', { reviewId: lapsed, decision: 'APPROVED' })).toMatchObject({
      status: 'APPROVED',
    });
  });

  it('when its campaign becomes known later, and follows its interviewer', async () => {
    const { id } = await call(null, 'UPLOADED');
    await app.database.query('update cati_calls set campaign = $2 where id = $1', [id, campaign]);
    expect(await waiting(campaign)).toContain(id);
    const interviewer = await Person.create(app, 'INTERVIEWER');
    await app.database.query('update cati_calls set interviewer_id = $2 where id = $1', [
      id,
      interviewer.user.id,
    ]);
    expect((await agent.claim({ interviewerId: interviewer.user.id })).id).toBe(id);
  });
});

describe('each interviewer is heard every day', () => {
  const fill = () => new SamplingKeeper(systemTransaction(app.services.orm)).fillDays();

  it('by the call with the lowest hash, where the percentage chose none', async () => {
    const campaign = newCampaign();
    await sample(manager, campaign, 0.000001);
    const expected: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { user: interviewer } = await Person.create(app, 'INTERVIEWER');
      const calls = await storedCalls(app, 5, { campaign, interviewer, from: yesterday() });
      const [lowest = ''] = calls.toSorted((a, b) => fraction(a) - fraction(b));
      expected.push(lowest);
      await storedCalls(app, 2, { campaign, interviewer, from: new Date().toISOString() });
    }
    expect(await fill()).toBe(3);
    expect(await waiting(campaign)).toEqual(expected.toSorted());
    expect(await fill()).toBe(0);
  });

  it('also once the rule is set again, until it says none', async () => {
    const campaign = newCampaign();
    await sample(manager, campaign, 0.000001);
    const { user: interviewer } = await Person.create(app, 'INTERVIEWER');
    const calls = await storedCalls(app, 5, { campaign, interviewer, from: yesterday() });
    expect(await fill()).toBe(1);
    const [lowest] = calls.toSorted((a, b) => fraction(a) - fraction(b));
    for (const percent of [0.000002, 100, 0.000001]) await sample(manager, campaign, percent);
    expect(await waiting(campaign)).toEqual([lowest]);
    await sample(manager, campaign, 100);
    const heard = (await agent.claim({ campaign })).id;
    await sample(manager, campaign, 0.000001);
    expect(await waiting(campaign)).toEqual([]);
    await agent.review('releaseReview', { reviewId: heard });
    await sample(manager, campaign, 0);
    expect(await waiting(campaign)).toEqual([]);
  });

  it('not where the rule says none, nor where one was chosen', async () => {
    const campaign = newCampaign();
    const { user: interviewer } = await Person.create(app, 'INTERVIEWER');
    await sample(manager, campaign, 0);
    const calls = await storedCalls(app, 3, { campaign, interviewer, from: yesterday() });
    expect(await fill()).toBe(0);
    await sample(manager, campaign, 100);
    expect(await fill()).toBe(0);
    expect(await waiting(campaign)).toEqual(calls.toSorted());
  });
});

describe('rules', () => {
  it('are listed with who set them', async () => {
    const campaign = newCampaign();
    await sample(manager, campaign, 10);
    await sample(await Person.create(app, 'ADMIN'), campaign, 12.5);
    const rules = await agent.read<{ campaign: string; percent: number; updatedBy: { role: string } }[]>(
      'samplingRules { campaign percent updatedBy { role } updatedAt }',
    );
    expect(rules.filter((rule) => rule.campaign === campaign)).toMatchObject([
      { campaign, percent: 12.5, updatedBy: { role: 'ADMIN' } },
    ]);
  });

  it.each([
    [{ campaign: 'x', percent: -1 }, 'percent'],
    [{ campaign: 'x', percent: 100.1 }, 'percent'],
    [{ campaign: ' ', percent: 1 }, 'campaign'],
    [{ campaign: 'x'.repeat(201), percent: 1 }, 'campaign'],
  ])('%j is refused', async (input, field) => {
    const query =
      'mutation ($input: SetSamplingRuleInput!) { setSamplingRule(input: $input) { samplingRule { id } } }';
    const { errors } = await manager.ask(query, { input });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });
});
