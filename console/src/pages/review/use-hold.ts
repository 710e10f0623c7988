import { ConflictError } from '@earshot/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useViewer } from '../../app/session.js';
import type { ReviewedCallFieldsFragment } from '../../generated/operations.js';
import { notifyFailure } from '../../ui/notify-failure.js';
import { refresh } from '../../ui/refresh.js';

export interface Hold {
  /** The form is the viewer's: also when the lock ran out, for as long as nobody else took the call. */
  readonly isMine: boolean;
  /** What to do where a wish was refused. */
  readonly onRefused: (error: Error) => Promise<void>;
}

export function useHold({ id, status, reviewer }: ReviewedCallFieldsFragment): Hold {
  const queries = useQueryClient();
  const viewer = useViewer();
  const holds = status === 'CLAIMED' && reviewer?.id === viewer.id;
  const [held, setHeld] = useState(holds);
  // What ran out reads as waiting: the server still takes a decision, and what was filled in is not to be lost.
  const isMine = holds || (held && status === 'WAITING');
  if (held !== isMine) setHeld(isMine);
  return {
    isMine,
    onRefused: async (error) => {
      if (!(error instanceof ConflictError)) return;
      notifyFailure(error);
      await refresh(queries, ['review', id]);
      setHeld(false);
    },
  };
}
