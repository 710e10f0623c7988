/** What an engine tells. Times are in seconds. */
export type AudioEvent =
  | {
      readonly type: 'time';
      readonly position: number;
      /** Undefined until it is known. */
      readonly duration: number | undefined;
      /** The end of what has arrived around the position. */
      readonly buffered?: number | undefined;
    }
  | { readonly type: 'playing' | 'paused' | 'buffering' | 'ended' }
  /** It wants to play on and has nothing to play, and for seconds not one byte came. Told when the platform knows. */
  | { readonly type: 'stalled' }
  /** The platform makes no sound before a person has asked for one, by touch or key. */
  | { readonly type: 'blocked' }
  /** The source does not play: the link is no longer good, the connection broke, or the format is not known here. */
  | { readonly type: 'error'; readonly isFormat: boolean };

export interface AudioSource {
  readonly url: string;
  /** Where to begin, in seconds. */
  readonly position: number;
  readonly rate: number;
  readonly title?: string | undefined;
}

/** A platform's audio output: one sound at a time. Its calls never throw; what goes wrong is an event. */
export interface AudioEngine {
  /** Replaces what was loaded; silent until `play`. */
  load(source: AudioSource): void;
  play(): void;
  pause(): void;
  seek(seconds: number): void;
  /** 1 is the speed of the recording; the pitch stays. */
  setRate(rate: number): void;
  /** Lets go of the source. */
  unload(): void;
  subscribe(listener: (event: AudioEvent) => void): () => void;
}
