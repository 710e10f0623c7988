import { randomUUID } from 'node:crypto';
import {
  AbortedError,
  BadRequestError,
  ChecksumMismatchError,
  ConflictError,
  EarshotClient,
  EarshotError,
  ForbiddenError,
  fromBytes,
  InvalidInputError,
  NotFoundError,
  OffsetMismatchError,
  PayloadTooLargeError,
  RateLimitedError,
  SDK_VERSION,
  TimeoutError,
  UnauthenticatedError,
  uploadInChunks,
  UploadIncompleteError,
} from '../../../sdk/core/index.js';
import type { FetchLike, TypedDocumentString } from '../../../sdk/core/index.js';
import type { User } from '../../../server/auth/user.entity.js';
import { fixture, sha256 } from '../../support/fixtures.js';
import { tokenOf } from '../../support/graphql.js';
import { TestApp } from '../../support/test-app.js';

let app: TestApp;
let telecaller: User;
let client: EarshotClient;

beforeAll(async () => {
  app = await TestApp.start({ env: { UPLOAD_MAX_BYTES: '1000000' } });
  telecaller = await app.make.user('TELECALLER');
  client = await app.client(telecaller);
});

afterAll(() => app[Symbol.asyncDispose]());

const call = async () => (await app.make.callLog(await app.make.lead(telecaller), telecaller)).id;
const open = async (byteSize: number) =>
  (await client.requestUpload({ callLogId: await call(), byteSize, strategy: 'CHUNKED' })).id;

/** A client that notes the headers of each request and each answer. */
async function noting() {
  const sent: Record<string, string>[] = [];
  const received: Headers[] = [];
  const noted: FetchLike = async (url, init) => {
    sent.push(init?.headers as Record<string, string>);
    const response = await fetch(url, init as RequestInit);
    received.push(response.headers);
    return response;
  };
  const token = await tokenOf(app, telecaller);
  const options = { url: `${app.url}/graphql`, retry: { retries: 0 }, token, fetch: noted };
  return { client: new EarshotClient(options), sent, received };
}

async function failureOf(work: Promise<unknown>): Promise<EarshotError> {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof EarshotError) return failure;
  throw new Error(`It should have failed with an EarshotError: ${String(failure)}`);
}

type Case = [string, new (...args: never[]) => EarshotError, () => Promise<unknown>, object?];

describe('a refusal of the server is an error of its class', () => {
  const aliases = Array.from({ length: 40 }, (_, at) => `a${at}: me { id }`).join(' ');
  const document = (text: string) => text as TypedDocumentString<unknown, Record<string, never>>;

  it.each<Case>([
    ['UNAUTHENTICATED', UnauthenticatedError, () => app.clientWith(undefined).leads()],
    ['UNAUTHENTICATED', UnauthenticatedError, () => app.clientWith('no.token.atall').me()],
    ['FORBIDDEN', ForbiddenError, () => client.catiCalls()],
    ['NOT_FOUND', NotFoundError, () => client.lead(randomUUID())],
    ['NOT_FOUND', NotFoundError, () => client.catiCall({ callId: 'none' })],
    ['NOT_FOUND', NotFoundError, () => client.logCall({ leadId: randomUUID(), outcome: 'BUSY' })],
    ['BAD_USER_INPUT', InvalidInputError, () => client.leads({ first: 0 }), { field: 'first' }],
    [
      'PAYLOAD_TOO_LARGE',
      PayloadTooLargeError,
      async () => client.requestUpload({ callLogId: await call(), byteSize: 1_000_001 }),
      { limit: 1_000_000 },
    ],
    [
      'OFFSET_MISMATCH',
      OffsetMismatchError,
      async () => client.appendChunk({ uploadId: await open(8), offset: 4, chunk: new Blob(['data']) }),
      { expectedOffset: 0, operation: 'AppendChunk' },
    ],
    [
      'CHECKSUM_MISMATCH',
      ChecksumMismatchError,
      async () =>
        client.appendChunk({
          uploadId: await open(4),
          offset: 0,
          chunk: new Blob(['data']),
          sha256: sha256(Buffer.from('date')),
        }),
    ],
    [
      'UPLOAD_INCOMPLETE',
      UploadIncompleteError,
      async () => client.finalizeUpload({ uploadId: await open(8) }),
      { expectedOffset: 0 },
    ],
    [
      'CONFLICT',
      ConflictError,
      async () => {
        const uploadId = await open(8);
        await client.cancelUpload({ uploadId });
        return client.finalizeUpload({ uploadId });
      },
    ],
    [
      'QUERY_TOO_COMPLEX',
      BadRequestError,
      () => client.request(document(`query Many { ${aliases} }`)),
      { retryable: false },
    ],
    ['GRAPHQL_VALIDATION_FAILED', BadRequestError, () => client.request(document('query None { none }'))],
  ])('%s', async (code, errorClass, work, facts = {}) => {
    const failure = await failureOf(work());
    expect(failure).toBeInstanceOf(errorClass);
    expect(failure).toMatchObject({ code, ...facts });
    expect(failure.message).not.toBe('');
  });

  it('RATE_LIMITED, with the wait that the server asks, for who guesses passwords', async () => {
    const guest = app.clientWith(undefined);
    const guess = () => failureOf(guest.signIn({ email: 'nobody@example.com', password: 'a guess' }));
    for (let tries = 1; tries <= 10; tries += 1) expect(await guess()).toBeInstanceOf(UnauthenticatedError);
    const failure = await guess();
    expect(failure).toBeInstanceOf(RateLimitedError);
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(failure.retryAfterSeconds).toBeGreaterThan(0);
    expect(failure.retryAfterSeconds).toBeLessThanOrEqual(15 * 60);
    const query =
      'mutation { signIn(input: { email: "nobody@example.com", password: "a guess" }) { accessToken } }';
    const { headers } = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // Ten passwords are hashed as slowly as they should be.
  }, 90_000);
});

describe('each request', () => {
  it('that fails names the request in the log of the server, as its header does', async () => {
    const { client: noted, received } = await noting();
    const failures = [await failureOf(noted.lead(randomUUID())), await failureOf(noted.leads({ first: 0 }))];
    const ids = received.map((headers) => headers.get('x-request-id'));
    // A lead that is not there is an error of the server, not a null that the client makes one of.
    expect(failures.map(({ requestId }) => requestId)).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
  });

  it('names the SDK and its version', async () => {
    const { client: noted, sent } = await noting();
    expect(await noted.me()).toMatchObject({ id: telecaller.id, role: 'TELECALLER' });
    expect(sent).toMatchObject([
      {
        'apollographql-client-name': '@earshot/sdk',
        'apollographql-client-version': SDK_VERSION,
        authorization: expect.stringMatching(/^Bearer /),
      },
    ]);
  });

  it('ends when it is aborted, before and while it runs', async () => {
    await expect(client.me({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError);
    const controller = new AbortController();
    const running = client.me({ signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toBeInstanceOf(AbortedError);
    expect((await client.me()).id).toBe(telecaller.id);
  });

  it('ends when its time is over', async () => {
    const lead = await app.make.lead(telecaller);
    const held = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const locking = app.services.orm.em.fork().transactional(async (em) => {
      await em.execute('lock table leads in access exclusive mode');
      held.resolve();
      await release.promise;
    });
    await held.promise;
    try {
      await expect(client.lead(lead.id, { timeoutMs: 100 })).rejects.toBeInstanceOf(TimeoutError);
    } finally {
      release.resolve();
      await locking;
    }
    expect((await client.lead(lead.id)).id).toBe(lead.id);
  });
});

describe('a mutation', () => {
  it('that is repeated after its answer was lost does its work once', async () => {
    const lead = await app.make.lead(telecaller);
    let requests = 0;
    const losing: FetchLike = async (url, init) => {
      const response = await fetch(url, init as RequestInit);
      requests += 1;
      if (requests === 1) throw new TypeError('the connection broke');
      return response;
    };
    const token = await tokenOf(app, telecaller);
    const hasty = { baseMs: 1 };
    const repeating = new EarshotClient({
      url: `${app.url}/graphql`,
      token,
      fetch: losing,
      retry: hasty,
    });
    const logged = await repeating.logCall({ leadId: lead.id, outcome: 'CONNECTED' });
    const { nodes } = await client.callLogs({ filter: { leadId: lead.id } });
    expect(requests).toBe(2);
    expect(nodes.map(({ id }) => id)).toEqual([logged.id]);
  });
});

describe('CATI calls', () => {
  it('are read one by one, by page and all, with links where they are wanted', async () => {
    const interviewer = await app.make.user('INTERVIEWER');
    const calls = [];
    for (let minute = 0; minute < 3; minute += 1) {
      const startedAt = new Date(Date.UTC(2026, 0, 1, 9, minute));
      calls.push(await app.make.catiCall(interviewer, { startedAt, campaign: `C${minute}` }));
    }
    const own = await app.client(interviewer);
    const bytes = await fixture('call.ogg');
    const [first, second, third] = calls;
    const upload = await own.requestUpload({
      catiCallId: first!.id,
      byteSize: bytes.length,
      strategy: 'CHUNKED',
    });
    await uploadInChunks(own, upload.id, fromBytes(bytes));
    await own.finalizeUpload({ uploadId: upload.id });
    await app.ingested(upload.id);

    const [byId, byCallId] = await Promise.all([
      own.catiCall({ id: first!.id }),
      own.catiCall({ callId: first!.callId }),
    ]);
    expect(byId).toMatchObject({
      callId: first!.callId,
      interviewer: { id: interviewer.id },
      recording: { status: 'UPLOADED' },
    });
    expect(byCallId.id).toBe(byId.id);
    const audio = await fetch(byId.recording!.url!.url);
    expect(sha256(Buffer.from(await audio.arrayBuffer()))).toBe(sha256(bytes));

    const newest = await own.catiCalls({ first: 2, withTotalCount: true });
    expect([newest.nodes.map(({ id }) => id), newest.totalCount]).toEqual([[third!.id, second!.id], 3]);
    const stored = await own.catiCalls({ filter: { recordingStatus: ['UPLOADED'] }, withUrls: true });
    expect(stored.nodes).toMatchObject([{ id: first!.id, recording: { url: { url: expect.any(String) } } }]);
    expect((await own.catiCalls({ filter: { campaign: 'C0' } })).nodes[0]?.recording).not.toHaveProperty(
      'url',
    );

    const all: string[] = [];
    const orderBy = { field: 'STARTED_AT', direction: 'ASC' } as const;
    for await (const { id } of own.iterate.catiCalls({ first: 1, orderBy })) all.push(id);
    expect(all).toEqual(calls.map(({ id }) => id));
  });
});
