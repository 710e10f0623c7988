import type { AudioEngine, AudioEvent } from '../../core/player/audio-engine.js';
import type { Timers } from '../../core/uploads/xhr-sender.js';

/** `AudioStatus` of expo-audio, as far as it is needed. Times are in seconds. */
export interface ExpoAudioStatusLike {
  readonly currentTime: number;
  readonly duration: number;
  readonly playing: boolean;
  readonly isBuffering: boolean;
  readonly isLoaded: boolean;
  readonly didJustFinish: boolean;
  /** `failed` on iOS, `idle` on Android, for a source that does not play. */
  readonly playbackState?: string;
  /** Of newer versions. */
  readonly error?: unknown;
}

/** `AudioPlayer` of expo-audio. */
export interface ExpoAudioPlayerLike {
  play(): void;
  pause(): void;
  seekTo(seconds: number): Promise<void>;
  setPlaybackRate(rate: number, quality?: 'low' | 'medium' | 'high'): void;
  replace(source: { uri: string } | null): void;
  addListener(
    event: 'playbackStatusUpdate',
    listener: (status: ExpoAudioStatusLike) => void,
  ): { remove(): void };
}

/** A source that says nothing for so long does not play: expo-audio tells of some failures by silence only. */
const LOAD_MS = 20_000;

/** Plays through a player of expo-audio: `expoAudioEngine(createAudioPlayer(null), client.platform)`. */
export function expoAudioEngine(player: ExpoAudioPlayerLike, timers: Timers): AudioEngine {
  return new ExpoAudioEngine(player, timers);
}

class ExpoAudioEngine implements AudioEngine {
  readonly #listeners = new Set<(event: AudioEvent) => void>();
  /** Where playback is to begin once the source is there; undefined when it is. */
  #beginsAt: number | undefined;
  /** A seek that is under way: until it ends the player tells of the place before. */
  #seeking: Promise<void> | undefined;
  #isLoaded = false;
  #wantsToPlay = false;
  #said: AudioEvent['type'] | undefined;
  #timer: unknown;

  constructor(
    private readonly player: ExpoAudioPlayerLike,
    private readonly timers: Timers,
  ) {
    player.addListener('playbackStatusUpdate', (status) => this.#hear(status));
  }

  load({ url, position, rate }: Parameters<AudioEngine['load']>[0]): void {
    this.#isLoaded = true;
    this.#wantsToPlay = false;
    this.#beginsAt = position;
    this.#seeking = undefined;
    this.#said = undefined;
    this.player.replace({ uri: url });
    this.player.setPlaybackRate(rate, 'high');
    this.timers.clearTimeout(this.#timer);
    this.#timer = this.timers.setTimeout(() => this.#fail(), LOAD_MS);
  }

  play(): void {
    this.#wantsToPlay = true;
    if (this.#beginsAt === undefined) this.player.play();
  }

  pause(): void {
    this.#wantsToPlay = false;
    this.player.pause();
  }

  seek(seconds: number): void {
    if (this.#beginsAt === undefined) void this.#seekTo(seconds);
    else this.#beginsAt = seconds;
  }

  setRate(rate: number): void {
    this.player.setPlaybackRate(rate, 'high');
  }

  unload(): void {
    this.timers.clearTimeout(this.#timer);
    if (!this.#isLoaded) return;
    this.#isLoaded = false;
    this.player.pause();
    this.player.replace(null);
  }

  subscribe(listener: (event: AudioEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #hear(status: ExpoAudioStatusLike): void {
    if (!this.#isLoaded) return;
    if (status.error != null || status.playbackState === 'failed') return this.#fail();
    if (!status.isLoaded) return;
    if (this.#beginsAt !== undefined) return this.#begin(this.#beginsAt);
    const { currentTime: position, duration } = status;
    if (!this.#seeking) this.#tell({ type: 'time', position, duration: duration > 0 ? duration : undefined });
    this.#tellOnce(typeOf(status));
  }

  /** Seeking works only once the source is there. */
  #begin(position: number): void {
    this.timers.clearTimeout(this.#timer);
    this.#beginsAt = undefined;
    const begun = position > 0 ? this.#seekTo(position) : Promise.resolve();
    void begun.then(() => {
      if (this.#wantsToPlay && this.#isLoaded) this.player.play();
    });
  }

  async #seekTo(to: number): Promise<void> {
    const seeking = this.player.seekTo(to).catch(() => undefined);
    this.#seeking = seeking;
    await seeking;
    // Another one may lead elsewhere meanwhile.
    if (this.#seeking === seeking) this.#seeking = undefined;
  }

  #fail(): void {
    this.timers.clearTimeout(this.#timer);
    this.#tellOnce('error');
  }

  /** Statuses come several times a second, most of them the same. */
  #tellOnce(type: Exclude<AudioEvent['type'], 'time' | 'blocked'>): void {
    if (type === this.#said || (type === 'paused' && this.#wantsToPlay && this.#said === undefined)) return;
    this.#said = type;
    this.#tell(type === 'error' ? { type, isFormat: false } : { type });
  }

  #tell(event: AudioEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function typeOf({ didJustFinish, isBuffering, playing }: ExpoAudioStatusLike) {
  if (didJustFinish) return 'ended' as const;
  if (isBuffering && playing) return 'buffering' as const;
  return playing ? ('playing' as const) : ('paused' as const);
}
