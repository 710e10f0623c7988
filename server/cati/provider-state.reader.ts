import type { EntityManager } from '@mikro-orm/postgresql';
import type { ProviderRegistry } from '../providers/registry.js';
import { isoTime, type Tables } from '../rows.js';
import type { ProviderStateSchema } from './provider-state.entity.js';
import { ProviderStateType, CopyingStopType } from './provider-state.type.js';

/** Every provider that is connected, or has stopped, by name. */
export class ProviderStateReader {
  constructor(
    private readonly em: EntityManager,
    private readonly providers: ProviderRegistry,
  ) {}

  async all(): Promise<ProviderStateType[]> {
    const rows = await this.em
      .getKysely<Tables<typeof ProviderStateSchema>>()
      .selectFrom('provider_states')
      .select(['provider', 'stopped_at', 'stopped_code', 'stopped_reason'])
      .where('stopped_at', 'is not', null)
      .execute();
    const stops = new Map(rows.map((row) => [row.provider, row]));
    const names = new Set([...this.providers.names, ...stops.keys()]);
    return [...names].toSorted().map((provider) =>
      Object.assign(new ProviderStateType(), {
        provider,
        connected: this.providers.get(provider) !== undefined,
        stopped: toStop(stops.get(provider)),
      }),
    );
  }
}

interface Stop {
  stopped_at: string | null;
  stopped_code: CopyingStopType['code'] | null;
  stopped_reason: string | null;
}

function toStop(row: Stop | undefined): CopyingStopType | null {
  if (!row || row.stopped_at === null || row.stopped_code === null) return null;
  return Object.assign(new CopyingStopType(), {
    since: isoTime(row.stopped_at),
    code: row.stopped_code,
    message: row.stopped_reason,
  });
}
