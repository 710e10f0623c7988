import type { Transaction } from '../unit-of-work.js';
import { MediaMoves } from './media-moves.js';
import type { MediaPlan } from './media-plan.js';

/** What media need when nobody asks: what was stored before there were any, what a worker died over, what failed a while ago. */
export class MediaKeeper {
  constructor(
    private readonly transaction: Transaction,
    private readonly plan: MediaPlan,
    /** Whether this process has an ffmpeg. */
    private readonly decodes: boolean,
  ) {}

  async takeUp(): Promise<number> {
    return this.transaction(async (em) => {
      const moves = new MediaMoves(em);
      if (this.decodes) await moves.planDecoding();
      const ids = await moves.takeDue();
      await this.plan.send(em, ids);
      return ids.length;
    });
  }
}
