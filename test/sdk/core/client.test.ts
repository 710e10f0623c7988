import {
  EarshotClient,
  ForbiddenError,
  InternalServerError,
  NotFoundError,
  OffsetMismatchError,
} from '../../../sdk/core/index.js';
import type { EarshotError, TypedDocumentString } from '../../../sdk/core/index.js';
import { FakeApi, failing, reply } from './fake-api.js';
import type { Answer } from './fake-api.js';

/** Waits take no time. */
const fast = {
  setTimeout: (callback: () => void) => queueMicrotask(callback),
  clearTimeout: () => undefined,
};
const patient = { platform: fast, timeoutMs: 0, uploadTimeoutMs: 0 };

/** Each request gets the next answer; one more than there are fails the test. */
const inTurn = (...answers: Answer[]): Answer => {
  const queue = [...answers];
  return (request, response) => {
    const answer = queue.shift();
    if (!answer) throw new Error(`No answer is left for ${request.operationName}.`);
    return answer(request, response);
  };
};
const answer =
  (body: unknown, status = 200): Answer =>
  (_request, response) =>
    reply(response, body, status);

describe('EarshotClient', () => {
  const file = new Blob(['a']);
  const page = { nodes: [{ id: '1' }], pageInfo: { hasNextPage: false, endCursor: null } };
  const upload = { id: 'u1', status: 'OPEN' };
  const id = { id: '1' };

  it.each<[string, unknown, (client: EarshotClient) => Promise<unknown>, unknown, unknown]>([
    ['Me', { me: id }, (client) => client.me(), {}, id],
    ['Lead', { lead: id }, (client) => client.lead('1'), { id: '1' }, id],
    ['Leads', { leads: page }, (client) => client.leads({ first: 5 }), { first: 5 }, page],
    ['Leads', { leads: page }, (client) => client.leads(), {}, page],
    ['CallLog', { callLog: id }, (client) => client.callLog('1'), { id: '1' }, id],
    [
      'CallLogs',
      { callLogs: page },
      (client) => client.callLogs({ filter: { leadId: '2' }, withUrls: true }),
      { filter: { leadId: '2' }, withUrls: true },
      page,
    ],
    ['CatiCall', { catiCall: id }, (client) => client.catiCall({ id: '1' }), { id: '1' }, id],
    ['CatiCall', { catiCall: id }, (client) => client.catiCall({ callId: 'c1' }), { callId: 'c1' }, id],
    [
      'CatiCalls',
      { catiCalls: page },
      (client) => client.catiCalls({ filter: { provider: 'deepcall' }, withUrls: true }),
      { filter: { provider: 'deepcall' }, withUrls: true },
      page,
    ],
    ['Recording', { recording: id }, (client) => client.recording('1'), { id: '1' }, id],
    [
      'Recording',
      { recording: id },
      (client) => client.recording('1', { link: { expiresInSeconds: 60, variant: 'ORIGINAL' } }),
      { id: '1', expiresInSeconds: 60, variant: 'ORIGINAL' },
      id,
    ],
    ['Upload', { upload }, (client) => client.upload('u1'), { id: 'u1' }, upload],
    [
      'LogCall',
      { logCall: { callLog: id } },
      (client) => client.logCall({ leadId: '1', outcome: 'BUSY', idempotencyKey: 'k' }),
      { input: { leadId: '1', outcome: 'BUSY', idempotencyKey: 'k' } },
      id,
    ],
    [
      'RequestUpload',
      { requestUpload: { upload } },
      (client) => client.requestUpload({ callLogId: '1', byteSize: 4, idempotencyKey: 'k' }),
      { input: { callLogId: '1', byteSize: 4, idempotencyKey: 'k' } },
      upload,
    ],
    [
      'FinalizeUpload',
      { finalizeUpload: { upload } },
      (client) => client.finalizeUpload({ uploadId: 'u1' }),
      { input: { uploadId: 'u1' } },
      upload,
    ],
    [
      'CancelUpload',
      { cancelUpload: { upload } },
      (client) => client.cancelUpload({ uploadId: 'u1' }),
      { input: { uploadId: 'u1' } },
      upload,
    ],
    [
      'UploadRecording',
      { uploadRecording: { upload } },
      (client) => client.uploadRecording({ callLogId: '1', file }),
      { input: { callLogId: '1', file: expect.anything() } },
      upload,
    ],
  ])('%s sends its variables and unwraps the result', async (name, data, call, variables, expected) => {
    await using api = await FakeApi.start(answer({ data }));
    expect(await call(new EarshotClient({ url: api.url }))).toEqual(expected);
    expect(api.seen).toMatchObject([{ operationName: name, variables }]);
  });

  it.each([
    ['lead', { lead: null }],
    ['callLog', { callLog: null }],
    ['recording', { recording: null }],
    ['upload', { upload: null }],
  ] as const)('%s rejects with NotFoundError for null', async (method, data) => {
    await using api = await FakeApi.start(answer({ data }));
    await expect(new EarshotClient({ url: api.url })[method]('1')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('catiCall rejects with NotFoundError for null', async () => {
    await using api = await FakeApi.start(answer({ data: { catiCall: null } }));
    const client = new EarshotClient({ url: api.url });
    await expect(client.catiCall({ id: '1' })).rejects.toBeInstanceOf(NotFoundError);
  });

  it('maps the error of the server', async () => {
    await using api = await FakeApi.start(
      answer(failing('OFFSET_MISMATCH', { expectedOffset: 12, requestId: 'r1' })),
    );
    const request = new EarshotClient({ url: api.url }).appendChunk({
      uploadId: 'u',
      offset: 0,
      chunk: file,
    });
    await expect(request).rejects.toBeInstanceOf(OffsetMismatchError);
    await expect(request).rejects.toMatchObject({
      expectedOffset: 12,
      requestId: 'r1',
      operation: 'AppendChunk',
    });
  });

  describe('tokens', () => {
    const signedIn = answer({ data: { signIn: { accessToken: 't2', expiresAt: 'x', user: {} } } });
    const me = answer({ data: { me: {} } });
    const tokens = (api: FakeApi) => api.seen.map(({ headers }) => headers.authorization);

    it('keeps the token of a sign-in, until it is set to nothing', async () => {
      await using api = await FakeApi.start(inTurn(signedIn, me, me));
      const client = new EarshotClient({ url: api.url });
      await client.signIn({ email: 'a', password: 'b' });
      await client.me();
      client.setToken(undefined);
      await client.me();
      expect(tokens(api)).toEqual([undefined, 'Bearer t2', undefined]);
    });

    it('asks a function before every request, and lets no sign-in replace it', async () => {
      await using api = await FakeApi.start(inTurn(signedIn, me));
      let asked = 0;
      const token = () => Promise.resolve(`own${(asked += 1)}`);
      const client = new EarshotClient({ url: api.url, token });
      await client.signIn({ email: 'a', password: 'b' });
      await client.me();
      expect(tokens(api)).toEqual(['Bearer own1', 'Bearer own2']);
    });
  });

  describe('data beside errors', () => {
    const partial = answer({ data: { callLogs: page }, ...failing('FORBIDDEN') });

    it('is a failure that holds the data', async () => {
      await using api = await FakeApi.start(partial);
      const request = new EarshotClient({ url: api.url }).callLogs();
      await expect(request).rejects.toBeInstanceOf(ForbiddenError);
      await expect(request).rejects.toMatchObject({ data: { callLogs: page } });
    });

    it('is the result for those who ask for it', async () => {
      await using api = await FakeApi.start(partial);
      const errors: EarshotError[] = [];
      const onPartial = (error: EarshotError) => errors.push(error);
      expect(await new EarshotClient({ url: api.url }).callLogs({}, { onPartial })).toEqual(page);
      expect(errors).toMatchObject([{ code: 'FORBIDDEN' }]);
    });

    it('does not turn a failure without data into a result', async () => {
      await using api = await FakeApi.start(answer({ data: null, ...failing('FORBIDDEN') }));
      const request = new EarshotClient({ url: api.url }).callLogs({}, { onPartial: () => undefined });
      await expect(request).rejects.toBeInstanceOf(ForbiddenError);
    });
  });

  describe('repetition', () => {
    const broken = answer('<html></html>', 503);
    const logged = answer({ data: { logCall: { callLog: id } } });
    const keys = (api: FakeApi) =>
      api.seen.map(({ variables }) => (variables['input'] as { idempotencyKey?: string }).idempotencyKey);

    it('sends a query again', async () => {
      await using api = await FakeApi.start(
        inTurn(broken, (_request, response) => void response.destroy(), answer({ data: { me: id } })),
      );
      expect(await new EarshotClient({ url: api.url, ...patient }).me()).toEqual(id);
    });

    it('sends a mutation again under the same key, another call under another', async () => {
      await using api = await FakeApi.start(inTurn(broken, logged, logged));
      const client = new EarshotClient({ url: api.url, ...patient });
      await client.logCall({ leadId: '1', outcome: 'BUSY' });
      await client.logCall({ leadId: '1', outcome: 'BUSY', idempotencyKey: undefined });
      const [first, second, third] = keys(api);
      expect(first).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/));
      expect(second).toBe(first);
      expect(third).toEqual(expect.any(String));
      expect(third).not.toBe(first);
    });

    it('sends the file of a chunk again whole', async () => {
      await using api = await FakeApi.start(inTurn(broken, answer({ data: { appendChunk: { upload } } })));
      const client = new EarshotClient({ url: api.url, ...patient });
      expect(await client.appendChunk({ uploadId: 'u', offset: 0, chunk: file })).toEqual(upload);
      expect(api.names).toEqual(['AppendChunk', 'AppendChunk']);
    });

    it.each<[string, (client: EarshotClient) => Promise<unknown>]>([
      ['signIn', (client) => client.signIn({ email: 'a', password: 'b' })],
      ['uploadRecording', (client) => client.uploadRecording({ callLogId: '1', file })],
    ])('never repeats %s', async (_name, call) => {
      await using api = await FakeApi.start(inTurn(broken));
      await expect(call(new EarshotClient({ url: api.url, ...patient }))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
      expect(api.seen).toHaveLength(1);
    });
  });

  describe('iterate', () => {
    it('goes through all pages with the same variables', async () => {
      const pageOf = (ids: string[], endCursor: string | null) =>
        answer({
          data: {
            leads: {
              nodes: ids.map((one) => ({ id: one })),
              pageInfo: { hasNextPage: endCursor !== null, endCursor },
            },
          },
        });
      await using api = await FakeApi.start(inTurn(pageOf(['1', '2'], 'c2'), pageOf(['3'], null)));
      const ids: string[] = [];
      for await (const lead of new EarshotClient({ url: api.url }).iterate.leads({
        first: 2,
        filter: { search: 'a' },
      }))
        ids.push(lead.id);
      expect(ids).toEqual(['1', '2', '3']);
      expect(api.seen.map(({ variables }) => variables)).toEqual([
        { first: 2, filter: { search: 'a' } },
        { first: 2, filter: { search: 'a' }, after: 'c2' },
      ]);
    });

    it('begins behind a cursor and stops the loop at a failure', async () => {
      await using api = await FakeApi.start(
        inTurn(
          answer({ data: { callLogs: { nodes: [id], pageInfo: { hasNextPage: true, endCursor: 'b' } } } }),
          answer(failing('INTERNAL')),
        ),
      );
      const iterator = new EarshotClient({ url: api.url, retry: { retries: 0 } }).iterate.callLogs({
        after: 'a',
      });
      expect(await iterator.next()).toEqual({ done: false, value: id });
      await expect(iterator.next()).rejects.toBeInstanceOf(InternalServerError);
      expect(api.seen.map(({ variables }) => variables['after'])).toEqual(['a', 'b']);
    });
  });

  it('sends any document, through any transport', async () => {
    const document = 'query Ping($n: Int!) { ping(n: $n) }' as TypedDocumentString<
      { ping: number },
      { n: number }
    >;
    const client = new EarshotClient({
      url: '',
      transport: ({ name, kind, variables, idempotent }) =>
        Promise.resolve({ ping: [name, kind, variables, idempotent] }),
    });
    const { ping } = await client.request(document, { n: 4 });
    expect(ping).toEqual(['Ping', 'query', { n: 4 }, true]);
  });
});
