/** What a dry run found, as it is kept with the run. */
export interface MigrationPlan {
  /** Candidates: what the same run, started for real, would go through. */
  calls: number;
  /** Calls of the filter whose recordings are stored. */
  alreadyStored: number;
  estimatedBytes: number | null;
  estimatedSeconds: number | null;
  /** Candidates that are gone at the provider before their turn. */
  atRisk: number;
  estimatedMonthlyCost: { amount: number; currency: string } | null;
  hosts: { host: string; count: number }[];
}
