import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { FAILURE_RETRYABLE } from '../errors.js';
import type { Provider } from '../providers/provider.js';
import type { ProviderRegistry } from '../providers/registry.js';
import { isoTime } from '../rows.js';
import type { Transaction } from '../unit-of-work.js';
import { MAX_TRIES, type CopyPlan } from './copy-plan.js';
import { expectRecording } from './expect-recording.js';
import { stoppedProviders } from './provider-states.js';

/** Recordings that one turn takes up, so that a turn is short, and what nobody hurries about asks little of a provider. */
const BATCH = 100;
/** Recordings that one turn looks at: those of providers that have stopped are passed over one by one. */
const LOOKED_AT = 20_000;
const RETRYABLE = Object.entries(FAILURE_RETRYABLE).flatMap(([code, retryable]) => (retryable ? [code] : []));
/** The distance between two tries doubles so often. */
const MOST_DOUBLINGS = 5;
/** Days that a source is taken to be there, where nobody says. */
const KEPT_DAYS = 61;
/** So near to its source's end a recording is tried as often as at first. */
const LAST_CHANCES = sql`interval '3 days'`;

/**
 * By OFFSET 0 looked up for one recording after the other, in the order of expiry, which an index has: joined, a million
 * calls would be read and sorted for the first hundred.
 */
const ofProvider = (names: readonly string[]) =>
  sql`exists (select from cati_calls where recording_id = recordings.id and provider = any(${names}) offset 0)`;

/** In the order of expiry. */
interface Place {
  readonly expiry_order: string;
  readonly id: string;
}
const placeOf = ({ expiry_order, id }: Place) => sql`(${expiry_order}::timestamptz, ${id}::uuid)`;

/**
 * Takes up by itself what was given up for now, and asks providers for what should be there and never came: soonest to
 * expire first, a bounded part each turn, nothing of a provider that has stopped.
 */
export class CopySweep {
  /** Up to here nothing of the providers that go on was to be planned; undefined: begin at the beginning. */
  private passed: (Place & { readonly going: string }) | undefined;

  constructor(
    private readonly transaction: Transaction,
    private readonly plan: CopyPlan,
    private readonly providers: ProviderRegistry,
    /** Seconds between two tries, at first; and before what never came is asked for. */
    private readonly seconds: number,
  ) {}

  /** One more try of copies that failed and may be mended; of what was not found, also when a day makes it a verdict. */
  failed(): Promise<number> {
    return this.turn(async (em, going) => {
      const { rows } = await sql<{ id: string }>`
        select id from recordings
        where status = 'FAILED' and error_code = any(${RETRYABLE}) and expiry_order > now() and ${ofProvider(going)}
          and (source_expires_at is not null or inserted_at > now() - make_interval(days => ${sql.lit(KEPT_DAYS)}))
          and (error_at < now() - make_interval(secs => ${this.seconds}
              * case when expiry_order < now() + ${LAST_CHANCES} then 1
                else 2 ^ least(greatest(attempts - ${MAX_TRIES}::int, 0), ${MOST_DOUBLINGS}::int) end)
            or (error_code = 'NOT_FOUND_UNCONFIRMED' and error_at < not_found_since + interval '24 hours'
              and not_found_since <= now() - interval '24 hours'))
        order by expiry_order, id limit ${BATCH}
        for update skip locked`.execute(em.getKysely());
      return rows.map(({ id }) => id);
    });
  }

  /**
   * Recordings that were expected a while ago, and that nobody has planned to fetch. Of a provider that has stopped there
   * may be a million: a turn passes over a part of them, and the next one goes on behind it.
   */
  unplanned(): Promise<number> {
    return this.turn(async (em, going) => {
      const names = going.join();
      // Where others go on than before, what is first to expire may be among what was passed over.
      const passed = this.passed?.going === names ? this.passed : undefined;
      const behind = passed ? sql`and (expiry_order, id) > ${placeOf(passed)}` : sql``;
      const open = sql`status = 'EXPECTED' and next_attempt_at is null and claimed_until is null
        and updated_at < now() - make_interval(secs => ${this.seconds}) ${behind}`;
      const { rows: ends } = await sql<Place>`
        select expiry_order, id from recordings where ${open}
        order by expiry_order, id offset ${LOOKED_AT - 1} limit 1`.execute(em.getKysely());
      const [end] = ends;
      const { rows } = await sql<{ id: string }>`
        select id from recordings
        where ${open} ${end ? sql`and (expiry_order, id) <= ${placeOf(end)}` : sql``} and ${ofProvider(going)}
        order by expiry_order, id limit ${BATCH}
        for update skip locked`.execute(em.getKysely());
      if (rows.length < BATCH) this.passed = end && { ...end, going: names };
      return rows.map(({ id }) => id);
    });
  }

  /** Calls that were held, and of whose recording no event has told: where the provider can be asked by the call's id. */
  untold(): Promise<number> {
    return this.turn(async (em, going) => {
      const ids: string[] = [];
      for (const provider of going.flatMap((name) => this.providers.get(name) ?? []))
        if (provider.callIdHost !== undefined) ids.push(...(await this.expectOf(em, provider)));
      return ids;
    });
  }

  private async expectOf(em: EntityManager, provider: Provider): Promise<string[]> {
    const days = provider.sourceRetentionDays ?? KEPT_DAYS;
    const { rows } = await sql<{ id: string; began_at: string }>`
      select id, began_at from cati_calls
      where recording_id is null and status = 'COMPLETED' and provider = ${provider.name}
        and began_at < now() - make_interval(secs => ${this.seconds})
        and inserted_at < now() - make_interval(secs => ${this.seconds})
        and began_at > now() - make_interval(days => ${days}::int)
      order by began_at, id limit ${BATCH}
      for update skip locked`.execute(em.getKysely());
    const ids: string[] = [];
    for (const { id, began_at } of rows) {
      const startedAt = new Date(isoTime(began_at));
      const expiresAt = provider.expiry({ startedAt, endedAt: undefined });
      ids.push(await expectRecording(em, id, { expiresAt }));
    }
    return ids;
  }

  /** One try each: what fails again waits for longer. */
  private turn(find: (em: EntityManager, going: string[]) => Promise<string[]>): Promise<number> {
    return this.transaction(async (em) => {
      const stopped = await stoppedProviders(em);
      const going = this.providers.names.filter((name) => !stopped.includes(name));
      if (going.length === 0) return 0;
      const ids = await find(em, going);
      for (const id of ids) await this.plan.begin(em, id, 0, MAX_TRIES - 1);
      return ids.length;
    });
  }
}
