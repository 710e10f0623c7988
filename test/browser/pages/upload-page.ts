import { EarshotClient } from '../../../sdk/core/index.js';
import { globalPlatform } from '../../../sdk/core/platform.js';
import type { UploadJob } from '../../../sdk/core/uploads/index.js';
import { webFiles, webUploads } from '../../../sdk/web/index.js';

/** Phones wait for seconds and minutes, tests for a twentieth of it. */
const HASTE = 20;

/** What the test gives the page. */
interface Outside {
  /** Every change that a person would see. */
  shown(jobs: readonly Pick<UploadJob, 'id' | 'sentBytes' | 'state'>[]): Promise<void>;
  removing(uri: string): Promise<void>;
}

interface Settings {
  url: string;
  token: string;
}

const outside = globalThis as unknown as Outside;
const hex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function clock() {
  const begin = Date.now();
  return {
    ...globalPlatform(),
    random: () => Math.random() / 10,
    now: () => begin + (Date.now() - begin) * HASTE,
    setTimeout: (callback: () => void, wait: number) => setTimeout(callback, wait / HASTE),
  };
}

/** PCM, 8 kHz, 16 bit, mono, full of noise. */
function wav(byteSize: number): ArrayBuffer {
  const buffer = new ArrayBuffer(byteSize);
  const view = new DataView(buffer);
  const text = (at: number, letters: string) =>
    new TextEncoder().encode(letters).forEach((code, index) => view.setUint8(at + index, code));
  text(0, 'RIFF');
  view.setUint32(4, byteSize - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 16_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, byteSize - 44, true);
  for (let at = 44; at < byteSize; at += 65_536)
    crypto.getRandomValues(new Uint8Array(buffer, at, Math.min(65_536, byteSize - at)));
  return buffer;
}

function open({ url, token }: Settings) {
  const time = clock();
  const { random } = time;
  const client = new EarshotClient({
    url: `${url}/graphql`,
    token,
    retry: { retries: 0 },
    platform: { random },
  });
  const own = webFiles();
  const files = {
    ...own,
    remove: async (file: { uri: string }) => {
      await outside.removing(file.uri);
      await own.remove(file);
    },
  };
  const uploads = webUploads({ client, files, clock: time });
  const { service } = uploads;
  service.subscribe(() => {
    const jobs = service.getSnapshot().jobs.map(({ id, sentBytes, state }) => ({ id, sentBytes, state }));
    void outside.shown(jobs);
  });
  return uploads;
}

let uploads: ReturnType<typeof open> | undefined;

const page = {
  async start(settings: Settings): Promise<void> {
    uploads = open(settings);
    await uploads.start();
  },
  /** Makes recordings, keeps them here and enqueues them, while the queue is paused. */
  async fill(calls: readonly { callLogId: string; byteSize: number }[]) {
    if (!uploads) throw new Error('not started');
    await uploads.service.pauseAll();
    const made: Record<string, { sha256: string; uri: string }> = {};
    for (const { callLogId, byteSize } of calls) {
      const bytes = wav(byteSize);
      const blob = new Blob([bytes], { type: 'audio/wav' });
      const { file } = await uploads.upload({ callLogId, blob, name: 'call.wav' });
      made[callLogId] = { sha256: hex(await crypto.subtle.digest('SHA-256', bytes)), uri: file.uri };
    }
    return made;
  },
  go: () => uploads?.service.resumeAll(),
  phases: () => uploads?.service.getSnapshot().jobs.map(({ state }) => state.phase) ?? [],
  /** Whether the browser still keeps this file. */
  keeps: async (uri: string) => (await webFiles().open({ uri })) !== undefined,
};

export type UploadPage = typeof page;

Object.assign(globalThis, { uploadPage: page });
