import type { User } from '../../server/auth/user.entity.js';
import { createChores } from '../../server/workers.js';
import { deepcallReport } from '../support/fake-provider/webhooks.js';
import { graphql, tokenOf } from '../support/graphql.js';
import { ProviderApp } from '../support/provider-app.js';

let provider: ProviderApp;
let admin: string;
beforeAll(async () => {
  provider = await ProviderApp.start({ env: { SWEEP_SECONDS: '600', COPY_DELAY_SECONDS: '3600' } });
  admin = await tokenOf(provider.app, await provider.app.make.user('ADMIN'));
});
afterAll(() => provider[Symbol.asyncDispose]());

let count = 0;
/** A webhook tells of a call that this agent held. */
async function heldBy(masterAgent: string | number): Promise<string> {
  const callId = `i${String(++count).padStart(23, '0')}`;
  await provider.report({ ...deepcallReport({ callId }), masterAgent });
  return callId;
}

interface Seen {
  catiCall: { interviewerKey: string | null; interviewer: { id: string } | null } | null;
}

/** As the user sees the call; undefined: not at all. */
async function seenBy(token: string, callId: string) {
  const query = 'query($callId: String!) { catiCall(callId: $callId) { interviewerKey interviewer { id } } }';
  const { data } = await graphql<Seen>(provider.app, query, { token, variables: { callId } });
  return data?.catiCall ?? undefined;
}

const interviewer = async (facts: Partial<Pick<User, 'email'>> = {}) => {
  const user = await provider.app.make.user('INTERVIEWER', facts);
  return { id: user.id, token: await tokenOf(provider.app, user) };
};

const assign = async (input: { provider?: string; key: string; userId?: string | null }, token = admin) => {
  const query = 'mutation($input: AssignInterviewerInput!) { assignInterviewer(input: $input) { calls } }';
  const variables = { input: { provider: 'deepcall', ...input } };
  const answer = await graphql<{ assignInterviewer: { calls: number } }>(provider.app, query, {
    token,
    variables,
  });
  return answer.data?.assignInterviewer.calls ?? answer.code;
};

const link = () =>
  createChores(provider.app.services)
    .find(({ name }) => name === 'interviewers.link')
    ?.run(new AbortController().signal);

it.each([
  ['e-mail address', ({ email }: { id: string; email: string }) => email.toUpperCase()],
  ['id', ({ id }: { id: string }) => id.toUpperCase()],
])('a provider that names its agent by %s gives interviewers their calls', async (_name, keyOf) => {
  const email = `agent${++count}@example.com`;
  const user = await interviewer({ email });
  const callId = await heldBy(keyOf({ id: user.id, email }));
  expect(await seenBy(user.token, callId)).toMatchObject({ interviewer: { id: user.id } });
  expect(await seenBy((await interviewer()).token, callId)).toBeUndefined();
});

it('an agent whom nobody knows is shown to those who may assign, and is nobody’s', async () => {
  const callId = await heldBy('4711');
  expect(await seenBy(admin, callId)).toEqual({ interviewerKey: '4711', interviewer: null });
});

it('an assigned agent’s calls are the interviewer’s, those before and those to come, of this provider only', async () => {
  const [first, second] = [await interviewer(), await interviewer()];
  const before = await heldBy('Agent 12');
  await provider.app.make.catiCall(null, {
    provider: 'twilio',
    callId: 'elsewhere',
    interviewerKey: 'agent 12',
  });
  expect(await assign({ key: 'agent 12', userId: first.id })).toBe(1);
  const after = await heldBy('AGENT 12');
  for (const callId of [before, after]) expect(await seenBy(first.token, callId)).toBeDefined();
  expect(await seenBy(admin, 'elsewhere')).toMatchObject({ interviewer: null });

  expect(await assign({ key: 'agent 12', userId: second.id })).toBe(2);
  expect(await seenBy(first.token, before)).toBeUndefined();
  expect(await seenBy(second.token, before)).toBeDefined();

  expect(await assign({ key: 'agent 12' })).toBe(2);
  expect(await seenBy(second.token, before)).toBeUndefined();
  expect(await seenBy(admin, before)).toMatchObject({ interviewer: null });
});

it('calls find their interviewer when the user appears later', async () => {
  const email = `late${++count}@example.com`;
  const callId = await heldBy(email);
  expect(await link()).toBe(0);
  const user = await interviewer({ email });
  expect(await link()).toBe(1);
  expect(await seenBy(user.token, callId)).toMatchObject({ interviewer: { id: user.id } });
  expect(await link()).toBe(0);
});

it('a later event that names another agent moves the call', async () => {
  const [first, second] = [await interviewer(), await interviewer()];
  await assign({ key: 'a1', userId: first.id });
  await assign({ key: 'a2', userId: second.id });
  const callId = `i${String(++count).padStart(23, '0')}`;
  await provider.report({ ...deepcallReport({ callId, callStatus: 1 }), masterAgent: 'a1' });
  expect(await seenBy(first.token, callId)).toBeDefined();
  await provider.report({ ...deepcallReport({ callId, callStatus: 3 }), masterAgent: 'a2' });
  expect(await seenBy(first.token, callId)).toBeUndefined();
  expect(await seenBy(second.token, callId)).toBeDefined();
});

it.each<[object, string]>([
  [{ key: ' ' }, 'BAD_USER_INPUT'],
  [{ key: 'x'.repeat(101) }, 'BAD_USER_INPUT'],
  [{ key: 'x', provider: '' }, 'BAD_USER_INPUT'],
  [{ key: 'x', userId: '0192c0de-0000-7000-8000-000000000000' }, 'NOT_FOUND'],
  [{ key: 'x', userId: 'nobody' }, 'NOT_FOUND'],
])('%j is refused: %s', async (input, code) => {
  expect(await assign(input as { key: string })).toBe(code);
});

it('nobody but an interviewer is assigned', async () => {
  const { id } = await provider.app.make.user('TELECALLER');
  expect(await assign({ key: 'x', userId: id })).toBe('BAD_USER_INPUT');
});
