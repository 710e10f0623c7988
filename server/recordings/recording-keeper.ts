import { oneByOne } from '../jobs/one-by-one.js';
import type { Logger } from '../logger.js';
import { deleteBelow } from '../storage/delete-below.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import type { ClaimTimes } from './recording-claim.js';
import { RecordingMoves } from './recording-moves.js';
import { recordingPrefix } from './stored-path.js';

/** Seconds before a removed recording that could not be purged is tried again. */
const PUT_OFF = 300;

/** What recordings need when nobody asks for them. */
export class RecordingKeeper {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly claim: ClaimTimes,
    private readonly logger: Logger,
  ) {}

  /** Deletes the objects of removed recordings. Objects first: a kill in between leaves rows that say where to go on. */
  purge(signal: AbortSignal): Promise<number> {
    const { lifetime, renewal } = this.claim;
    const hold = (id: string, seconds: number) =>
      this.transaction((em) => new RecordingMoves(em).holdRemoved(id, seconds));
    return oneByOne(
      {
        take: () => this.transaction((em) => new RecordingMoves(em).takeRemoved(lifetime)),
        renew: (id) => hold(id, lifetime),
        work: async (id) => {
          await deleteBelow(this.storage, recordingPrefix(id), signal);
          await this.transaction((em) => new RecordingMoves(em).purged(id));
        },
        giveBack: (id) => hold(id, 0),
        failed: (id, error) => {
          this.logger.warn({ err: error, recordingId: id }, 'a removed recording is not purged');
          return hold(id, PUT_OFF);
        },
      },
      renewal,
      signal,
    );
  }
}
