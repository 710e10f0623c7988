import type { Caller } from '../providers/hosts/caller.js';
import { sizeOfSource } from '../providers/source-size.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { Transaction } from '../unit-of-work.js';
import { readCopySource } from './copy-source.js';
import type { ProviderStates } from './provider-states.js';

interface Parts {
  readonly transaction: Transaction;
  readonly providers: ProviderRegistry;
  readonly states: ProviderStates;
}

/** What cannot be had soon is left out. */
const CALLER: Caller = { owner: 'samples', patience: 5 };

/** How long recordings are at their sources, found out without fetching them and without changing anything. */
export class SourceSampler {
  constructor(private readonly parts: Parts) {}

  /** Bytes; undefined where the source does not say, or is not to be asked now. */
  async sizeOf(recordingId: string, signal: AbortSignal): Promise<number | undefined> {
    const { transaction, providers, states } = this.parts;
    const known = await transaction((em) => readCopySource(em, recordingId));
    const provider = known && providers.get(known.provider);
    if (!provider || (await states.stopOf(known.provider))) return undefined;
    return sizeOfSource(provider, { ...known.source, caller: CALLER }, signal);
  }
}
