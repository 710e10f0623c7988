import type { Claim } from './run-ledger.js';

/**
 * A worker's calls that wait for a free place: fetched before they are needed, so that no place waits for the database.
 * One fetch at a time.
 */
export class ClaimStock {
  private claims: Claim[] = [];
  private fetching: Promise<void> | undefined;

  /** `fetch` claims at most so many. */
  constructor(private readonly fetch: (most: number) => Promise<Claim[]>) {}

  get positions(): number[] {
    return this.claims.map(({ position }) => position);
  }

  /** At most so many, and none only when there are none at present. Keeps `ahead` for the next time. */
  async take(most: number, ahead: number): Promise<Claim[]> {
    if (this.claims.length === 0) await (this.fetching ?? this.fetchMore(most + ahead));
    const taken = this.claims.splice(0, most);
    // What cannot be fetched now is asked for again, and then somebody hears of it.
    if (taken.length > 0 && this.claims.length < ahead / 2 && !this.fetching)
      void this.fetchMore(ahead - this.claims.length).catch(() => undefined);
    return taken;
  }

  /** All that is left, and what was being fetched. */
  async empty(): Promise<Claim[]> {
    await this.fetching?.catch(() => undefined);
    return this.claims.splice(0);
  }

  private fetchMore(most: number): Promise<void> {
    const fetching = this.fetch(most)
      .then((claims) => void this.claims.push(...claims))
      .finally(() => {
        this.fetching = undefined;
      });
    this.fetching = fetching;
    return fetching;
  }
}
