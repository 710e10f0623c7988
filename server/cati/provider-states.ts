import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Tables } from '../rows.js';
import type { SystemTransaction } from '../unit-of-work.js';
import type { ProviderStateSchema } from './provider-state.entity.js';

type DB = Tables<typeof ProviderStateSchema>;

/** So many different recordings refused in a row are no fault of the recordings. */
const MAX_REFUSALS = 10;

export interface ProviderStop {
  /** Safe to show to people. */
  readonly reason: string;
}

/**
 * Whether a provider's connection works at all. When it does not, copying from it stops for all processes, with the
 * reason; now and then one recording is let through, and its success, or a person's word, lets the work go on.
 */
export class ProviderStates {
  /** Providers against which something may be held: a success clears it. */
  private readonly inDoubt = new Set<string>();

  constructor(
    private readonly transaction: SystemTransaction,
    /** Seconds between two recordings that are let through. */
    private readonly probe: number,
  ) {}

  /** Undefined: go on, also for the one recording that finds out whether the fault is mended. */
  async mayTry(provider: string): Promise<ProviderStop | undefined> {
    const stop = await this.stopOf(provider);
    if (!stop) return undefined;
    const { numUpdatedRows } = await this.transaction.statement((em) =>
      em
        .getKysely<DB>()
        .updateTable('provider_states')
        .set({ probed_at: sql<string>`now()` })
        .where('provider', '=', provider)
        .where(sql<boolean>`coalesce(probed_at, stopped_at) <= now() - make_interval(secs => ${this.probe})`)
        .executeTakeFirst(),
    );
    return numUpdatedRows === 1n ? undefined : stop;
  }

  async stopOf(provider: string): Promise<ProviderStop | undefined> {
    const row = await this.transaction.statement((em) =>
      em
        .getKysely<DB>()
        .selectFrom('provider_states')
        .select('stopped_reason')
        .where('provider', '=', provider)
        .executeTakeFirst(),
    );
    return row?.stopped_reason == null ? undefined : { reason: row.stopped_reason };
  }

  /** The provider itself says that our account or credentials are at fault. The first reason is kept. */
  async stop(provider: string, reason: string): Promise<void> {
    this.doubt(provider);
    await this.transaction.statement((em) =>
      sql`insert into provider_states (provider, stopped_code, stopped_reason, stopped_at)
        values (${provider}, 'CONFIGURATION_FAULT', ${reason.slice(0, 500)}, now())
        on conflict (provider) do update set
          stopped_code = coalesce(provider_states.stopped_code, excluded.stopped_code),
          stopped_reason = coalesce(provider_states.stopped_reason, excluded.stopped_reason),
          stopped_at = coalesce(provider_states.stopped_at, excluded.stopped_at)`.execute(em.getKysely()),
    );
  }

  /** One recording was refused. Answers the stop that this makes, or that is there already. */
  async refused(provider: string, recordingId: string): Promise<ProviderStop | undefined> {
    this.doubt(provider);
    const reason = `${MAX_REFUSALS} recordings in a row were refused. Check the credentials of ${provider}.`;
    return this.transaction(async (em) => {
      const { rows } = await sql<{ stopped_reason: string | null }>`
        insert into provider_states as known (provider, refusals) values (${provider}, array[${recordingId}::text])
        on conflict (provider) do update set refusals =
          case when ${recordingId}::text = any(known.refusals) then known.refusals
          else (known.refusals || excluded.refusals)[1:${sql.lit(MAX_REFUSALS)}] end
        returning stopped_reason`.execute(em.getKysely());
      const { rows: stopped } = await sql<{ stopped_reason: string }>`
        update provider_states
        set stopped_code = 'REFUSALS_IN_A_ROW', stopped_reason = ${reason}, stopped_at = now()
        where provider = ${provider} and stopped_reason is null
          and cardinality(refusals) >= ${MAX_REFUSALS}
        returning stopped_reason`.execute(em.getKysely());
      const known = stopped[0]?.stopped_reason ?? rows[0]?.stopped_reason ?? undefined;
      return known === undefined ? undefined : { reason: known };
    });
  }

  /** Something was seen to be held against it. */
  doubt(provider: string): void {
    this.inDoubt.add(provider);
  }

  /** A recording was fetched: copying goes on. */
  async clear(provider: string): Promise<void> {
    if (!this.inDoubt.delete(provider)) return;
    try {
      await this.transaction.statement((em) => clearStop(em, provider));
    } catch (error) {
      this.doubt(provider);
      throw error;
    }
  }
}

/** Copying from the provider, or from all of them (null), goes on, and refusals are counted anew. */
export async function clearStop(em: EntityManager, provider: string | null): Promise<void> {
  const stopped = em
    .getKysely<DB>()
    .updateTable('provider_states')
    .set({ stopped_code: null, stopped_reason: null, stopped_at: null, probed_at: null, refusals: [] })
    .where(sql<boolean>`(stopped_reason is not null or refusals <> '{}')`);
  await (provider === null ? stopped : stopped.where('provider', '=', provider)).execute();
}

/** The providers from which nothing is copied at present. */
export async function stoppedProviders(em: EntityManager): Promise<string[]> {
  const rows = await em
    .getKysely<DB>()
    .selectFrom('provider_states')
    .select('provider')
    .where('stopped_at', 'is not', null)
    .execute();
  return rows.map(({ provider }) => provider);
}
