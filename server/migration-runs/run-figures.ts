import type { FailureCountType, MigrationType } from './migration.type.js';

/** Milliseconds for which an estimate is good. */
const GOOD_FOR = 5000;
/** Runs that are remembered. */
const MOST_RUNS = 100;

interface Known {
  errors?: { readonly failed: number; readonly counts: Promise<FailureCountType[]> };
  atRisk?: { readonly until: number; readonly count: Promise<number> };
}

/**
 * What is dear to find out of a run, and asked for with every event by everybody who watches it: found out once for all
 * of them. Whoever may see runs sees them all.
 */
export class RunFigures {
  private readonly runs = new Map<string, Known>();

  /** Items never change: the counts hold until more have failed. */
  errors(
    { id, progress: { failed } }: Pick<MigrationType, 'id' | 'progress'>,
    find: () => Promise<FailureCountType[]>,
  ): Promise<FailureCountType[]> {
    const known = this.of(id);
    if (known.errors?.failed !== failed)
      known.errors = { failed, counts: this.forgetting(id, 'errors', find()) };
    return known.errors.counts;
  }

  /** As it was a few seconds ago. */
  atRisk(id: string, find: () => Promise<number>): Promise<number> {
    const known = this.of(id);
    if (known.atRisk === undefined || known.atRisk.until < Date.now())
      known.atRisk = { until: Date.now() + GOOD_FOR, count: this.forgetting(id, 'atRisk', find()) };
    return known.atRisk.count;
  }

  /** What failed is asked again. */
  private async forgetting<T>(id: string, figure: keyof Known, found: Promise<T>): Promise<T> {
    try {
      return await found;
    } catch (error) {
      delete this.runs.get(id)?.[figure];
      throw error;
    }
  }

  private of(id: string): Known {
    const known = this.runs.get(id) ?? {};
    this.runs.delete(id);
    this.runs.set(id, known);
    for (const oldest of this.runs.keys()) {
      if (this.runs.size <= MOST_RUNS) break;
      this.runs.delete(oldest);
    }
    return known;
  }
}
