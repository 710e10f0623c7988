import { setTimeout as sleep } from 'node:timers/promises';
import { EarshotError, errors } from '../errors.js';
import { Latest } from '../pubsub/latest.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { recordingChanged, type RecordingChanged } from './recording-changed.topic.js';

/** Distance between two looks of which the first failed, in milliseconds. */
const RETRY_MS = { first: 250, most: 5000 };

/** Exactly one of the three. */
export interface WatchTarget {
  id?: string | null | undefined;
  callLogId?: string | null | undefined;
  catiCallId?: string | null | undefined;
}

/** The current recording of what is watched, as the viewer may see it; throws NOT_FOUND. Undefined: it has none yet. */
export interface CurrentRecordings {
  ofId(id: string): Promise<string | undefined>;
  ofCallLog(id: string): Promise<string | undefined>;
  ofCatiCall(id: string): Promise<string | undefined>;
}

/** Which recording changed: what an event of recordingChanged is resolved from. */
export interface ChangedRecording {
  id: string;
}

export class RecordingWatch {
  constructor(
    private readonly pubsub: Pick<PubSub, 'subscribe'>,
    private readonly current: CurrentRecordings,
  ) {}

  /** Refuses what the viewer may not see; then tells the latest change until it is closed. */
  async watch(target: WatchTarget): Promise<Latest<ChangedRecording>> {
    const aim = this.aim(target);
    let looking = new AbortController();
    const unsubscribe = this.pubsub.subscribe(recordingChanged, (heard) => {
      if (heard.kind === 'missed') {
        looking.abort();
        looking = new AbortController();
        void this.catchUp(changes, aim, looking.signal);
      } else if (aim.matches(heard.event)) changes.push({ id: heard.event.id });
    });
    const changes = new Latest<ChangedRecording>(() => {
      looking.abort();
      unsubscribe();
    });
    // Listens first: what changes while the viewer is judged is not lost.
    try {
      await aim.find();
    } catch (error) {
      changes.close();
      throw error;
    }
    return changes;
  }

  private aim({ id, callLogId, catiCallId }: WatchTarget): Aim {
    if ([id, callLogId, catiCallId].filter((given) => given != null).length !== 1) {
      throw errors.badInput('id', 'Give exactly one of id, callLogId and catiCallId.');
    }
    if (id != null)
      return { matches: (event) => event.id === id.toLowerCase(), find: () => this.current.ofId(id) };
    if (callLogId != null) {
      return {
        matches: (event) => event.callLogId === callLogId.toLowerCase(),
        find: () => this.current.ofCallLog(callLogId),
      };
    }
    const call = catiCallId ?? '';
    return {
      matches: (event) => event.catiCallId === call.toLowerCase(),
      find: () => this.current.ofCatiCall(call),
    };
  }

  /** After a break of the connection: whatever it is now, it may have changed. */
  private async catchUp(changes: Latest<ChangedRecording>, aim: Aim, signal: AbortSignal): Promise<void> {
    for (let wait = RETRY_MS.first; !signal.aborted; wait = Math.min(wait * 2, RETRY_MS.most)) {
      try {
        const id = await aim.find();
        if (id !== undefined) changes.push({ id });
        return;
      } catch (error) {
        if (error instanceof EarshotError && error.code === 'NOT_FOUND') return changes.close();
      }
      // What cannot be read now is read again soon.
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface Aim {
  matches(event: RecordingChanged): boolean;
  find(): Promise<string | undefined>;
}
