import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globalPlatform } from '../../../sdk/core/platform.js';
import { CallRecordingManager, type TrackedCall } from '../../../sdk/core/uploads/index.js';
import type { Lead } from '../../../server/leads/lead.entity.js';
import { BadWorld } from './bad-world.js';
import { Device } from './device.js';
import { record } from './upload-service.steps.js';

let world: BadWorld;
let folder: string;

beforeAll(async () => {
  world = await BadWorld.start();
  folder = await mkdtemp(join(tmpdir(), 'earshot-calls-'));
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The manager over the device's own ports, which die with it. */
async function boot(device: Device): Promise<CallRecordingManager> {
  const uploads = await device.boot();
  const calls = new CallRecordingManager({ ...device.ports, uploads });
  await calls.start();
  return calls;
}

function reaches(calls: CallRecordingManager, phase: TrackedCall['state']['phase']): Promise<TrackedCall> {
  return new Promise((resolve) => {
    const look = () => {
      const call = calls.getSnapshot()[0];
      if (call?.state.phase === phase) resolve(call);
    };
    calls.subscribe(look);
    look();
  });
}

const newDevice = () => new Device({ url: world.network.url, token: world.caller.token });

async function callsOf({ id }: Lead): Promise<unknown[]> {
  return world.app.database.query(
    `select c.outcome, c.duration_seconds, r.status, r.sha256
       from call_logs c left join recordings r on r.id = c.recording_id where c.lead_id = $1`,
    [id],
  );
}

it.each([0, 1, 2, 3, 4, 5, 6, 8, 10])(
  'logs a call and stores its recording once, told twice and killed at write %i',
  async (at) => {
    const lead = await world.app.make.lead(world.caller.user);
    const made = await record(folder, world.caller, `ended-${at}`, 12_000);
    const device = newDevice();
    const told = {
      key: `call-${at}`,
      call: { leadId: lead.id, outcome: 'CONNECTED' as const, durationSeconds: 3 },
      file: { uri: made.path, contentType: 'audio/wav' },
    };
    let calls = await boot(device);
    const dead = new Promise<void>((resolve) => device.killAtWrites([at], resolve));
    const telling = Promise.all([calls.callEnded(told), calls.callEnded(told)]);
    // The kill at write 0 never comes; the later ones may be beyond the last write.
    await Promise.race([dead, reaches(calls, 'done')]);
    if (device.kills > 0) {
      calls = await boot(device);
      await calls.callEnded(told);
    } else await telling;
    const done = await reaches(calls, 'done');
    expect(done.callLogId).toBeDefined();
    expect(await callsOf(lead)).toEqual([
      { outcome: 'CONNECTED', duration_seconds: 3, status: 'UPLOADED', sha256: made.sha256 },
    ]);
    device.killAtWrites([], () => undefined);
    // Killed at its last write, when all was done: nothing of it is left that could be stopped.
    if (device.isAlive) await Promise.all([device.service.stop(), calls.stop()]);
  },
);

it('logs a call from a phone whose clock runs ahead, but believes a time that it is told', async () => {
  const lead = await world.app.make.lead(world.caller.user);
  const device = newDevice();
  const calls = await boot(device);
  const ahead = new Date(Date.now() + 3_600_000).toISOString();
  const hasty = new CallRecordingManager({
    ...device.ports,
    clock: { ...globalPlatform(), now: () => Date.now() + 3_600_000 },
    uploads: device.service,
    namespace: 'hasty',
  });
  await hasty.start();
  await hasty.callEnded({ key: 'ahead', call: { leadId: lead.id, outcome: 'BUSY' } });
  await reaches(hasty, 'logged');
  await calls.callEnded({ key: 'told', call: { leadId: lead.id, outcome: 'BUSY', startedAt: ahead } });
  expect((await reaches(calls, 'failed')).state).toMatchObject({ message: 'startedAt lies in the future.' });
  expect(await callsOf(lead)).toHaveLength(1);
  await Promise.all([calls.stop(), hasty.stop(), device.service.stop()]);
});

it('waits for the connection, and logs a call without a recording', async () => {
  const lead = await world.app.make.lead(world.caller.user);
  const device = newDevice();
  device.network.set({ isOnline: false });
  const calls = await boot(device);
  await calls.callEnded({ key: 'no-file', call: { leadId: lead.id, outcome: 'BUSY' } });
  expect(calls.getSnapshot()).toMatchObject([{ key: 'no-file', state: { phase: 'logging' } }]);
  device.network.set({ isOnline: true });
  await reaches(calls, 'logged');
  expect(await callsOf(lead)).toHaveLength(1);
  await calls.forget('no-file');
  expect(calls.getSnapshot()).toEqual([]);
  await calls.stop();
  await device.service.stop();
});

it('tells of a call that the server does not take, and tries again when asked to', async () => {
  const foreign = await world.app.make.lead(await world.app.make.user('TELECALLER'));
  const device = newDevice();
  const calls = await boot(device);
  await calls.callEnded({ key: 'foreign', call: { leadId: foreign.id, outcome: 'BUSY' } });
  const failed = await reaches(calls, 'failed');
  expect(failed.state).toEqual({
    phase: 'failed',
    message: 'There is no such lead, or you may not see it.',
  });
  await world.app.database.query('update leads set telecaller_id = $1 where id = $2', [
    world.caller.user.id,
    foreign.id,
  ]);
  await calls.retry('foreign');
  await reaches(calls, 'logged');
  await calls.stop();
  await device.service.stop();
});
