import { registerEnumType } from 'type-graphql';
import { enumOf } from '../graphql/enums.js';
import { ITEM_STATUSES } from './migration-item.entity.js';
import { RUN_STATUSES } from './run-states.js';

export const MigrationStatusEnum = enumOf(RUN_STATUSES);
registerEnumType(MigrationStatusEnum, {
  name: 'MigrationStatus',
  description: 'Where a run is.',
  valuesConfig: {
    ENQUEUED: { description: 'Waits for a worker to begin it.' },
    RUNNING: { description: 'Copies, or waits for its limits or quiet hours.' },
    PAUSING: { description: 'Finishes or releases what is under way: two seconds at most.' },
    PAUSED: { description: 'Stands still until it is resumed; see statusReason when it did so by itself.' },
    CANCELLING: { description: 'Finishes or releases what is under way: two seconds at most.' },
    CANCELLED: { description: 'Given up. What it copied stays.' },
    SUCCEEDED: { description: 'Every call is done, be it as FAILED.' },
    FAILED: { description: 'Stopped by a fault of the server: see statusReason.' },
  },
});

export const MigrationItemStatusEnum = enumOf(ITEM_STATUSES);
registerEnumType(MigrationItemStatusEnum, {
  name: 'MigrationItemStatus',
  description: 'How a run was done with a call.',
  valuesConfig: {
    UPLOADED: { description: 'Copied and verified.' },
    SKIPPED: { description: 'Stored by somebody else meanwhile, or found intact.' },
    DELETED: { description: 'Gone at the provider, or deleted here: the code tells.' },
    FAILED: { description: 'Not copied: see failure.' },
  },
});

export const REPORT_FORMATS = ['CSV', 'NDJSON'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const ReportFormatEnum = enumOf(REPORT_FORMATS);
registerEnumType(ReportFormatEnum, {
  name: 'ReportFormat',
  description: 'How a report is written.',
  valuesConfig: {
    CSV: { description: 'RFC 4180, with a header line, safe to open in a spreadsheet.' },
    NDJSON: { description: 'One JSON object on each line.' },
  },
});
