import { S3Storage } from '../../server/storage/s3-storage.js';
import { testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';
import { TestApp } from '../support/test-app.js';

const s3 = testS3();

if (s3) {
  let running: S3App;
  let recordingId: string;
  let bytes: Buffer;
  beforeAll(async () => {
    running = await S3App.start(s3);
    ({ recordingId, bytes } = await running.caller.recorded('call.m4a'));
  });
  afterAll(() => running[Symbol.asyncDispose]());

  type Link = NonNullable<Parameters<S3App['caller']['client']['recording']>[1]>['link'];
  const linkOf = async (link: Link = {}, client = running.caller.client) => {
    const { url } = await client.recording(recordingId, { link });
    if (!url) throw new Error('it can be heard');
    return url;
  };

  it('a link leads to the store itself, and says what it is and how it is called', async () => {
    const { url } = await linkOf();
    expect(new URL(url).origin).toBe(s3.endpoint);
    expect(new URL(url).pathname).toMatch(/\.m4a$/);
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/mp4',
      'content-disposition': `inline; filename="${recordingId}.m4a"`,
      'accept-ranges': 'bytes',
    });
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it.each([
    ['bytes=0-1', 0, 2],
    ['bytes=100-', 100, undefined],
    ['bytes=-7', -7, undefined],
  ])('answers %s', async (range, from, to) => {
    const answer = await fetch((await linkOf()).url, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toMatch(new RegExp(`/${bytes.length}$`));
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true);
  });

  it('saves where it is asked to', async () => {
    const { url } = await linkOf({ disposition: 'ATTACHMENT' });
    const { headers } = await fetch(url);
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${recordingId}.m4a"`);
  });

  it('the same question gives the same link, whoever asks; another one another', async () => {
    const admin = await running.app.client(await running.app.make.user('ADMIN'));
    const mine = await linkOf();
    const theirs = await linkOf({}, admin);
    const longer = await linkOf({ expiresInSeconds: 3600 });
    // A window may end between two questions.
    if (mine.expiresAt === theirs.expiresAt) expect(theirs.url).toBe(mine.url);
    expect(longer.url).not.toBe(mine.url);
    for (const [link, seconds] of [
      [mine, 900],
      [longer, 3600],
    ] as const) {
      const left = (Date.parse(link.expiresAt) - Date.now()) / 1000;
      expect(left).toBeGreaterThan(seconds - 5);
      expect(left).toBeLessThanOrEqual(seconds + 300);
    }
  });

  it.each([59, 3601])('%i seconds are refused', async (expiresInSeconds) => {
    await expect(linkOf({ expiresInSeconds })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('what was changed in a link is refused by the store', async () => {
    const url = new URL((await linkOf()).url);
    url.searchParams.set('response-content-type', 'text/html');
    expect((await fetch(url)).status).toBe(403);
  });

  it('RECORDING_DELIVERY=proxy: all listening goes through the server, by Range too', async () => {
    const { app, caller } = running;
    await using proxy = await TestApp.start({
      shareWith: app,
      storage: new S3Storage(running.bucket.options()),
      env: { RECORDING_DELIVERY: 'proxy', EARSHOT_ROLES: 'api' },
    });
    const { url } = await linkOf({}, proxy.clientWith(caller.token));
    expect(url).toMatch(`${proxy.url}/recordings/${recordingId}/`);
    const answer = await fetch(url, { headers: { range: 'bytes=1-4' } });
    expect(answer.status).toBe(206);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(1, 5))).toBe(true);
  });
} else {
  it('listening from S3 itself is not tried: S3_TEST_ENDPOINT is not set', () => {
    console.info('Links to S3 itself were not tried: S3_TEST_ENDPOINT is not set');
    expect(s3).toBeUndefined();
  });
}
