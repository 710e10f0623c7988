import type { MigrationReader, Rate } from './migration.reader.js';
import type { FailureCountType, MigrationProgressType, MigrationType } from './migration.type.js';
import type { RunFigures } from './run-figures.js';

/** How fast a run goes, when it will be done and what it fails for. Asked of the items only where a field of it is selected. */
export class MigrationPace {
  private readonly rates = new Map<string, Promise<Rate | undefined>>();

  constructor(
    private readonly reader: MigrationReader,
    private readonly figures: RunFigures,
  ) {}

  errors(run: MigrationType): Promise<FailureCountType[]> {
    return this.figures.errors(run, () => this.reader.errors(run.id));
  }

  async itemsPerSecond(progress: MigrationProgressType): Promise<number | null> {
    return (await this.rate(progress))?.itemsPerSecond ?? null;
  }

  async bytesPerSecond(progress: MigrationProgressType): Promise<number | null> {
    return (await this.rate(progress))?.bytesPerSecond ?? null;
  }

  async etaSeconds(progress: MigrationProgressType): Promise<number | null> {
    const rate = await this.rate(progress);
    return rate ? Math.min(2 ** 31 - 1, Math.ceil(progress.remaining / rate.itemsPerSecond)) : null;
  }

  async atRisk(progress: MigrationProgressType): Promise<number | null> {
    const rate = await this.rate(progress);
    if (!rate) return null;
    const { runId, remaining } = progress;
    const count = await this.figures.atRisk(runId, () => this.reader.atRisk(runId, rate.itemsPerSecond));
    return Math.min(count, remaining);
  }

  /** One question for all the fields of a run. What does not run has no speed. */
  private rate({ runId, status }: MigrationProgressType): Promise<Rate | undefined> {
    if (status !== 'RUNNING') return Promise.resolve(undefined);
    const known = this.rates.get(runId) ?? this.reader.rate(runId);
    this.rates.set(runId, known);
    return known;
  }
}
