import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import type { Representation } from '../../../server/http/send-bytes.js';
import { LengthMismatch } from '../../../server/storage/storage.js';

import { BYTES, outcome, representationOf, send, served, useByteServer } from './byte-server.js';

useByteServer();

describe('sendBytes with a source that fails', () => {
  const cause = new Error('the disk is gone');

  it.each<[string, Representation['open']]>([
    ['does not open', () => Promise.reject(cause)],
    [
      'fails before its first byte',
      async () =>
        new Readable({
          read() {
            this.destroy(cause);
          },
        }),
    ],
  ])('rejects before anything is sent when it %s', async (_name, open) => {
    served.representation = representationOf(BYTES, open);
    const answer = await send('GET', { Range: 'bytes=0-9' });
    expect(answer).toMatchObject({ status: 503, complete: true });
    for (const name of ['etag', 'content-range', 'accept-ranges', 'content-disposition', 'cache-control']) {
      expect(answer.headers[name]).toBeUndefined();
    }
    expect(await outcome()).toBe(cause);
  });

  it.each<[string, Buffer[]]>([
    ['gives nothing', []],
    ['gives too much at once', [Buffer.concat([BYTES, BYTES])]],
  ])('rejects before anything is sent when it %s', async (_name, chunks) => {
    served.representation = representationOf(BYTES, async () => Readable.from(chunks));
    expect(await send('GET')).toMatchObject({ status: 503, complete: true });
    expect(await outcome()).toBeInstanceOf(LengthMismatch);
  });

  it('lets go of the source when the head cannot be written', async () => {
    const source = new PassThrough();
    source.write(BYTES);
    served.representation = {
      ...representationOf(BYTES, async () => source),
      contentType: 'audio/mpeg\r\nX-Evil: 1',
    };
    const answer = await send('GET');
    expect(answer).toMatchObject({ status: 503, complete: true });
    expect(await outcome()).toMatchObject({ code: 'ERR_INVALID_CHAR' });
    expect(source.destroyed).toBe(true);
  });

  it.each<[string, () => AsyncGenerator<Buffer>, unknown]>([
    [
      'fails half-way',
      async function* () {
        yield BYTES.subarray(0, 400);
        await served.bytesArrived;
        throw cause;
      },
      cause,
    ],
    [
      'ends a byte early',
      async function* () {
        yield BYTES.subarray(0, 400);
        await served.bytesArrived;
        yield BYTES.subarray(400, 999);
      },
      expect.objectContaining({ name: 'LengthMismatch', expected: 1000, actual: 999 }),
    ],
    [
      'gives a byte too much',
      async function* () {
        yield BYTES.subarray(0, 999);
        await served.bytesArrived;
        yield BYTES.subarray(0, 2);
      },
      expect.objectContaining({ name: 'LengthMismatch', expected: 1000, actual: 1001 }),
    ],
  ])('cuts the connection when it %s', async (_name, source, expected) => {
    let stream: Readable | undefined;
    served.representation = representationOf(BYTES, async () => (stream = Readable.from(source())));
    const answer = await send('GET');
    expect(answer).toMatchObject({ status: 200, complete: false });
    expect(answer.body.length).toBeLessThan(1000);
    expect(await outcome()).toEqual(expected);
    expect(stream?.destroyed).toBe(true);
  });
});

describe('sendBytes to a client that hangs up', () => {
  /** Sends a request, waits for `ready`, and drops the connection. */
  async function hangUp(ready: Promise<unknown>): Promise<void> {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await ready;
    socket.destroy();
  }

  it('while the source is opened: aborts, and drops a source that comes all the same', async () => {
    const source = new PassThrough();
    let opening = (): void => undefined;
    const opened = new Promise<void>((done) => (opening = done));
    served.representation = representationOf(BYTES, async (_range, signal) => {
      opening();
      await once(signal, 'abort');
      return source;
    });
    await hangUp(opened);
    expect(await outcome()).toBeUndefined();
    expect(source.destroyed).toBe(true);
  });

  it('while the source is opened: an open that heeds the signal is no error', async () => {
    let opening = (): void => undefined;
    const opened = new Promise<void>((done) => (opening = done));
    served.representation = representationOf(BYTES, async (_range, signal) => {
      opening();
      await once(signal, 'abort');
      throw signal.reason;
    });
    await hangUp(opened);
    expect(await outcome()).toBeUndefined();
  });

  it.each([
    ['before the first byte', 0],
    ['in the middle', 400],
  ])('while the source stalls %s: destroys it', async (_name, byteSize) => {
    const source = new PassThrough();
    let reading = (): void => undefined;
    const read = new Promise<void>((done) => (reading = done));
    if (byteSize > 0) source.write(BYTES.subarray(0, byteSize));
    served.representation = representationOf(BYTES, async () => {
      setImmediate(reading);
      return source;
    });
    await hangUp(read);
    expect(await outcome()).toBeUndefined();
    expect(source.destroyed).toBe(true);
  });

  it('while it does not read: destroys the source that waits', async () => {
    const chunk = Buffer.alloc(256 * 1024);
    let given = (): void => undefined;
    const enough = new Promise<void>((done) => (given = done));
    let reads = 0;
    const source = new Readable({
      read() {
        reads += 1;
        if (reads === 4) given();
        this.push(chunk);
      },
    });
    served.representation = representationOf(BYTES, async () => source);
    served.representation.byteSize = Number.MAX_SAFE_INTEGER;
    await hangUp(enough);
    expect(await outcome()).toBeUndefined();
    expect(source.destroyed).toBe(true);
  });
});
