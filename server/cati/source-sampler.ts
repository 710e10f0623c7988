import { sizeOfSource } from '../providers/source-size.js';
import type { ProviderRegistry } from '../providers/registry.js';
import type { Transaction } from '../unit-of-work.js';
import { hostOf, readCopySource } from './copy-source.js';
import type { HostGate } from './host-gate.js';
import type { ProviderStates } from './provider-states.js';

interface Parts {
  readonly transaction: Transaction;
  readonly providers: ProviderRegistry;
  readonly states: ProviderStates;
  readonly gate: HostGate;
}

/** Seconds that a sample waits for its host's turn: what cannot be had soon is left out. */
const PATIENCE = 5;

/** How long recordings are at their sources, found out without fetching them and without changing anything. */
export class SourceSampler {
  constructor(private readonly parts: Parts) {}

  /** Bytes; undefined where the source does not say, or is not to be asked now. */
  async sizeOf(recordingId: string, signal: AbortSignal): Promise<number | undefined> {
    const { transaction, providers, states, gate } = this.parts;
    const known = await transaction((em) => readCopySource(em, recordingId));
    const provider = known && providers.get(known.provider);
    if (!provider || (await states.stopOf(known.provider))) return undefined;
    const entry = await gate.enter(hostOf({ provider: known.provider, url: known.source.url }), {
      owner: 'samples',
      patience: PATIENCE,
      signal,
    });
    if (entry.kind === 'refused') return undefined;
    try {
      return await sizeOfSource(provider, known.source, signal);
    } finally {
      entry.leave('nothing');
    }
  }
}
