import type { TypedDocumentString } from '../document.js';
import type { RequestOptions } from '../options.js';
import type { AbortSignalLike } from '../platform.js';

/** Something that changes: how to hear of it, and how to ask for it. */
export interface WatchSpec<T, TResult = unknown, TVariables = unknown> {
  /** A subscription. */
  readonly document: TypedDocumentString<TResult, TVariables>;
  readonly variables: TVariables;
  /** The value in an event. */
  select(data: TResult): T;
  /**
   * The same value by query: at the beginning, after each break, and where no socket opens. Undefined while there is
   * nothing to tell. The options are to be passed on to the request.
   */
  poll(options: RequestOptions): Promise<T | undefined>;
  /** Nothing comes after such a value: it ends the watch. */
  isFinal?(value: T): boolean;
  /** Whether two values in a row are one. Compared as JSON when absent. */
  same?(previous: T, value: T): boolean;
}

/**
 * `live`: changes arrive as they happen. `polling`: no socket opens, so it is asked for every 2 to 15 seconds.
 * `reconnecting`: nothing arrives for now; what is missed is made up for.
 */
export type WatchState = 'live' | 'reconnecting' | 'polling';

export interface WatchOptions {
  /** Ends the watch with AbortedError. */
  readonly signal?: AbortSignalLike | undefined;
  /** At each change of the state; for the first time when it is live or found that it cannot be. */
  readonly onState?: ((state: WatchState) => void) | undefined;
}
