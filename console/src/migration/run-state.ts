import type { Migration } from '@earshot/sdk';

/** Nothing more happens to such a run. */
export const isOver = ({ status }: Pick<Migration, 'status'>): boolean =>
  status === 'SUCCEEDED' || status === 'FAILED' || status === 'CANCELLED';
