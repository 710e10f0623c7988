import { registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { FINDING_ACTIONS, FINDING_KINDS } from './storage-finding.entity.js';
import { SWEEP_PHASES, SWEEP_STATUSES } from './storage-sweep.entity.js';

export const SweepStatusEnum = enumOf(SWEEP_STATUSES);
registerEnumType(SweepStatusEnum, {
  name: 'StorageSweepStatus',
  description: 'Whether a sweep is over.',
  valuesConfig: {
    RUNNING: { description: 'Under way, or waiting for a worker.' },
    FINISHED: { description: 'It has seen everything once, but for what it skipped.' },
  },
});

export const SweepPhaseEnum = enumOf(SWEEP_PHASES);
registerEnumType(SweepPhaseEnum, {
  name: 'StorageSweepPhase',
  description: 'A part of a sweep.',
  valuesConfig: {
    RECORDINGS: { description: 'Stored recordings, and what lies beside them.' },
    UPLOADS: { description: 'What uploads left behind.' },
    TEMPORARY: { description: 'Unfinished writes.' },
    COUNTS: { description: 'How the recordings stand.' },
  },
});

export const FindingKindEnum = enumOf(FINDING_KINDS);
registerEnumType(FindingKindEnum, {
  name: 'StorageFindingKind',
  description: 'What is wrong between the store and the database.',
  valuesConfig: {
    ORPHAN: { description: 'An object that nothing tells of: left behind by a process that died.' },
    MISSING: { description: 'A stored recording whose object is not there.' },
    MISMATCH: { description: 'A stored recording whose object has another length.' },
    STRANGER: { description: 'An object whose name Earshot never gives. It is never deleted.' },
  },
});

export const FindingActionEnum = enumOf(FINDING_ACTIONS);
registerEnumType(FindingActionEnum, {
  name: 'StorageFindingAction',
  description: 'What was done about a finding.',
  valuesConfig: {
    NONE: {
      description:
        'Nothing: a dry run, a stranger, more than a sweep takes for an accident, or it could not be done.',
    },
    COLLECTED: { description: 'The object was deleted.' },
    COPIED_AGAIN: { description: 'A copy from the provider was planned.' },
    MARKED_DAMAGED: { description: 'The recording is FAILED with STORED_COPY_DAMAGED: upload it again.' },
  },
});
