import type { WatchState } from '@earshot/sdk';
import { WordBadge } from '../../ui/state-badge.js';
import { BANNER } from './text.js';

const COLORS = { live: 'green', reconnecting: 'red', polling: 'yellow' } as const;

/** How the news come; nothing once no more are to come. */
export function ConnectionBanner({ state }: { readonly state: WatchState | undefined }) {
  return (
    <div role="status" aria-label="Connection">
      {state && <WordBadge color={COLORS[state]} text={BANNER[state]} />}
    </div>
  );
}
