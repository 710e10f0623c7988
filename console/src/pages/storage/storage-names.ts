import type { StorageFindingAction, StorageFindingKind } from '../../generated/operations.js';

export const FINDING_NAMES: Readonly<Record<StorageFindingKind, string>> = {
  ORPHAN: 'Orphan',
  MISSING: 'Missing',
  MISMATCH: 'Other length',
  STRANGER: 'Stranger',
};

export const ACTION_NAMES: Readonly<Record<StorageFindingAction, string>> = {
  COLLECTED: 'Deleted',
  COPIED_AGAIN: 'Copied again',
  MARKED_DAMAGED: 'Marked as damaged',
  NONE: 'Nothing',
};
