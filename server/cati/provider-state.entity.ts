import { defineEntity, p } from '@mikro-orm/core';
import { oneOf } from '../entity.js';

export const STOP_CODES = ['CONFIGURATION_FAULT', 'REFUSALS_IN_A_ROW'] as const;
/** Whether the provider itself named the fault, or it was concluded. */
export type StopCode = (typeof STOP_CODES)[number];

/** Whether recordings are copied from a provider at present, and if not, why. No row: they are. */
export const ProviderStateSchema = defineEntity({
  name: 'ProviderState',
  tableName: 'provider_states',
  properties: {
    provider: p.string().length(40).primary(),
    /** Copying has stopped for it; null: it goes on. */
    stoppedCode: p.string().length(40).$type<StopCode>().nullable(),
    stoppedReason: p.string().length(500).nullable(),
    stoppedAt: p.datetime(3).nullable(),
    /** When one recording was last let through to see whether the fault is mended. */
    probedAt: p.datetime(3).nullable(),
    /** Recordings that were refused one after the other, with no success in between. */
    refusals: p.array().$type<string[]>().default([]),
  },
  checks: [
    {
      name: 'provider_states_stopped_check',
      expression: '(stopped_reason is null) = (stopped_at is null)',
    },
    oneOf('provider_states_stopped_code_check', 'stopped_code', STOP_CODES),
    {
      name: 'provider_states_code_check',
      expression: '(stopped_code is null) = (stopped_at is null)',
    },
  ],
});

export class ProviderState extends ProviderStateSchema.class {}
ProviderStateSchema.setClass(ProviderState);
