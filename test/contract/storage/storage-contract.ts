import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { LengthMismatch, ObjectExists, ObjectMissing } from '../../../server/storage/storage.js';
import type { Storage, StoredObject } from '../../../server/storage/storage.js';
import { bytesOf, keysOf, mebibytes, MIB, streamOf, type OpenedStorage } from './stored-samples.js';

/** What every store must do. Each test has a store of its own that is empty at first. */
export function storageContract(name: string, open: () => Promise<OpenedStorage>): void {
  describe(`storage contract: ${name}`, () => {
    let opened: OpenedStorage;
    let storage: Storage;
    const get = async (key: string): Promise<Buffer> => buffer(await storage.get(key));
    const put = (key: string, text: string): Promise<StoredObject> =>
      storage.put(key, streamOf(Buffer.from(text)));
    const nothingIsLeft = async (): Promise<void> => expect(await keysOf(storage.list(''))).toEqual([]);

    beforeEach(async () => {
      opened = await open();
      storage = opened.storage;
    });
    afterEach(() => opened.dispose());

    describe('put and get', () => {
      it.each([0, 1, 2, 65_535, 65_536, 65_537, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1])(
        'keeps %i bytes, their length known or not',
        async (byteSize) => {
          const bytes = bytesOf(byteSize);
          const before = Date.now();
          const known = await storage.put('a/known', streamOf(bytes), {
            byteSize,
            contentType: 'audio/mpeg',
          });
          const unknown = await storage.put('a/unknown', streamOf(bytes));
          for (const [key, stored] of Object.entries({ 'a/known': known, 'a/unknown': unknown })) {
            expect(stored).toMatchObject({ key, byteSize });
            expect(await storage.head(key)).toMatchObject({ key, byteSize });
            expect((await get(key)).equals(bytes)).toBe(true);
            // Two seconds: a store's clock is not ours, and some count whole seconds.
            expect(stored.modifiedAt.getTime()).toBeGreaterThanOrEqual(before - 2000);
            expect(stored.modifiedAt.getTime()).toBeLessThanOrEqual(Date.now() + 2000);
          }
        },
      );

      /** The largest that a call ever gives, where there is time for it. */
      it.each(process.env['EARSHOT_TEST_HEAVY'] ? [64, 300] : [64])(
        'streams %i MiB through unchanged',
        async (size) => {
          const hash = createHash('sha256');
          await storage.put('big', Readable.from(mebibytes(size, hash)), { byteSize: size * MIB });
          const read = createHash('sha256');
          for await (const part of await storage.get('big')) read.update(part as Buffer);
          expect(read.digest('hex')).toBe(hash.digest('hex'));
        },
      );

      it.each([1, 3, 1000, 70_000])('takes a body in chunks of %i bytes', async (chunkSize) => {
        const bytes = bytesOf(chunkSize * 7 + 1);
        await storage.put('k', streamOf(bytes, chunkSize), { byteSize: bytes.length });
        expect((await get('k')).equals(bytes)).toBe(true);
      });

      it('takes a body of text', async () => {
        await storage.put('k', Readable.from(['zażółć ', '😀']), { byteSize: 15 });
        expect((await get('k')).toString()).toBe('zażółć 😀');
      });

      it.each([
        ['fewer', 10, 11],
        ['more', 10, 9],
        ['none instead of some', 0, 1],
        ['some instead of none', 1, 0],
        ['many more', 3 * MIB, 5],
        ['many fewer', 3 * MIB, 5 * MIB],
      ])('refuses %s bytes than declared, and leaves nothing', async (_name, actual, declared) => {
        const body = streamOf(bytesOf(actual));
        const failure = storage.put('a/k', body, { byteSize: declared });
        await expect(failure).rejects.toBeInstanceOf(LengthMismatch);
        await expect(failure).rejects.toMatchObject({ expected: declared });
        expect(body.destroyed).toBe(true);
        expect(await storage.head('a/k')).toBeUndefined();
        await nothingIsLeft();
      });

      it('refuses a second object at a key, and keeps the first', async () => {
        await put('a/k', 'first');
        const body = streamOf(Buffer.from('second'));
        await expect(storage.put('a/k', body)).rejects.toBeInstanceOf(ObjectExists);
        expect(body.destroyed).toBe(true);
        expect((await get('a/k')).toString()).toBe('first');
      });

      it('lets exactly one of many concurrent puts of a key win', async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 16 }, (_, index) => storage.put('a/b/k', streamOf(bytesOf(100_000, index)))),
        );
        const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
        expect(winners).toHaveLength(1);
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ObjectExists);
        }
        expect((await get('a/b/k')).equals(bytesOf(100_000, winners[0]))).toBe(true);
        expect(await keysOf(storage.list(''))).toEqual(['a/b/k']);
      });
    });

    describe('a put that fails leaves nothing', () => {
      it.each([0, 1, 100_000])('when the body fails after %i bytes, with its own error', async (byteSize) => {
        const cause = Object.assign(new Error('the source broke'), { code: 'ENOSPC' });
        async function* source(): AsyncGenerator<Buffer> {
          if (byteSize > 0) yield bytesOf(byteSize);
          throw cause;
        }
        await expect(storage.put('a/k', Readable.from(source()))).rejects.toBe(cause);
        await nothingIsLeft();
      });

      it('when the body is destroyed before its end', async () => {
        const body = new PassThrough();
        body.write('some');
        const failure = expect(storage.put('a/k', body)).rejects.toMatchObject({
          code: 'ERR_STREAM_PREMATURE_CLOSE',
        });
        setImmediate(() => body.destroy());
        await failure;
        await nothingIsLeft();
      });

      it('when it is aborted while the body stalls', async () => {
        const abort = new AbortController();
        const body = new PassThrough();
        body.write(bytesOf(10_000));
        const failure = expect(storage.put('a/k', body, { signal: abort.signal })).rejects.toMatchObject({
          name: 'AbortError',
        });
        setImmediate(() => abort.abort());
        await failure;
        expect(body.destroyed).toBe(true);
        await nothingIsLeft();
      });

      it('when it was aborted before', async () => {
        const body = streamOf(bytesOf(10));
        await expect(storage.put('a/k', body, { signal: AbortSignal.abort() })).rejects.toMatchObject({
          name: 'AbortError',
        });
        expect(body.destroyed).toBe(true);
        await nothingIsLeft();
      });

      it('and the same key can be put afterwards', async () => {
        await expect(storage.put('a/k', streamOf(bytesOf(5)), { byteSize: 6 })).rejects.toThrow();
        await put('a/k', 'whole');
        expect((await get('a/k')).toString()).toBe('whole');
      });
    });

    describe('get with a range', () => {
      const bytes = bytesOf(200_000);

      it.each([
        [0, 0],
        [0, 1],
        [0, 199_999],
        [1, 199_998],
        [65_535, 65_536],
        [199_999, 199_999],
      ])('gives bytes %i to %i', async (first, last) => {
        await storage.put('k', streamOf(bytes), { byteSize: bytes.length });
        const part = await buffer(await storage.get('k', { range: { first, last } }));
        expect(part.equals(bytes.subarray(first, last + 1))).toBe(true);
      });

      it.each([
        [0, 200_000],
        [200_000, 200_000],
        [2, 1],
        [-1, 5],
        [0.5, 2],
        [0, Number.NaN],
        [0, Number.POSITIVE_INFINITY],
      ])('throws for bytes %d to %d, which are not inside', async (first, last) => {
        await storage.put('k', streamOf(bytes), { byteSize: bytes.length });
        await expect(storage.get('k', { range: { first, last } })).rejects.toThrow();
      });

      it('ends when aborted', async () => {
        await storage.put('k', streamOf(bytes), { byteSize: bytes.length });
        const abort = new AbortController();
        const stream = await storage.get('k', { signal: abort.signal });
        abort.abort();
        await expect(buffer(stream)).rejects.toMatchObject({ name: 'AbortError' });
      });
    });

    describe('a missing object', () => {
      it.each(['k', 'a/k', 'a/b/c/d/k'])('%s: ObjectMissing, undefined, or no error', async (key) => {
        await put('other/k', 'x');
        await expect(storage.get(key)).rejects.toMatchObject({ name: 'ObjectMissing', key });
        await expect(storage.get(key, { range: { first: 0, last: 0 } })).rejects.toBeInstanceOf(
          ObjectMissing,
        );
        await expect(storage.copy(key, 'to')).rejects.toMatchObject({ name: 'ObjectMissing', key });
        await expect(storage.head(key)).resolves.toBeUndefined();
        await expect(storage.delete(key)).resolves.toBeUndefined();
        expect(await keysOf(storage.list(''))).toEqual(['other/k']);
      });

      it('is what the folder of another object is, or a name below one', async () => {
        await put('a/b/k', 'x');
        for (const key of ['a', 'a/b', 'a/b/k/below']) {
          await expect(storage.get(key)).rejects.toBeInstanceOf(ObjectMissing);
          await expect(storage.copy(key, 'to')).rejects.toBeInstanceOf(ObjectMissing);
          expect(await storage.head(key)).toBeUndefined();
          await storage.delete(key);
        }
        expect(await keysOf(storage.list(''))).toEqual(['a/b/k']);
      });
    });

    describe('keys', () => {
      it.each([
        'with space/a b.mp3',
        ' first',
        'plus+plus/a+b',
        '100%/%2e%2e%2f/%00',
        `quotes/"double"'single'\`back\``,
        'query?x=1&y=2#z',
        'semi;colon,comma:colon=eq@at',
        '$(touch x)/`id`/{}|<>*!^~[]',
        'zażółć/गीत.mp3',
        '日本語/😀',
        'dots/..a/...b/c..d',
        `${'long-'.repeat(40)}/${'x'.repeat(200)}`,
        '0/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f',
      ])('%j is a name like any other', async (key) => {
        await put(key, key);
        expect((await get(key)).toString()).toBe(key);
        expect(await keysOf(storage.list(''))).toEqual([key]);
        expect(await keysOf(storage.list(key.slice(0, 4).trimEnd()))).toEqual([key]);
        await storage.copy(key, `copy/${key}`.slice(0, 500));
        await storage.delete(key);
        expect(await storage.head(key)).toBeUndefined();
      });

      it.each([
        '',
        '/a',
        '../a',
        'a/../b',
        'a//b',
        'a/',
        'a\0b',
        'a\\b',
        'a\nb',
        'x'.repeat(501),
        '\ud800',
        '.tmp/a',
      ])('%j throws everywhere', async (key) => {
        await put('good', 'x');
        const body = streamOf(bytesOf(3));
        await expect(storage.put(key, body)).rejects.toThrow(/storage key/);
        expect(body.destroyed).toBe(true);
        await expect(storage.get(key)).rejects.toThrow(/storage key/);
        await expect(storage.head(key)).rejects.toThrow(/storage key/);
        await expect(storage.delete(key)).rejects.toThrow(/storage key/);
        await expect(storage.copy(key, 'b')).rejects.toThrow(/storage key/);
        await expect(storage.copy('good', key)).rejects.toThrow(/storage key/);
        expect(await keysOf(storage.list(''))).toEqual(['good']);
      });
    });

    describe('list', () => {
      it('orders keys by their UTF-8 bytes, folders among them', async () => {
        const keys = [
          'a-b',
          'a.b',
          'a/b',
          'a/b-',
          'a/c/d',
          'a/c.d',
          'a0',
          'aa/1',
          'B',
          'b/\uffee',
          'b/😀',
          'é',
          'z z',
        ];
        for (const key of [...keys].reverse()) await put(key, key);
        const expected = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
        expect(await keysOf(storage.list(''))).toEqual(expected);
        for (const [n, after] of expected.entries())
          expect([after, ...(await keysOf(storage.list('', { after })))]).toEqual(expected.slice(n));
        expect(expected.slice(0, 5)).toEqual(['B', 'a-b', 'a.b', 'a/b', 'a/b-']);
        // By UTF-16 units these two would stand the other way round.
        expect(expected.indexOf('b/\uffee')).toBeLessThan(expected.indexOf('b/😀'));
      });

      it.each([
        ['', ['a', 'ab/c', 'ab/d/e', 'abc', 'b/ab']],
        ['a', ['a', 'ab/c', 'ab/d/e', 'abc']],
        ['ab', ['ab/c', 'ab/d/e', 'abc']],
        ['ab/', ['ab/c', 'ab/d/e']],
        ['ab/d', ['ab/d/e']],
        ['ab/d/e', ['ab/d/e']],
        ['ab/d/e/', []],
        ['abc/', []],
        ['b/a', ['b/ab']],
        ['c', []],
        ['no/such/', []],
      ])('prefix %j', async (prefix, expected) => {
        for (const key of ['a', 'ab/c', 'ab/d/e', 'abc', 'b/ab']) await put(key, key);
        expect(await keysOf(storage.list(prefix))).toEqual(expected);
      });

      it('gives sizes and times', async () => {
        await put('a', '');
        await put('b', 'four');
        const listed: StoredObject[] = [];
        for await (const object of storage.list('')) listed.push(object);
        expect(listed.map(({ byteSize }) => byteSize)).toEqual([0, 4]);
        for (const object of listed) expect(object).toEqual(await storage.head(object.key));
      });

      it('goes past a thousand objects, and may be left early', async () => {
        const keys = Array.from(
          { length: 1100 },
          (_, index) => `many/${String(index % 3)}/${String(index).padStart(5, '0')}`,
        );
        for (let start = 0; start < keys.length; start += 50) {
          await Promise.all(keys.slice(start, start + 50).map((key) => put(key, 'x')));
        }
        expect(await keysOf(storage.list('many/'))).toEqual([...keys].sort());
        for await (const { key } of storage.list('many/')) {
          expect(key).toBe('many/0/00000');
          break;
        }
      });

      it.each(['../', '/', '.tmp/', 'a/../', 'a//'])('prefix %j throws', async (prefix) => {
        await expect(keysOf(storage.list(prefix))).rejects.toThrow();
      });
    });

    describe('copy and delete', () => {
      it('copies bytes to a new key, each independent of the other', async () => {
        const bytes = bytesOf(100_000);
        await storage.put('from/k', streamOf(bytes));
        await storage.copy('from/k', 'to/a/k');
        expect((await get('to/a/k')).equals(bytes)).toBe(true);
        await storage.delete('from/k');
        expect((await get('to/a/k')).equals(bytes)).toBe(true);
        expect(await storage.head('from/k')).toBeUndefined();
      });

      it('deletes twice without an error, and only what was named', async () => {
        await put('a/k', '1');
        await put('a/k2', '2');
        await put('a/k3/x', '3');
        await storage.delete('a/k');
        await storage.delete('a/k');
        expect(await keysOf(storage.list(''))).toEqual(['a/k2', 'a/k3/x']);
      });

      it('puts a key again after it was deleted', async () => {
        await put('a/b/k', '1');
        await storage.delete('a/b/k');
        await put('a/b/k', '2');
        expect((await get('a/b/k')).toString()).toBe('2');
      });

      it('lets puts and deletes of neighbours run at once', async () => {
        const rounds = Array.from({ length: 40 }, async (_, index) => {
          const key = `x/${String(index % 4)}/y/${String(index)}`;
          await put(key, key);
          if (index % 2 === 0) await storage.delete(key);
          return key;
        });
        const kept = (await Promise.all(rounds)).filter((_, index) => index % 2 === 1);
        expect(await keysOf(storage.list(''))).toEqual(kept.sort());
      });
    });

    it('check passes, and leaves nothing', async () => {
      await expect(storage.check()).resolves.toBeUndefined();
      await expect(storage.reach()).resolves.toBeUndefined();
      await nothingIsLeft();
    });

    it('disposes twice', async () => {
      await storage[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    });
  });
}
