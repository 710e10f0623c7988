import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';

import {
  BYTES,
  EARLIER,
  ETAG,
  LATER,
  MODIFIED,
  outcome,
  representationOf,
  send,
  served,
  useByteServer,
} from './byte-server.js';

useByteServer();

/** What is expected: a status, and for bodies the first and last byte. */
type Expected = [status: 200] | [status: 206, first: number, last: number] | [status: 304 | 412 | 416];

describe('sendBytes', () => {
  it.each<[string, Record<string, string | string[]>, Expected]>([
    ['nothing special', {}, [200]],
    // Range
    ['what Safari asks first', { Range: 'bytes=0-1' }, [206, 0, 1]],
    ['what Chrome asks first', { Range: 'bytes=0-' }, [206, 0, 999]],
    ['a part inside', { Range: 'bytes=10-19' }, [206, 10, 19]],
    ['the last byte', { Range: 'bytes=-1' }, [206, 999, 999]],
    ['a suffix longer than all', { Range: 'bytes=-5000' }, [206, 0, 999]],
    ['a part past the end', { Range: 'bytes=990-5000' }, [206, 990, 999]],
    ['beyond the end', { Range: 'bytes=1000-' }, [416]],
    ['a suffix of nothing', { Range: 'bytes=-0' }, [416]],
    ['another unit', { Range: 'seconds=0-1' }, [200]],
    ['a malformed range', { Range: 'bytes=1-0' }, [200]],
    ['two ranges', { Range: 'bytes=0-1,4-5' }, [200]],
    ['two Range headers', { Range: ['bytes=0-1', 'bytes=4-5'] }, [200]],
    // If-Range
    ['If-Range: the tag', { Range: 'bytes=0-1', 'If-Range': ETAG }, [206, 0, 1]],
    ['If-Range: the tag, weak', { Range: 'bytes=0-1', 'If-Range': `W/${ETAG}` }, [200]],
    ['If-Range: another tag', { Range: 'bytes=0-1', 'If-Range': '"other"' }, [200]],
    ['If-Range: a list', { Range: 'bytes=0-1', 'If-Range': `${ETAG}, "b"` }, [200]],
    ['If-Range: *', { Range: 'bytes=0-1', 'If-Range': '*' }, [200]],
    ['If-Range: the date', { Range: 'bytes=0-1', 'If-Range': MODIFIED }, [206, 0, 1]],
    ['If-Range: a later date', { Range: 'bytes=0-1', 'If-Range': LATER }, [200]],
    ['If-Range: an earlier date', { Range: 'bytes=0-1', 'If-Range': EARLIER }, [200]],
    ['If-Range: no date', { Range: 'bytes=0-1', 'If-Range': 'yesterday' }, [200]],
    ['If-Range that fails saves from 416', { Range: 'bytes=5000-', 'If-Range': '"other"' }, [200]],
    ['If-Range that holds does not', { Range: 'bytes=5000-', 'If-Range': ETAG }, [416]],
    ['If-Range alone', { 'If-Range': '"other"' }, [200]],
    // If-None-Match
    ['If-None-Match: the tag', { 'If-None-Match': ETAG }, [304]],
    ['If-None-Match: the tag, weak', { 'If-None-Match': `W/${ETAG}` }, [304]],
    ['If-None-Match: in a list', { 'If-None-Match': `"x", W/"y,z" ,, ${ETAG}` }, [304]],
    ['If-None-Match: two headers', { 'If-None-Match': ['"x"', ETAG] }, [304]],
    ['If-None-Match: *', { 'If-None-Match': '*' }, [304]],
    ['If-None-Match: others', { 'If-None-Match': '"x", "sha-256", "abc"' }, [200]],
    ['If-None-Match: no quotes', { 'If-None-Match': 'sha-256,abc' }, [200]],
    ['If-None-Match: the weak mark in small', { 'If-None-Match': `w/${ETAG}` }, [200]],
    ['If-None-Match: empty', { 'If-None-Match': '' }, [200]],
    ['If-None-Match before Range', { 'If-None-Match': ETAG, Range: 'bytes=5000-' }, [304]],
    ['If-None-Match: others, with Range', { 'If-None-Match': '"x"', Range: 'bytes=0-1' }, [206, 0, 1]],
    // If-Modified-Since
    ['If-Modified-Since: the date', { 'If-Modified-Since': MODIFIED }, [304]],
    ['If-Modified-Since: later', { 'If-Modified-Since': LATER }, [304]],
    ['If-Modified-Since: earlier', { 'If-Modified-Since': EARLIER }, [200]],
    ['If-Modified-Since: RFC 850', { 'If-Modified-Since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, [304]],
    ['If-Modified-Since: asctime', { 'If-Modified-Since': 'Sun Nov  6 08:49:37 1994' }, [304]],
    ['If-Modified-Since: asctime, earlier', { 'If-Modified-Since': 'Sun Nov  6 08:49:36 1994' }, [200]],
    ['If-Modified-Since: a zone', { 'If-Modified-Since': 'Sun, 06 Nov 2094 08:49:37 +0000' }, [200]],
    ['If-Modified-Since: ISO', { 'If-Modified-Since': '2094-11-06T08:49:37Z' }, [200]],
    ['If-Modified-Since: no such hour', { 'If-Modified-Since': 'Sun, 06 Nov 2094 99:49:37 GMT' }, [200]],
    ['If-None-Match decides over it', { 'If-None-Match': '"x"', 'If-Modified-Since': LATER }, [200]],
    // If-Match, If-Unmodified-Since
    ['If-Match: the tag', { 'If-Match': ETAG }, [200]],
    ['If-Match: in a list', { 'If-Match': `"x",${ETAG}`, Range: 'bytes=0-1' }, [206, 0, 1]],
    ['If-Match: *', { 'If-Match': '*' }, [200]],
    ['If-Match: weak', { 'If-Match': `W/${ETAG}` }, [412]],
    ['If-Match: others', { 'If-Match': '"x"' }, [412]],
    ['If-Match: malformed', { 'If-Match': 'sha' }, [412]],
    ['If-Match: a fault before the tag', { 'If-Match': `"x" ${ETAG}` }, [412]],
    ['If-Match before If-None-Match', { 'If-Match': '"x"', 'If-None-Match': ETAG }, [412]],
    ['If-Match, then If-None-Match', { 'If-Match': ETAG, 'If-None-Match': ETAG }, [304]],
    ['If-Unmodified-Since: the date', { 'If-Unmodified-Since': MODIFIED }, [200]],
    ['If-Unmodified-Since: earlier', { 'If-Unmodified-Since': EARLIER }, [412]],
    ['If-Unmodified-Since: no date', { 'If-Unmodified-Since': 'never' }, [200]],
    ['If-Match decides over it', { 'If-Match': ETAG, 'If-Unmodified-Since': EARLIER }, [200]],
    ['a failed precondition before 416', { 'If-Match': '"x"', Range: 'bytes=5000-' }, [412]],
  ])('%s', async (_name, headers, expected) => {
    const answer = await send('GET', headers);
    const [status, first = 0, last = BYTES.length - 1] = expected;
    expect(answer.status).toBe(status);
    expect(answer.complete).toBe(true);
    expect(await outcome()).toBeUndefined();
    if (status === 200 || status === 206) {
      expect(answer.body.equals(BYTES.subarray(first, last + 1))).toBe(true);
      expect(answer.headers).toMatchObject({
        'content-length': String(last - first + 1),
        'content-type': 'audio/mpeg',
        'content-disposition': 'inline; filename="call.mp3"',
        'accept-ranges': 'bytes',
        etag: ETAG,
        'last-modified': MODIFIED,
        'cache-control': 'private, no-transform, no-cache',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'cross-origin',
      });
    } else {
      expect(answer.body).toHaveLength(0);
      expect(answer.headers['content-type']).toBeUndefined();
    }
    expect(answer.headers['transfer-encoding']).toBeUndefined();
    expect(answer.headers['content-range']).toBe(
      { 206: `bytes ${first}-${last}/1000`, 416: 'bytes */1000' }[status as number],
    );
    if (status === 304) expect(answer.headers).toMatchObject({ etag: ETAG, 'last-modified': MODIFIED });

    // HEAD answers the same but for Range, which it ignores, and the body.
    served.outcomes = [];
    served.representation.open = () => Promise.reject(new Error('HEAD opens nothing'));
    const head = await send('HEAD', headers);
    expect(await outcome()).toBeUndefined();
    expect(head.status).toBe(status === 206 || status === 416 ? 200 : status);
    expect(head.body).toHaveLength(0);
    expect(head.headers['content-range']).toBeUndefined();
    if (head.status === 200) {
      expect(head.headers).toMatchObject({ 'content-length': '1000', 'accept-ranges': 'bytes', etag: ETAG });
    }
  });

  it.each<[Record<string, string>, Expected]>([
    [{}, [200]],
    [{ Range: 'bytes=-5' }, [200]],
    [{ Range: 'bytes=0-0' }, [416]],
  ])('answers %j for no bytes at all', async (headers, [status]) => {
    served.representation = representationOf(Buffer.alloc(0));
    const answer = await send('GET', headers);
    expect(answer).toMatchObject({ status, complete: true, body: Buffer.alloc(0) });
    expect(answer.headers['content-length']).toBe('0');
    expect(answer.headers['content-range']).toBe(status === 416 ? 'bytes */0' : undefined);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers %s with 405', async (method) => {
    const answer = await send(method);
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('lets the client cache where the caller says how long', async () => {
    served.representation.maxAgeSeconds = 900;
    expect((await send('GET')).headers['cache-control']).toBe('private, no-transform, max-age=900');
  });

  it.each(['W/"weak"', 'bare', '"a"b"', '"a\r\nb"'])(
    'refuses %j as an entity tag before it sends',
    async (etag) => {
      served.representation.etag = etag;
      expect(await send('GET')).toMatchObject({ status: 503 });
      expect(await outcome()).toMatchObject({ message: expect.stringContaining('strong entity tag') });
    },
  );

  it('serves a connection that is kept alive', async () => {
    const socket = connect(served.port, '127.0.0.1');
    const ask = 'GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=65-67\r\n';
    socket.write(`${ask}\r\n${ask}Connection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket.setEncoding('latin1')) text += chunk as string;
    expect(text.match(/HTTP\/1\.1 206 Partial Content\r\n/g)).toHaveLength(2);
    expect(text.match(/\r\n\r\nABC/g)).toHaveLength(2);
  });

  it('sends 32 MiB as fast as the client reads, and no faster', async () => {
    const chunk = Buffer.alloc(64 * 1024, 1);
    let given = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      for (; given < 512; given += 1) yield chunk;
    }
    served.representation = representationOf(BYTES, async () => Readable.from(endless()));
    served.representation.byteSize = 512 * chunk.length;
    const req = request({ port: served.port, agent: false }).end();
    const [res] = await once(req, 'response');
    // Wait until the source has not been asked over many turns: socket buffers are full, and hold it back.
    for (let before = -1, still = 0; still < 200; still = given === before ? still + 1 : 0) {
      before = given;
      await new Promise(setImmediate);
    }
    expect(given).toBeLessThan(400);
    let received = 0;
    for await (const part of res) received += (part as Buffer).length;
    expect(received).toBe(served.representation.byteSize);
    expect(await outcome()).toBeUndefined();
  });
});
