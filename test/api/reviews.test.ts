import { Person, sample, storedCalls, type ReviewFacts } from '../support/review-steps.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let ann: Person;
let ben: Person;
let manager: Person;
let interviewer: Person;
let campaigns = 0;

beforeAll(async () => {
  app = await TestApp.start({ env: { EARSHOT_ROLES: 'api' } });
  ann = await Person.create(app, 'QUALITY_AGENT');
  ben = await Person.create(app, 'QUALITY_AGENT');
  manager = await Person.create(app, 'MANAGER');
  interviewer = await Person.create(app, 'INTERVIEWER');
});
afterAll(() => app[Symbol.asyncDispose]());

/** A campaign of its own, all of whose calls are to be reviewed, and its calls, oldest first. */
async function queueOf(count: number): Promise<{ campaign: string; calls: string[] }> {
  const campaign = `Campaign ${++campaigns}`;
  await sample(manager, campaign, 100);
  return { campaign, calls: await storedCalls(app, count, { campaign, interviewer: interviewer.user }) };
}

const runOut = (id: string) =>
  app.database.query(
    "update reviews set claimed_until = now() - interval '1 second' where cati_call_id = $1",
    [id],
  );

describe('claiming', () => {
  it('a hundred times at once, two people never get the same call', async () => {
    const { campaign, calls } = await queueOf(200);
    const claimed: ReviewFacts[] = [];
    for (let round = 0; round < 10; round++) {
      const tens = Array.from({ length: 10 }, () => [
        ann.claim({ campaign }),
        ben.claim({ campaign }),
      ]).flat();
      claimed.push(...(await Promise.all(tens)));
    }
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(200);
    expect(claimed.map(({ id }) => id).sort()).toEqual([...calls].sort());
    const rows = await app.database.query<{ reviewer_id: string; count: number }>(
      `select reviewer_id, count(*)::int as count from reviews where campaign = $1 and status = 'CLAIMED' group by 1`,
      [campaign],
    );
    expect(rows.map(({ count }) => count)).toEqual([100, 100]);
    // Nobody has more than a hundred at once.
    await queueOf(1);
    expect(await ann.review('claimNextReview', {})).toBe('CONFLICT');
    await app.database.query('delete from reviews where campaign = $1', [campaign]);
  });

  it('a call that two ask for by name at once goes to one of them', async () => {
    const { calls } = await queueOf(10);
    for (const catiCallId of calls) {
      const both = await Promise.all(
        [ann, ben].map((person) => person.review('claimNextReview', { catiCallId })),
      );
      expect(both.filter((answer) => answer === 'CONFLICT')).toHaveLength(1);
    }
    await app.database.query('delete from reviews where cati_call_id = any($1)', [calls]);
  });

  it('gives the oldest first, of the campaign and the interviewer asked for, until none is left', async () => {
    const { campaign, calls } = await queueOf(2);
    const other = await Person.create(app, 'INTERVIEWER');
    const [theirs] = await storedCalls(app, 1, { campaign, interviewer: other.user, from: '2025-01-01' });
    expect((await ann.claim({ campaign, interviewerId: interviewer.user.id })).id).toBe(calls[0]);
    expect((await ann.claim({ campaign })).id).toBe(theirs);
    expect((await ann.claim({ campaign })).id).toBe(calls[1]);
    expect(await ann.review('claimNextReview', { campaign })).toBe('NOTHING');
  });

  it('is for half an hour, and for longer when asked', async () => {
    const { campaign } = await queueOf(1);
    const { id, status, reviewer, claimedUntil } = await ann.claim({ campaign });
    expect({ status, reviewer }).toEqual({ status: 'CLAIMED', reviewer: { id: ann.user.id } });
    const seconds = (Date.parse(claimedUntil ?? '') - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(1740);
    expect(seconds).toBeLessThanOrEqual(1801);
    await runOut(id);
    expect(await ann.review('renewReview', { reviewId: id })).toMatchObject({ status: 'CLAIMED' });
    expect(await ben.review('claimNextReview', { catiCallId: id })).toBe('CONFLICT');
  });

  it('a call that no rule chose can be asked for; one that nobody can hear cannot', async () => {
    const campaign = 'No rule';
    const [call] = await storedCalls(app, 1, { campaign });
    expect(await ann.review('claimNextReview', { campaign })).toBe('NOTHING');
    expect(await ann.claim({ catiCallId: call })).toMatchObject({ id: call, sampled: false });
    const unheard = await app.make.catiCall(null, {
      recording: (await app.make.recording({ status: 'FAILED' })).id,
    });
    expect(await ann.review('claimNextReview', { catiCallId: unheard.id })).toBe('CONFLICT');
    expect(await ann.review('claimNextReview', { catiCallId: 'no id' })).toBe('NOT_FOUND');
  });
});

describe('time that runs out', () => {
  it('sends a call back into the queue; what the first one decides then is refused', async () => {
    const { campaign } = await queueOf(1);
    const { id } = await ann.claim({ campaign });
    await runOut(id);
    const seen = await ben.read<ReviewFacts>(`review(id: "${id}") { status reviewer { id } claimedUntil }`);
    expect(seen).toEqual({ status: 'WAITING', reviewer: null, claimedUntil: null });
    expect((await ben.claim({ campaign })).id).toBe(id);
    const late = { reviewId: id, decision: 'REJECTED', feedback: 'too late' };
    for (const answer of [
      await ann.review('submitReview', late),
      await ann.review('renewReview', { reviewId: id }),
      await ann.review('releaseReview', { reviewId: id }),
    ])
      expect(answer).toBe('CONFLICT');
    expect(await ben.review('submitReview', { reviewId: id, decision: 'APPROVED' })).toMatchObject({
      status: 'APPROVED',
      feedback: null,
      reviewer: { id: ben.user.id },
    });
  });

  it('does no harm while nobody else wants the call', async () => {
    const { campaign } = await queueOf(1);
    const { id } = await ann.claim({ campaign });
    await runOut(id);
    expect(await ann.review('submitReview', { reviewId: id, decision: 'APPROVED' })).toMatchObject({
      status: 'APPROVED',
    });
  });
});

describe('deciding', () => {
  const claimed = async (): Promise<string> =>
    (await ann.claim({ campaign: (await queueOf(1)).campaign })).id;

  it('keeps what was found, who and when; the same again changes nothing, anything else is refused', async () => {
    const reviewId = await claimed();
    const input = {
      reviewId,
      decision: 'REJECTED',
      findings: ['RESPONDENT_INAUDIBLE', 'IRRELEVANT', 'IRRELEVANT'],
      feedback: '  Ask every question.  ',
      score: 40,
    };
    const decided = await ann.review('submitReview', input);
    expect(decided).toMatchObject({
      status: 'REJECTED',
      reviewer: { id: ann.user.id },
      findings: ['IRRELEVANT', 'RESPONDENT_INAUDIBLE'],
      feedback: 'Ask every question.',
      score: 40,
      claimedUntil: null,
      decidedAt: expect.any(String) as string,
    });
    expect(await ann.review('submitReview', input)).toEqual(decided);
    expect(await ann.review('submitReview', { ...input, score: 41 })).toBe('CONFLICT');
    expect(await ben.review('submitReview', input)).toBe('CONFLICT');
    expect(await ann.review('releaseReview', { reviewId })).toBe('CONFLICT');
    expect(await ann.review('claimNextReview', { catiCallId: reviewId })).toBe('CONFLICT');
  });

  it('is only for who claimed it', async () => {
    const reviewId = await claimed();
    expect(await ben.review('submitReview', { reviewId, decision: 'APPROVED' })).toBe('CONFLICT');
    expect(await ben.review('releaseReview', { reviewId })).toBe('CONFLICT');
    expect(await ann.review('releaseReview', { reviewId })).toMatchObject({
      status: 'WAITING',
      reviewer: null,
    });
    expect(await ann.review('submitReview', { reviewId, decision: 'APPROVED' })).toBe('CONFLICT');
    expect((await ben.claim({ catiCallId: reviewId })).id).toBe(reviewId);
  });

  it.each([
    ['a rejection without a reason', { decision: 'REJECTED' }, 'findings'],
    ['a rejection of what can be heard well', { decision: 'REJECTED', findings: ['HEARD'] }, 'findings'],
    ['a score below 0', { decision: 'APPROVED', score: -1 }, 'score'],
    ['a score above 100', { decision: 'APPROVED', score: 101 }, 'score'],
    ['feedback without end', { decision: 'APPROVED', feedback: 'x'.repeat(5001) }, 'feedback'],
    ['feedback with a NUL', { decision: 'APPROVED', feedback: 'x\0' }, 'feedback'],
  ])('%s is refused', async (_name, input, field) => {
    const query = 'mutation ($input: SubmitReviewInput!) { submitReview(input: $input) { review { id } } }';
    const { errors } = await ann.ask(query, { input: { reviewId: await claimed(), ...input } });
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('tells the interviewer nothing, not even when it is decided', async () => {
    const reviewId = await claimed();
    await ann.review('submitReview', { reviewId, decision: 'APPROVED', findings: ['HEARD'] });
    expect(await interviewer.read(`catiCall(id: "${reviewId}") { review { status } }`)).toEqual({
      review: null,
    });
    await expect(interviewer.read(`review(id: "${reviewId}") { id }`)).rejects.toThrow('NOT_FOUND');
    await expect(interviewer.read('reviews { totalCount }')).rejects.toThrow('FORBIDDEN');
  });
});

describe('lists', () => {
  it('are filtered, and walked page by page without a gap', async () => {
    const { campaign, calls } = await queueOf(7);
    const first = await ann.claim({ campaign });
    await ann.review('submitReview', { reviewId: first.id, decision: 'REJECTED', findings: ['IRRELEVANT'] });
    const { id: held } = await ann.claim({ campaign });
    const ids = async (filter: string): Promise<string[]> => {
      const list = `reviews(filter: { campaign: "${campaign}", ${filter} }) { nodes { id } }`;
      return (await manager.read<{ nodes: { id: string }[] }>(list)).nodes.map(({ id }) => id);
    };
    expect(await ids('status: [REJECTED]')).toEqual([first.id]);
    expect(await ids('findings: [IRRELEVANT, HEARD]')).toEqual([first.id]);
    expect(await ids('findings: [HEARD]')).toEqual([]);
    expect(await ids('status: [CLAIMED]')).toEqual([held]);
    expect(await ids(`reviewerId: "${ben.user.id}"`)).toEqual([]);
    expect((await ids(`reviewerId: "${ann.user.id}"`)).sort()).toEqual([first.id, held].sort());
    expect(await ids('decidedAfter: "2100-01-01T00:00:00Z"')).toEqual([]);
    expect(await ids('decidedBefore: "2100-01-01T00:00:00Z"')).toEqual([first.id]);
    expect(await ids('interviewerId: "none"')).toEqual([]);

    const walked: string[] = [];
    let after = '';
    do {
      const list = `reviews(first: 3, filter: { campaign: "${campaign}" }${after}) { nodes { id } totalCount pageInfo { hasNextPage endCursor } }`;
      const page = await manager.read<Page>(list);
      expect(page.totalCount).toBe(7);
      walked.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.hasNextPage ? `, after: "${page.pageInfo.endCursor}"` : '';
    } while (after);
    expect(walked.toSorted()).toEqual(calls.toSorted());
  });

  interface Page {
    nodes: { id: string }[];
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
  }

  it('of calls know their reviews', async () => {
    const { campaign, calls } = await queueOf(3);
    const { id } = await ann.claim({ campaign });
    const list = async (status: string) =>
      (
        await manager.read<{ nodes: { id: string; review: { status: string } }[] }>(
          `catiCalls(filter: { campaign: "${campaign}", reviewStatus: [${status}] }) { nodes { id review { status } } }`,
        )
      ).nodes;
    expect(await list('CLAIMED')).toEqual([{ id, review: { status: 'CLAIMED' } }]);
    expect((await list('WAITING')).map((call) => call.id).toSorted()).toEqual(
      calls.filter((call) => call !== id).toSorted(),
    );
    await runOut(id);
    expect(await list('WAITING')).toHaveLength(3);
    expect(await list('APPROVED, REJECTED')).toEqual([]);
  });

  it('the queue is counted', async () => {
    const { campaign } = await queueOf(4);
    const before = await ben.read<Queue>(
      'reviewQueue { waiting claimed claimedByMe byCampaign { campaign waiting } }',
    );
    await ben.claim({ campaign });
    const { id } = await ann.claim({ campaign });
    const after = await ben.read<Queue>(
      'reviewQueue { waiting claimed claimedByMe oldestStartedAt byCampaign { campaign waiting } }',
    );
    expect(after).toMatchObject({
      waiting: before.waiting - 2,
      claimed: before.claimed + 2,
      claimedByMe: before.claimedByMe + 1,
    });
    expect(after.byCampaign).toContainEqual({ campaign, waiting: 2 });
    await runOut(id);
    expect((await ben.read<Queue>('reviewQueue { waiting }')).waiting).toBe(before.waiting - 1);
  });

  interface Queue {
    waiting: number;
    claimed: number;
    claimedByMe: number;
    byCampaign: object[];
  }
});

it('the form says what may be sent', async () => {
  const form = await ann.read<{ findings: { code: string; label: string; description: string }[] }>(
    'reviewForm { decisions { code label description } findings { code label description } maxFeedbackLength maxScore lockSeconds }',
  );
  expect(form).toMatchObject({ maxFeedbackLength: 5000, maxScore: 100, lockSeconds: 1800 });
  expect(form.findings.map(({ code }) => code)).toEqual([
    'HEARD',
    'NO_CONVERSATION',
    'IRRELEVANT',
    'INTERVIEWER_TOO_LOUD',
    'RESPONDENT_INAUDIBLE',
    'DUPLICATE_AUDIO',
  ]);
  for (const { label, description } of form.findings)
    expect([label, description]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
});
