import type { FailureCode, MigrationOrder, StartMigrationInput } from '@earshot/sdk';
import { momentOf } from '../../ui/day.js';

/** The form as it is filled in: empty texts are what is not asked for. */
export interface RunForm {
  readonly provider: string;
  readonly campaign: string;
  /** `YYYY-MM-DD`, in the reader's own zone. */
  readonly from: string;
  readonly to: string;
  readonly order: MigrationOrder;
  readonly onlyErrors: readonly FailureCode[];
  readonly verifies: boolean;
  readonly maxCalls: number | undefined;
  readonly concurrency: number | undefined;
  readonly requestsPerMinute: number | undefined;
}

export const emptyForm = (onlyErrors: readonly FailureCode[] = []): RunForm => ({
  provider: '',
  campaign: '',
  from: '',
  to: '',
  order: 'EXPIRING_FIRST',
  onlyErrors,
  verifies: false,
  maxCalls: undefined,
  concurrency: undefined,
  requestsPerMinute: undefined,
});

/** What the API is asked for. */
export function inputOf(form: RunForm, dryRun: boolean): StartMigrationInput {
  const { provider, campaign, from, to, order, onlyErrors, verifies, ...limits } = form;
  return {
    dryRun,
    order,
    skipUploaded: !verifies,
    onlyErrors: onlyErrors.length > 0 ? onlyErrors : undefined,
    filter: {
      provider: provider.trim() || undefined,
      campaign: campaign.trim() || undefined,
      startedAfter: momentOf(from),
      startedBefore: momentOf(to),
    },
    ...limits,
  };
}
