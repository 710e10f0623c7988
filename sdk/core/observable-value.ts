import type { Observable } from './ports.js';

/** Holds the latest snapshot and tells of each new one. A listener that throws does not keep the others from hearing. */
export class ObservableValue<T> implements Observable<T> {
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(initial: T) {
    this.#value = initial;
  }

  readonly getSnapshot = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        // Reported as uncaught, outside of the work that made the change.
        void Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}
