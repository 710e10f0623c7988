import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { eventually } from './eventually.js';
import { graphql } from './graphql.js';
import type { TestApp } from './test-app.js';
import type { Caller } from './upload-steps.js';

/** Whether this machine has an ffmpeg: what needs one is passed over otherwise. */
export const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0;

/** The environment of a server that makes what players need. */
export function mediaEnv(more: Record<string, string> = {}): Record<string, string> {
  return { MEDIA: 'on', ...more };
}

/** A program in ffmpeg's place: it tells a version, then does what the script says. `begun`: the id of its next process. */
export async function fakeFfmpeg(
  script: string,
): Promise<{ path: string; begun: (after?: number) => Promise<number> }> {
  const path = join(await mkdtemp(join(tmpdir(), 'fake-ffmpeg-')), 'ffmpeg');
  const version = 'case "$*" in *-version*) echo "ffmpeg version fake"; exit 0;; esac';
  await writeFile(path, `#!/bin/sh\n${version}\necho $$ > "$0.pid"\n${script}\n`);
  await chmod(path, 0o755);
  const pid = async (): Promise<number> => Number(await readFile(`${path}.pid`, 'utf8').catch(() => '0'));
  const begun = async (after = 0): Promise<number> => {
    await eventually(async () => (await pid()) !== after && (await pid()) !== 0);
    return pid();
  };
  return { path, begun };
}

/** Gone, or killed and not yet noticed by whoever adopted it. */
export async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return /^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** Resolves when a media job of this recording has ended so. */
export async function mediaMade(
  app: TestApp,
  recordingId: string,
  state: 'completed' | 'failed' = 'completed',
): Promise<void> {
  const { queue, jobs } = app.services;
  await queue
    .spy(jobs.media)
    .waitForJob((data) => 'recordingId' in data && data.recordingId === recordingId, state);
}

export interface Media {
  status: string;
  flags: string[];
  durationMs: number | null;
  peaks: { sampleRate: number; samplesPerPixel: number; length: number; data: string } | null;
  silences: { startMs: number; endMs: number }[] | null;
  loudness: number | null;
  playback: { url: string } | null;
  original: { url: string } | null;
}

/** What its caller is told of a recording's media. */
export async function mediaOf(
  { app, token }: Pick<Caller, 'app' | 'token'>,
  recordingId: string,
): Promise<Media> {
  const query = `{ recording(id: "${recordingId}") {
    status flags durationMs peaks { sampleRate samplesPerPixel length data } silences { startMs endMs } loudness
    playback: url(variant: PLAYBACK) { url } original: url(variant: ORIGINAL) { url } } }`;
  const { data, errors } = await graphql<{ recording: Media }>(app, query, { token });
  if (!data?.recording) throw new Error(JSON.stringify(errors));
  return data.recording;
}

/** RIFF/WAVE, PCM, 16 bit, one channel at 8 kHz: so many seconds of a tone this strong (0 to 32,767), or of nothing. */
export function toneWav(seconds: number, strength: number): Buffer {
  const samples = seconds * 8000;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF');
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.set([1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0], 20);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) bytes.writeInt16LE(Math.round(Math.sin(n / 2) * strength), 44 + n * 2);
  return bytes;
}
