import { isOutage } from '../database-fault.js';
import { newId } from '../entity.js';
import type { PubSub } from '../pubsub/pubsub.js';
import type { Transaction } from '../unit-of-work.js';
import type { DryRun } from './dry-run.js';
import { migrationChanged } from './migration-changed.topic.js';
import { RunDriver, type DriverParts } from './run-driver.js';
import type { RunMoves } from './run-moves.js';
import type { RunTables } from './run-row.js';
import { Wake } from './wake.js';

export interface SupervisorParts extends Omit<DriverParts, 'pause'> {
  readonly transaction: Transaction;
  readonly moves: RunMoves;
  readonly pubsub: PubSub;
  readonly dryRun: DryRun;
  /** Whether this process copies. Otherwise it only ends what is stuck. */
  readonly works: boolean;
}

/** Milliseconds between two looks at the runs, when nothing is told: with a live run, and without. */
const LOOK_MS = { live: 500, idle: 3000 };
/** Drivers that fail so often in a row, not for their database, and without a call done in between, are a defect. */
const DEFECTS = 5;

/**
 * Looks after every live run of the database: begins those that wait, gives each running one a driver in this process,
 * ends pausing and cancelling. It needs no queue: a run is picked up when its row is told of, and again by any process
 * that looks.
 */
export class RunSupervisor {
  private readonly workerId = newId();
  private readonly drivers = new Map<string, { driver: RunDriver; ended: Promise<void> }>();
  /** Runs that are counted, and dry runs that are planned, by this process. */
  private readonly planning = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, number>();
  private readonly stopping = new AbortController();
  private readonly wake = new Wake();
  private loop: Promise<void> = Promise.resolve();
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly parts: SupervisorParts) {}

  start(): void {
    this.unsubscribe = this.parts.pubsub.subscribe(migrationChanged, () => this.wake.nudge());
    this.loop = this.turnAgain();
  }

  /** No further call; those under way are finished, or given back to the others. */
  async stop(): Promise<void> {
    this.unsubscribe();
    this.stopping.abort();
    this.wake.nudge();
    for (const { driver } of this.drivers.values()) driver.stop();
    await this.loop;
    await Promise.all([...this.drivers.values()].map(({ ended }) => ended));
    await Promise.all(this.planning.values());
  }

  private async turnAgain(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let live = 0;
      try {
        live = await this.turn();
      } catch (error) {
        this.parts.logger.warn({ err: error }, 'migration runs');
      }
      await this.wake.rest(live > 0 ? LOOK_MS.live : LOOK_MS.idle);
    }
  }

  /** Answers how many runs are on their way. */
  private async turn(): Promise<number> {
    const live = await this.parts.transaction((em) =>
      em
        .getKysely<RunTables>()
        .selectFrom('migration_runs')
        .select(['id', 'status', 'dry_run'])
        .where('status', 'in', ['ENQUEUED', 'RUNNING', 'PAUSING', 'CANCELLING'])
        .orderBy('inserted_at')
        .execute(),
    );
    const known = new Set(live.map(({ id }) => id));
    for (const [id, { driver }] of this.drivers) if (!known.has(id)) driver.stop();
    for (const { id, status, dry_run: dry } of live) {
      if (status === 'PAUSING' || status === 'CANCELLING') await this.end(id);
      else if (!this.parts.works) continue;
      else if (dry) this.plan(id);
      else if (status === 'RUNNING') await this.drive(id);
      else if (await this.parts.ledger.start(id)) await this.drive(id);
    }
    return live.length;
  }

  private async end(id: string): Promise<void> {
    this.drivers.get(id)?.driver.stop();
    await this.parts.transaction((em) => this.parts.moves.settle(em, id));
  }

  private async drive(id: string): Promise<void> {
    const look = await this.parts.ledger.look(id);
    // A driver that is begun now, nobody would stop.
    if (!look || this.stopping.signal.aborted) return;
    const running = this.drivers.get(id);
    if (look.total === null) this.measure(id);
    if (running) return running.driver.follow(look);
    const driver = new RunDriver(this.workerId, look, {
      ...this.parts,
      pause: (run, reason) => this.pause(run, reason),
    });
    const ended = this.attended(driver).finally(() => {
      this.drivers.delete(id);
      this.wake.nudge();
    });
    this.drivers.set(id, { driver, ended });
  }

  /** Whoever finds a run without its total counts it, once at a time; the first one is right. */
  private measure(id: string): void {
    this.beside(id, 'run not measured yet', () => this.parts.ledger.measure(id));
  }

  private async attended(driver: RunDriver): Promise<void> {
    const { logger, transaction, moves } = this.parts;
    try {
      await driver.run();
      this.failures.delete(driver.id);
    } catch (error) {
      if (isOutage(error)) return logger.warn({ err: error, runId: driver.id }, 'migration run broken off');
      logger.error({ err: error, runId: driver.id }, 'migration run');
      const failures = driver.hasProgressed ? 1 : (this.failures.get(driver.id) ?? 0) + 1;
      this.failures.set(driver.id, failures);
      if (failures < DEFECTS) return;
      const reason = 'A fault of the server stopped this run. Its log has the reason.';
      await transaction((em) => moves.move(em, driver.id, 'FAILED', { reason })).catch(() => false);
    }
  }

  private async pause(id: string, reason: string): Promise<void> {
    const { transaction, moves } = this.parts;
    await transaction((em) => moves.move(em, id, 'PAUSING', { from: ['RUNNING'], reason }));
  }

  private plan(id: string): void {
    this.beside(id, 'dry run not planned yet', () => this.parts.dryRun.plan(id, this.stopping.signal));
  }

  /** Once at a time for each run, beside everything else; what fails is done again at a later look. */
  private beside(id: string, failure: string, work: () => Promise<void>): void {
    if (this.planning.has(id) || this.stopping.signal.aborted) return;
    const done = work()
      .catch((error: unknown) => this.parts.logger.warn({ err: error, runId: id }, failure))
      .finally(() => this.planning.delete(id));
    this.planning.set(id, done);
  }
}
