import { mkdtemp, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultProxy, type Fault } from '../../support/fault-proxy.js';
import { testS3, type TestS3 } from '../../support/s3.js';
import { S3App } from '../../support/s3-app.js';
import { BadNetwork } from './bad-network.js';
import { Device } from './device.js';
import { record, stored, type Made } from './upload-service.steps.js';

const MIB = 1024 * 1024;
const PART = 8 * MIB;
const s3 = testS3();

/** A phone, a server and a store: the ways to the API and to the store can each fail. */
class Scene implements AsyncDisposable {
  readonly operations: string[] = [];

  private constructor(
    readonly store: FaultProxy,
    readonly api: BadNetwork,
    readonly running: S3App,
    readonly folder: string,
  ) {
    api.leadTo(running.app.url);
    api.plan = ({ name }) => void this.operations.push(name);
  }

  static async open(s3server: TestS3): Promise<Scene> {
    const store = await FaultProxy.open(s3server.endpoint);
    const running = await S3App.start(s3server, {}, { endpoint: store.url });
    return new Scene(
      store,
      await BadNetwork.open(),
      running,
      await mkdtemp(join(tmpdir(), 'earshot-device-')),
    );
  }

  begin(): Device {
    this.store.clear();
    this.operations.length = 0;
    return new Device({ url: this.api.url, token: this.running.caller.token });
  }

  make(name: string, byteSize: number): Promise<Made> {
    return record(this.folder, this.running.caller, name, byteSize);
  }

  /** What befalls the device's own requests to the store: they are signed in their query. */
  inject(fault: Fault, part?: number): void {
    this.store.inject(fault, (request) => isSent(request) && (part === undefined || isPart(request, part)));
  }

  /** How often the device sent this part, or a whole file. */
  sent(part?: number): number {
    return this.store.seen.filter(
      (request) => isSent(request) && (part === undefined || isPart(request, part)),
    ).length;
  }

  /** The strategies and ends of the call's sessions. */
  async sessions({ callLogId }: Made): Promise<string[]> {
    const rows = await this.running.app.database.query<{ strategy: string; status: string }>(
      'select strategy, status from upload_sessions where call_log_id = $1 order by id',
      [callLogId],
    );
    return rows.map(({ strategy, status }) => `${strategy} ${status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.running[Symbol.asyncDispose]();
    await this.api[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Byte for byte in the store, once, and no longer on the device, whose progress never went back. */
async function expectArrived(scene: Scene, device: Device, made: Made, strategy: string): Promise<void> {
  await device.settled(1, ['uploaded']);
  await device.service.stop();
  const found = await stored(scene.running.caller.client);
  expect(found.get(made.callLogId)).toEqual({ status: 'UPLOADED', sha256: made.sha256 });
  expect(await scene.sessions(made)).toEqual([`${strategy} COMPLETED`]);
  expect(device.setbacks).toEqual([]);
  await expect(stat(made.path)).rejects.toThrow('ENOENT');
}

type Sent = Pick<IncomingMessage, 'method' | 'url'>;
const isSent = ({ method, url = '' }: Sent) => method === 'PUT' && url.includes('X-Amz-Signature=');
const isPart = ({ url = '' }: Sent, part: number) => new RegExp(`[?&]partNumber=${part}(?:&|$)`).test(url);
const jobFor = ({ callLogId, path }: Made) => ({ callLogId, file: { uri: path, contentType: 'audio/wav' } });

if (s3) {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open(s3);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  describe('a large file in parts', () => {
    it('goes on with the part that failed, and sends no other again', async () => {
      const made = await scene.make('a part fails', 2 * PART + 3);
      const device = scene.begin();
      scene.inject({ kind: 'cut request', afterBytes: MIB }, 2);
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await expectArrived(scene, device, made, 'MULTIPART');
      expect([1, 2, 3].map((part) => scene.sent(part))).toEqual([1, 2, 1]);
      expect([...device.phases.values()][0]).toContain('waiting');
    });

    it('waits when the store is overloaded', async () => {
      const made = await scene.make('slow down', PART + 3);
      const device = scene.begin();
      scene.inject({ kind: 'answer', status: 503, code: 'SlowDown' }, 2);
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await expectArrived(scene, device, made, 'MULTIPART');
      expect([1, 2].map((part) => scene.sent(part))).toEqual([1, 2]);
    });

    it('goes on after a death between two parts, with what the store says it has', async () => {
      const made = await scene.make('killed', 3 * PART);
      const device = scene.begin();
      const isDead = new Promise<void>((resolve) => {
        const kill = (request: Sent) => {
          if (!isSent(request) || !isPart(request, 2)) return false;
          device.kill();
          resolve();
          return true;
        };
        scene.store.inject({ kind: 'cut request', afterBytes: 0 }, kill);
      });
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await isDead;
      scene.operations.length = 0;
      await device.boot();
      await expectArrived(scene, device, made, 'MULTIPART');
      expect(scene.operations).toContain('UploadedParts');
      expect(scene.operations).not.toContain('RequestUpload');
      expect([1, 2, 3].map((part) => scene.sent(part))).toEqual([1, 2, 1]);
    });

    it('signs a part again whose link has run out', async () => {
      const made = await scene.make('expired part', 2 * PART + 3);
      const device = scene.begin();
      scene.inject({ kind: 'answer', status: 403, code: 'AccessDenied' }, 3);
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await expectArrived(scene, device, made, 'MULTIPART');
      expect([1, 2, 3].map((part) => scene.sent(part))).toEqual([1, 1, 2]);
      expect(scene.operations.filter((name) => name === 'UploadParts')).toHaveLength(2);
      expect([...device.phases.values()][0]).not.toContain('waiting');
    });

    it('goes by the API where the store is out of reach', async () => {
      const made = await scene.make('no way to the store', PART + 3);
      const device = scene.begin();
      scene.store.inject({ kind: 'cut request', afterBytes: 0 }, isSent, Infinity);
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await device.settled(1, ['uploaded']);
      await service.stop();
      expect((await stored(scene.running.caller.client)).get(made.callLogId)).toEqual({
        status: 'UPLOADED',
        sha256: made.sha256,
      });
      expect((await scene.sessions(made)).at(-1)).toBe('CHUNKED COMPLETED');
      expect(scene.sent()).toBe(2);
    });
  });

  describe('a small file in one request', () => {
    it('is finalized when the store says, told again, that it has it', async () => {
      const made = await scene.make('told twice', 50_000);
      const device = scene.begin();
      scene.inject({ kind: 'cut after' });
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await expectArrived(scene, device, made, 'PUT');
      expect(scene.store.seen.filter(isSent).map(({ status }) => status)).toEqual([200, 412]);
    });

    it('is signed again when its link has run out', async () => {
      const made = await scene.make('expired link', 50_000);
      const device = scene.begin();
      scene.inject({ kind: 'answer', status: 403, code: 'AccessDenied' });
      const service = await device.boot();
      await service.enqueue(jobFor(made));
      await expectArrived(scene, device, made, 'PUT');
      expect(scene.store.seen.filter(isSent).map(({ status }) => status)).toEqual([403, 200]);
    });
  });
} else it('is not tried: S3_TEST_ENDPOINT is not set', () => expect(s3).toBeUndefined());
