import type { KeyValueStore } from '../ports.js';

const MOST = 100;
/** Shorter beginnings are heard again from the start, in seconds; as are recordings that were heard to their end. */
const WORTH_SECONDS = 3;

/** Where each recording was left, the latest hundred of them, in one small entry of the store. */
export class PositionMemory {
  #positions: Map<string, number> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: KeyValueStore | undefined,
    private readonly key: string,
  ) {}

  async get(track: string): Promise<number> {
    return (await this.#read()).get(track) ?? 0;
  }

  /** Forgets the track at a position that is not worth going back to. Never rejects: losing it costs nothing more. */
  async set(track: string, position: number, duration: number | undefined): Promise<void> {
    const positions = await this.#read();
    positions.delete(track);
    const isWorth = position >= WORTH_SECONDS && position < (duration ?? Infinity) - WORTH_SECONDS;
    if (isWorth) positions.set(track, Math.round(position * 10) / 10);
    const [oldest] = positions.keys();
    if (positions.size > MOST && oldest !== undefined) positions.delete(oldest);
    const text = JSON.stringify([...positions]);
    this.#writing = this.#writing.then(() => this.store?.set(this.key, text)).catch(() => undefined);
    await this.#writing;
  }

  async #read(): Promise<Map<string, number>> {
    if (this.#positions) return this.#positions;
    const text = await this.store?.get(this.key).catch(() => undefined);
    // Read twice at once, the first one counts.
    this.#positions ??= parse(text);
    return this.#positions;
  }
}

function parse(text: string | undefined): Map<string, number> {
  try {
    return new Map(JSON.parse(text ?? '[]') as [string, number][]);
  } catch {
    return new Map();
  }
}
