import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  AbortedError,
  EarshotClient,
  NetworkError,
  ResponseFormatError,
  SDK_VERSION,
  TimeoutError,
  UnavailableError,
} from '../../../sdk/core/index.js';
import { FakeApi, readFile, reply } from './fake-api.js';

const USER = { id: 'u1', name: 'Asha', email: 'a@example.com', role: 'ADMIN' };
const UPLOAD = { id: 'up1', status: 'OPEN', receivedBytes: 3 };
const noRetry = { retry: { retries: 0 } };

describe('the HTTP transport', () => {
  it('posts JSON with the headers that the server demands', async () => {
    await using api = await FakeApi.start((_request, response) => reply(response, { data: { me: USER } }));
    const client = new EarshotClient({
      url: api.url,
      token: 't1',
      headers: { 'x-own': '1' },
      clientName: 'app',
    });
    expect(await client.me({ headers: { 'x-once': '2' } })).toEqual(USER);
    const [request] = api.seen;
    expect(request).toMatchObject({
      method: 'POST',
      operationName: 'Me',
      query: expect.stringMatching(/^query Me\{.*fragment UserFields on User\{/),
      variables: {},
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        authorization: 'Bearer t1',
        'apollo-require-preflight': 'true',
        'x-apollo-operation-name': 'Me',
        'apollographql-client-name': 'app',
        'apollographql-client-version': SDK_VERSION,
        'x-own': '1',
        'x-once': '2',
      },
    });
  });

  it('tells of a token that cannot be obtained as of a connection, and passes on what we say ourselves', async () => {
    await using api = await FakeApi.start((_request, response) => reply(response, { data: { me: USER } }));
    const cause = new TypeError('fetch failed');
    const failing = (failure: Error) => {
      const token = () => Promise.reject<string>(failure);
      return new EarshotClient({ ...noRetry, url: api.url, token }).me();
    };
    const error = await failing(cause).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: 'NETWORK', operation: 'Me', retryable: true, cause });
    const ours = new UnavailableError('Later.', { code: 'UNAVAILABLE' });
    await expect(failing(ours)).rejects.toBe(ours);
    expect(api.seen).toEqual([]);
  });

  it('sends no authorization without a token', async () => {
    await using api = await FakeApi.start((_request, response) => reply(response, { data: { me: USER } }));
    await new EarshotClient({ url: api.url }).me();
    expect(api.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    [
      'bytes',
      new Uint8Array([1, 2, 3]),
      { name: 'blob', type: 'application/octet-stream', bytes: Buffer.from([1, 2, 3]) },
    ],
    [
      'a view into a larger buffer',
      new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
      { name: 'blob', type: 'application/octet-stream', bytes: Buffer.from([1, 2]) },
    ],
    [
      'a blob',
      new Blob(['abc'], { type: 'audio/mp4' }),
      { name: 'blob', type: 'audio/mp4', bytes: Buffer.from('abc') },
    ],
    [
      'a file',
      new File(['abc'], 'नमस्ते.m4a', { type: 'audio/mp4' }),
      { name: 'नमस्ते.m4a', type: 'audio/mp4', bytes: Buffer.from('abc') },
    ],
  ])('sends %s as a multipart request', async (_name, chunk, expected) => {
    const files: unknown[] = [];
    await using api = await FakeApi.start(async ({ variables }, response) => {
      files.push(await readFile((variables['input'] as { chunk: unknown }).chunk));
      reply(response, { data: { appendChunk: { upload: UPLOAD } } });
    });
    const client = new EarshotClient({ url: api.url });
    expect(await client.appendChunk({ uploadId: 'up1', offset: 0, chunk, sha256: 'ab' })).toEqual(UPLOAD);
    expect(files).toEqual([expected]);
    const [request] = api.seen;
    expect(request?.variables).toMatchObject({ input: { uploadId: 'up1', offset: 0, sha256: 'ab' } });
    expect(request?.operationName).toBe('AppendChunk');
    expect(request?.headers).toMatchObject({
      'content-type': expect.stringMatching(/^multipart\/form-data; boundary=/),
      'apollo-require-preflight': 'true',
    });
  });

  it('fails with TimeoutError when no answer comes in time', async () => {
    await using api = await FakeApi.start(() => undefined);
    const request = new EarshotClient({ url: api.url, timeoutMs: 20, ...noRetry }).me();
    await expect(request).rejects.toBeInstanceOf(TimeoutError);
  });

  it('counts the body into the time allowed', async () => {
    await using api = await FakeApi.start((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":');
    });
    const request = new EarshotClient({ url: api.url, timeoutMs: 40, ...noRetry }).me();
    await expect(request).rejects.toMatchObject({ code: 'TIMEOUT', operation: 'Me' });
  });

  it('counts the token function into it too', async () => {
    const token = () => new Promise<string>(() => undefined);
    const request = new EarshotClient({ url: 'http://127.0.0.1:9', token, timeoutMs: 20, ...noRetry }).me();
    await expect(request).rejects.toBeInstanceOf(TimeoutError);
  });

  it('gives requests with a file their own time', async () => {
    await using api = await FakeApi.start(() => undefined);
    const client = new EarshotClient({ url: api.url, timeoutMs: 0, uploadTimeoutMs: 20, ...noRetry });
    const request = client.uploadRecording({ callLogId: 'c1', file: new Blob(['a']) });
    await expect(request).rejects.toBeInstanceOf(TimeoutError);
  });

  it('closes the connection when the signal is aborted', async () => {
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    await using api = await FakeApi.start((_request, response) => {
      once(response, 'close').then(() => closed.resolve(), closed.reject);
      controller.abort('changed my mind');
    });
    const request = new EarshotClient({ url: api.url }).me({ signal: controller.signal });
    await expect(request).rejects.toBeInstanceOf(AbortedError);
    await expect(request).rejects.toMatchObject({ name: 'AbortError', cause: 'changed my mind' });
    await closed.promise;
  });

  it.each([
    ['drops the connection', (response: ServerResponse) => void response.destroy()],
    [
      'drops it within the body',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"data":', () => response.destroy());
      },
    ],
  ])('fails with NetworkError when the server %s', async (_name, answer) => {
    await using api = await FakeApi.start((_request, response) => answer(response));
    const request = new EarshotClient({ url: api.url, ...noRetry }).me();
    await expect(request).rejects.toBeInstanceOf(NetworkError);
    await expect(request).rejects.toMatchObject({
      retryable: true,
      cause: expect.objectContaining({ message: expect.any(String) }),
    });
  });

  it.each([
    [502, UnavailableError],
    [404, ResponseFormatError],
  ])('reads the page of a proxy with status %i', async (status, ErrorOfStatus) => {
    await using api = await FakeApi.start((_request, response) =>
      reply(response, '<html></html>', status, { 'content-type': 'text/html', 'x-request-id': 'r7' }),
    );
    const request = new EarshotClient({ url: api.url, ...noRetry }).me();
    await expect(request).rejects.toBeInstanceOf(ErrorOfStatus);
    await expect(request).rejects.toMatchObject({ status, requestId: 'r7', operation: 'Me' });
  });
});
