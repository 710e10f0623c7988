import { once, EventEmitter } from 'node:events';
import { globalPlatform } from '../../../sdk/core/platform.js';
import type { RecordingState, Watch, WatchState } from '../../../sdk/core/index.js';
import type { Platform } from '../../../sdk/core/index.js';
import type { TestApp } from '../../support/test-app.js';

/** Timers that run this much faster, with the waits that jitter makes longest. */
export function hurried(factor: number): Partial<Platform> {
  const { setTimeout } = globalPlatform();
  return {
    setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds / factor),
    random: () => 0.999,
  };
}

/** The states of a watch, which a test can await. */
export class States {
  readonly seen: WatchState[] = [];
  readonly #changes = new EventEmitter();

  readonly note = (state: WatchState): void => {
    this.seen.push(state);
    this.#changes.emit('change');
  };

  /** Resolves when the last state is this one, `from` entries on. */
  async reach(state: WatchState, from = 0): Promise<void> {
    while (this.seen.length <= from || this.seen.at(-1) !== state) await once(this.#changes, 'change');
  }
}

/** Reads on until a value is as wanted; fails where the watch ends before. */
export async function until(
  watch: Watch<RecordingState>,
  wanted: (state: RecordingState) => boolean,
): Promise<RecordingState> {
  for (;;) {
    const { done, value } = await watch.next();
    if (done) throw new Error('the watch has ended');
    if (wanted(value)) return value;
  }
}

/** A state after so many attempts. */
export const attempts =
  (count: number) =>
  (state: RecordingState): boolean =>
    state.attempts === count;

/** A telecaller's call with an EXPECTED recording. */
export async function expectedRecording(app: TestApp) {
  const user = await app.make.user('TELECALLER');
  const recording = await app.make.recording({ status: 'EXPECTED' });
  const lead = await app.make.lead(user);
  const callLog = await app.make.callLog(lead, user, { recording: recording.id });
  return { user, recordingId: recording.id, callLogId: callLog.id };
}

/** One more try is counted, as a worker would write it. */
export async function change(app: TestApp, recordingId: string): Promise<number> {
  const [row] = await app.database.query<{ attempts: number }>(
    'update recordings set attempts = attempts + 1 where id = $1 returning attempts',
    [recordingId],
  );
  return row!.attempts;
}
