import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { UploadJob, UploadPhase } from '../../../sdk/core/uploads/index.js';
import { eventually } from '../../support/eventually.js';
import type { BadNetwork } from './bad-network.js';
import { BadWorld } from './bad-world.js';
import { Device } from './device.js';
import { record, roughRoad, stored, type Made } from './upload-service.steps.js';

/** The whole hundred takes a third of a minute: EARSHOT_TEST_HEAVY=1. */
const COUNT = process.env['EARSHOT_TEST_HEAVY'] === '1' ? 100 : 20;

let world: BadWorld;
let network: BadNetwork;
let folder: string;

beforeAll(async () => {
  world = await BadWorld.start();
  ({ network } = world);
  folder = await mkdtemp(join(tmpdir(), 'earshot-device-'));
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  network.plan = () => undefined;
});

const newDevice = (options = {}) => new Device({ url: network.url, token: world.caller.token, ...options });
const make = (name: string, byteSize = 20_000) => record(folder, world.caller, name, byteSize);
const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
const jobFor = ({ callLogId, path }: Made) => ({ callLogId, file: { uri: path, contentType: 'audio/wav' } });

async function sessionsOf({ callLogId }: Made): Promise<string[]> {
  const rows = await world.app.database.query<{ status: string }>(
    'select status from upload_sessions where call_log_id = $1 order by id',
    [callLogId],
  );
  return rows.map(({ status }) => status);
}

const onlyJob = (device: Device): UploadJob => device.service.getSnapshot().jobs[0]!;

/** Resolves when the only job is shown in this phase. */
function phase(device: Device, wanted: UploadPhase): Promise<UploadJob> {
  return new Promise((resolve) => {
    const look = () => {
      const job = device.service.getSnapshot().jobs[0];
      if (job?.state.phase === wanted) resolve(job);
    };
    device.service.subscribe(look);
    look();
  });
}

const stands = (device: Device) => device.service.getSnapshot().jobs.map(({ state }) => state);

/** The phone knows that it has no network: it holds everything, and tries nothing. */
async function outage(device: Device, after: number): Promise<void> {
  await device.until(() => device.removed.length >= after);
  device.network.set({ isOnline: false });
  network.goOffline();
  const isWaiting = (state: UploadJob['state']) => state.phase === 'held' && state.hold === 'OFFLINE';
  await device.until(() => {
    const states = stands(device);
    return states.some(isWaiting) && states.every((state) => isWaiting(state) || state.phase === 'uploaded');
  });
  const { requests } = device;
  // A third of a minute on the device.
  await delay(1000);
  expect(device.requests).toBe(requests);
  network.goOnline();
  device.network.set({ isOnline: true });
}

/** The network is gone and back before the phone says so. */
async function laggingOutage(device: Device, after: number): Promise<void> {
  await device.until(() => device.removed.length >= after);
  const { refused } = network;
  network.goOffline();
  await device.until(() => network.refused >= refused + 5);
  device.network.set({ isOnline: false });
  network.goOnline();
  await delay(250);
  device.network.set({ isOnline: true });
}

it(`brings ${COUNT} of ${COUNT} recordings home over a rough road, on a phone that dies`, async () => {
  const made: Made[] = [];
  for (let i = 0; i < COUNT; i += 1)
    made.push(await make(`call-${i}`, i % 20 === 0 ? 2_300_000 : 8000 + i * 331));
  const direct = world.caller.client;
  const callOf = new Map(made.map(({ path, callLogId }) => [path, callLogId]));
  const early: string[] = [];
  const device = newDevice({
    beforeRemove: async (uri: string) => {
      const { recording } = await direct.callLog(callOf.get(uri) ?? '');
      if (recording?.status !== 'UPLOADED') early.push(uri);
    },
  });
  const service = await device.boot();
  await service.pauseAll();
  for (const one of made) await Promise.all([service.enqueue(jobFor(one)), service.enqueue(jobFor(one))]);
  network.plan = roughRoad;
  const deaths = COUNT / 2;
  device.killAtWrites(
    Array.from({ length: deaths }, (_none, index) => 5 + index * 9),
    () => void device.boot(),
  );
  await service.resumeAll();
  await outage(device, COUNT / 4);
  await laggingOutage(device, COUNT / 2);
  await device.settled(COUNT);
  await device.service.stop();

  const found = await stored(direct);
  for (const { callLogId, sha256 } of made)
    expect(found.get(callLogId)).toEqual({ status: 'UPLOADED', sha256 });
  for (const one of made)
    expect((await sessionsOf(one)).filter((status) => status === 'COMPLETED')).toHaveLength(1);
  expect(device.setbacks).toEqual([]);
  expect(early).toEqual([]);
  expect(device.removed.toSorted()).toEqual(made.map(({ path }) => path).toSorted());
  // The road was as rough as it was meant to be.
  expect(device.kills).toBe(deaths);
  for (const label of [
    'PUT drop',
    'PUT lose answer',
    'PUT 403',
    'PUT 500',
    'PUT 409',
    'FinalizeUpload twice',
  ])
    expect(network.mishaps[label]).toBeGreaterThan(0);
}, 180_000);

it('holds while there is no connection, without using up a try', async () => {
  const made = await make('offline');
  const device = newDevice();
  const service = await device.boot();
  network.plan = ({ name }) => (name === 'PUT' ? { kind: 'answer', status: 500 } : undefined);
  await service.enqueue(jobFor(made));
  await phase(device, 'waiting');
  device.network.set({ isOnline: false });
  expect((await phase(device, 'held')).state).toEqual({ phase: 'held', hold: 'OFFLINE' });
  const failures = () => (JSON.parse([...device.saved.values()][0]!) as { failures: number }).failures;
  const before = failures();
  network.plan = () => undefined;
  device.network.set({ isOnline: true });
  await phase(device, 'uploaded');
  expect(before).toBeLessThan(3);
  await service.stop();
});

it('waits for Wi-Fi, but not for what a person asks for', async () => {
  const device = newDevice();
  const service = await device.boot();
  device.network.set({ isMetered: true });
  await service.setWifiOnly(true);
  const { id, state } = await service.enqueue(jobFor(await make('metered')));
  expect(state).toEqual({ phase: 'held', hold: 'WIFI_ONLY' });
  await service.uploadNow(id);
  await phase(device, 'uploaded');
  await service.stop();
});

it('pauses, goes on where the server is, and remembers both over a death', async () => {
  const made = await make('paused', 9_000_000);
  const device = newDevice();
  let service = await device.boot();
  const { id } = await service.enqueue(jobFor(made));
  await new Promise<void>((resolve) => {
    service.subscribe(() => onlyJob(device).sentBytes >= 2_000_000 && resolve());
  });
  await service.pause(id);
  expect(onlyJob(device).state).toEqual({ phase: 'held', hold: 'PAUSED' });
  device.kill();
  service = await device.boot();
  expect(onlyJob(device)).toMatchObject({ state: { phase: 'held', hold: 'PAUSED' } });
  expect(onlyJob(device).sentBytes).toBeGreaterThanOrEqual(2_000_000);
  await service.resume(id);
  await phase(device, 'uploaded');
  expect(await sessionsOf(made)).toEqual(['COMPLETED']);
  expect(device.setbacks).toEqual([]);
  await service.stop();
});

it('cancels here and on the server, and leaves the file', async () => {
  const made = await make('cancelled');
  const device = newDevice();
  const service = await device.boot();
  network.plan = ({ name }) => (name === 'PUT' ? { kind: 'answer', status: 503 } : undefined);
  const { id } = await service.enqueue(jobFor(made));
  await phase(device, 'waiting');
  await service.cancel(id);
  await service.wake();
  expect(onlyJob(device).state).toEqual({ phase: 'cancelled' });
  // The server is told behind the answer's back.
  await eventually(async () => (await sessionsOf(made)).join() === 'CANCELLED');
  await service.stop();
  expect(await isThere(made.path)).toBe(true);
});

it('uploads once from two tabs that share what they keep', async () => {
  const made = await make('two-tabs', 60_000);
  const first = newDevice();
  const second = newDevice();
  second.shareWith(first);
  const [one, two] = [await first.boot(), await second.boot()];
  await Promise.all([one.enqueue(jobFor(made)), two.enqueue(jobFor(made))]);
  await Promise.all([one.wake(), two.wake()]);
  await Promise.all([phase(first, 'uploaded'), phase(second, 'uploaded')]);
  expect(await sessionsOf(made)).toEqual(['COMPLETED']);
  await Promise.all([one.stop(), two.stop()]);
});

it('finds its recording stored when it had lost its own record', async () => {
  const made = await make('forgotten');
  const device = newDevice();
  const service = await device.boot();
  await service.enqueue({ ...jobFor(made), keepFile: true });
  const { state } = await phase(device, 'uploaded');
  expect(await isThere(made.path)).toBe(true);
  await service.stop();

  device.saved.clear();
  const again = await device.boot();
  await again.enqueue(jobFor(made));
  expect((await phase(device, 'uploaded')).state).toEqual(state);
  await again.stop();
  expect(await sessionsOf(made)).toEqual(['COMPLETED']);
});

describe('says for good, in words for a person', () => {
  it.each<[string, string, (path: string) => Promise<void>]>([
    ['FILE_MISSING', 'no longer on this device', (path) => rm(path)],
    ['FILE_EMPTY', 'nothing was recorded', (path) => writeFile(path, '')],
    ['FILE_TOO_LARGE', 'larger than the server accepts', (path) => writeFile(path, Buffer.alloc(100_001))],
    ['NOT_AUDIO', 'not a sound recording', (path) => writeFile(path, '%PDF-1.7 '.repeat(1000))],
  ])('%s', async (code, words, spoil) => {
    const made = await make(`spoilt-${code}`);
    await spoil(made.path);
    const device = newDevice({ maxBytes: 100_000 });
    const service = await device.boot();
    await service.enqueue(jobFor(made));
    const { state } = await phase(device, 'failed');
    expect(state).toMatchObject({ problem: { code, canRetry: false } });
    expect(JSON.stringify(state)).toContain(words);
    await service.stop();
  });

  it('OTHER_RECORDING_EXISTS', async () => {
    const first = await make('first-of-two');
    const second = { ...(await make('second-of-two')), callLogId: first.callLogId };
    const device = newDevice();
    const service = await device.boot();
    await service.enqueue(jobFor(first));
    await phase(device, 'uploaded');
    await service.forget(onlyJob(device).id);
    await service.enqueue(jobFor(second));
    expect((await phase(device, 'failed')).state).toMatchObject({
      problem: { code: 'OTHER_RECORDING_EXISTS' },
    });
    await service.stop();
  });
});
