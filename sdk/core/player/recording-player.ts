import { LONGEST_TIMER_MS, sleep } from '../deadline.js';
import { ObservableValue } from '../observable-value.js';
import { globalPlatform } from '../platform.js';
import type { AbortControllerLike, AbortSignalLike } from '../platform.js';
import type { Clock, KeyValueStore, Observable } from '../ports.js';
import { backoffMs } from '../retry.js';
import type { AudioEngine, AudioEvent } from './audio-engine.js';
import { trackKey } from './player-state.js';
import type { Playhead, PlayerSnapshot, PlayerState, PlayerTrack } from './player-state.js';
import { PositionMemory } from './position-memory.js';
import type { PlayableSource, RecordingSource } from './recording-source.js';

export interface RecordingPlayerOptions {
  readonly engine: AudioEngine;
  readonly source: RecordingSource;
  /** Remembers where each recording was left; without one, only as long as the process lives. */
  readonly store?: KeyValueStore | undefined;
  readonly clock?: Clock | undefined;
  /** `earshot` when absent. */
  readonly namespace?: string | undefined;
}

const RATES = { least: 0.5, most: 4 };
/** Before a link ends, a fresh one is fetched. */
const MARGIN_MS = 60_000;
/** A device whose clock is wrong asks no more often. */
const SHORTEST_REFRESH_MS = 30_000;
const SAVE_EVERY_SECONDS = 5;
const BACKOFF = { baseMs: 500, maxMs: 8000 };
/** In a row, with nothing heard between. */
const MOST_FAILURES = 4;
const MESSAGES = {
  format: 'This device cannot play the recording.',
  connection: 'The recording cannot be played right now. Check the connection and try again.',
};

/**
 * Plays one recording at a time, over whatever plays audio on the platform. Links are refreshed before they end and
 * when they are refused, and the listener stays where he was; recordings that are not uploaded yet play from this device.
 */
export class RecordingPlayer implements Observable<PlayerSnapshot> {
  readonly #clock: Clock;
  readonly #memory: PositionMemory;
  readonly #value = new ObservableValue<PlayerSnapshot>({ state: { phase: 'idle' }, rate: 1 });
  readonly #unsubscribe: () => void;
  #playhead: Playhead | undefined;
  #wantsToPlay = false;
  #failures = 0;
  /** The work for the present track: fetching its source, and waiting to fetch it again. */
  #task: AbortControllerLike | undefined;
  #timer: unknown;
  #release: () => void = () => undefined;
  #savedPosition = 0;

  readonly subscribe: Observable<PlayerSnapshot>['subscribe'] = this.#value.subscribe;
  readonly getSnapshot: Observable<PlayerSnapshot>['getSnapshot'] = this.#value.getSnapshot;

  constructor(private readonly options: RecordingPlayerOptions) {
    this.#clock = options.clock ?? globalPlatform();
    this.#memory = new PositionMemory(options.store, `${options.namespace ?? 'earshot'}.player-positions`);
    this.#unsubscribe = options.engine.subscribe((event) => this.#hear(event));
  }

  /** This track, in the place of the one before; or, without one, what is loaded: on, again after its end or a failure. */
  play(track?: PlayerTrack): void {
    this.#wantsToPlay = true;
    const { state } = this.getSnapshot();
    if (track && !this.#isPresent(track)) return this.#begin(track);
    if (state.phase === 'failed' || state.phase === 'unavailable') return this.#begin(state.track);
    if (state.phase === 'ended') this.seek(0);
    if (state.phase !== 'loading') this.options.engine.play();
  }

  /** Ready to play, but silent. */
  load(track: PlayerTrack): void {
    if (this.#isPresent(track)) return;
    this.#wantsToPlay = false;
    this.#begin(track);
  }

  pause(): void {
    this.#wantsToPlay = false;
    this.options.engine.pause();
    this.#remember();
  }

  /** What the one button does. */
  toggle(track?: PlayerTrack): void {
    // Not by the phase: a second press may come before the sound does.
    const isOn = this.#wantsToPlay && 'duration' in this.getSnapshot().state;
    if (isOn && (!track || this.#isPresent(track))) this.pause();
    else this.play(track);
  }

  /** To a time in seconds, within the recording. */
  seek(position: number): void {
    const playhead = this.#playhead;
    if (!playhead) return;
    const target = Math.max(0, Math.min(position, playhead.duration ?? position));
    const { phase } = this.getSnapshot().state;
    this.#move({ position: target });
    if (phase === 'ended') this.#show('paused');
    if (phase !== 'loading') this.options.engine.seek(target);
  }

  /** So many seconds on, or back. */
  skip(seconds: number): void {
    if (this.#playhead) this.seek(this.#playhead.position + seconds);
  }

  setRate(rate: number): void {
    const next = Math.min(RATES.most, Math.max(RATES.least, rate));
    this.#value.set({ ...this.getSnapshot(), rate: next });
    this.options.engine.setRate(next);
  }

  /** Unloads what is played; its position is remembered. */
  stop(): void {
    this.#wantsToPlay = false;
    this.#leave();
    this.#set({ phase: 'idle' });
  }

  dispose(): void {
    this.stop();
    this.#unsubscribe();
  }

  #isPresent(track: PlayerTrack): boolean {
    const { state } = this.getSnapshot();
    return state.phase !== 'idle' && trackKey(state.track) === trackKey(track);
  }

  #begin(track: PlayerTrack): void {
    const { state } = this.getSnapshot();
    const isAgain = state.phase === 'failed' && trackKey(state.track) === trackKey(track);
    const position = isAgain ? state.position : undefined;
    this.#leave();
    this.#failures = 0;
    this.#playhead = { track, position: position ?? 0, duration: undefined, buffered: 0, isLocal: false };
    this.#show('loading');
    this.#run(async (signal) => {
      if (position === undefined) {
        const remembered = await this.#memory.get(trackKey(track));
        // By now another track may be loaded.
        if (!signal.aborted) this.#move({ position: remembered });
      }
      await this.#fetch(track, signal);
    });
  }

  #leave(): void {
    this.#remember();
    this.#task?.abort();
    this.#clock.clearTimeout(this.#timer);
    this.options.engine.unload();
    this.#release();
    this.#release = () => undefined;
    this.#playhead = undefined;
  }

  /** One task at a time: a later one ends the one before. */
  #run(work: (signal: AbortSignalLike) => Promise<void>): void {
    this.#task?.abort();
    const task = new this.#clock.AbortController();
    this.#task = task;
    void work(task.signal).catch(() => {
      if (!task.signal.aborted) this.#recover(false);
    });
  }

  async #fetch(track: PlayerTrack, signal: AbortSignalLike): Promise<void> {
    const source = await this.options.source(track, signal);
    if (signal.aborted) {
      if (source.kind === 'local') source.release();
      return;
    }
    this.#release();
    this.#release = source.kind === 'local' ? () => source.release() : () => undefined;
    if (source.kind === 'none') {
      this.options.engine.unload();
      this.#playhead = undefined;
      this.#set({ phase: 'unavailable', track, reason: source.reason });
    } else this.#load(source);
  }

  #load(source: Exclude<PlayableSource, { kind: 'none' }>): void {
    const playhead = this.#playhead;
    if (!playhead) return;
    const { engine } = this.options;
    const { track, position } = playhead;
    const isLocal = source.kind === 'local';
    const duration = (isLocal ? undefined : source.duration) ?? playhead.duration;
    this.#move({ isLocal, duration, buffered: 0 });
    engine.load({ url: source.url, position, rate: this.getSnapshot().rate, title: track.title });
    if (this.#wantsToPlay) {
      this.#show('buffering');
      engine.play();
    } else this.#show('paused');
    if (!isLocal) this.#refreshBefore(source.expiresAt);
  }

  #refreshBefore(expiresAt: number): void {
    this.#clock.clearTimeout(this.#timer);
    const wait = Math.max(SHORTEST_REFRESH_MS, expiresAt - MARGIN_MS - this.#clock.now());
    this.#timer = this.#clock.setTimeout(() => this.#refresh(), Math.min(wait, LONGEST_TIMER_MS));
  }

  /** Nothing is fetched any more from a link whose whole recording has arrived. */
  #refresh(): void {
    const playhead = this.#playhead;
    if (!playhead) return;
    const { buffered, duration, position, track } = playhead;
    if (duration !== undefined && position > 0 && buffered >= duration - 0.5) return;
    this.#run((signal) => this.#fetch(track, signal));
  }

  /** A fresh link at the same position, after a wait; too often in a row, and the listener is told. */
  #recover(isFormat: boolean): void {
    const playhead = this.#playhead;
    if (!playhead) return;
    const { track, position } = playhead;
    this.#failures += 1;
    if (this.#failures >= (isFormat ? 2 : MOST_FAILURES)) {
      this.#leave();
      const message = isFormat ? MESSAGES.format : MESSAGES.connection;
      this.#set({ phase: 'failed', track, message, position });
      return;
    }
    if (this.#wantsToPlay) this.#show('buffering');
    // The first one is at once: a link that ran out is the likeliest cause.
    const wait = this.#failures === 1 ? 0 : backoffMs(BACKOFF, this.#failures, this.#clock.random());
    this.#run(async (signal) => {
      await sleep(this.#clock, wait, 'Recording', signal);
      await this.#fetch(track, signal);
    });
  }

  #hear(event: AudioEvent): void {
    const { phase } = this.getSnapshot().state;
    if (!this.#playhead || phase === 'loading') return;
    switch (event.type) {
      case 'time':
        return this.#progress(event);
      case 'playing':
        // Maybe by itself: a headset or another app did it.
        this.#wantsToPlay = true;
        return this.#show('playing');
      case 'buffering':
        return this.#wantsToPlay ? this.#show('buffering') : undefined;
      case 'stalled':
        return this.#wantsToPlay && phase === 'buffering' ? this.#recover(false) : undefined;
      case 'paused':
        // While it is being loaded again, engines pause by themselves; otherwise a headset or another app did it.
        if (phase === 'buffering' && this.#wantsToPlay) return undefined;
        this.#wantsToPlay = false;
        return phase === 'ended' ? undefined : this.#show('paused');
      case 'blocked':
        this.#wantsToPlay = false;
        return this.#show('paused');
      case 'ended':
        this.#wantsToPlay = false;
        this.#move({ position: this.#playhead.duration ?? this.#playhead.position });
        this.#remember();
        return this.#show('ended');
      case 'error':
      default:
        return this.#recover(event.isFormat);
    }
  }

  #progress({ position, duration, buffered = 0 }: Extract<AudioEvent, { type: 'time' }>): void {
    if (position > (this.#playhead?.position ?? 0)) this.#failures = 0;
    this.#move({ position, duration: duration ?? this.#playhead?.duration, buffered });
    if (Math.abs(position - this.#savedPosition) >= SAVE_EVERY_SECONDS) this.#remember();
  }

  #remember(): void {
    if (!this.#playhead || this.getSnapshot().state.phase === 'loading') return;
    const { track, position, duration } = this.#playhead;
    this.#savedPosition = position;
    void this.#memory.set(trackKey(track), position, duration);
  }

  #move(change: Partial<Playhead>): void {
    if (!this.#playhead) return;
    this.#playhead = { ...this.#playhead, ...change };
    const { state } = this.getSnapshot();
    if ('duration' in state) this.#set({ phase: state.phase, ...this.#playhead });
  }

  #show(phase: 'loading' | 'playing' | 'paused' | 'buffering' | 'ended'): void {
    if (this.#playhead) this.#set({ phase, ...this.#playhead });
  }

  #set(state: PlayerState): void {
    this.#value.set({ ...this.getSnapshot(), state });
  }
}
