import type { Lead } from '@earshot/sdk';
import { Facts } from '../../ui/facts.js';
import { formatNumber, formatTime, NONE } from '../../ui/format.js';
import { LEAD_STATUS_NAMES } from '../../ui/names.js';
import { TEXT } from './text.js';

export function LeadFacts({ lead }: { readonly lead: Lead }) {
  return (
    <Facts
      facts={[
        [TEXT.phone, lead.phone],
        [TEXT.email, lead.email ?? NONE],
        [TEXT.city, lead.city ?? NONE],
        [TEXT.status, LEAD_STATUS_NAMES[lead.status]],
        [TEXT.owner, lead.telecaller?.name ?? NONE],
        [TEXT.calls, formatNumber(lead.callCount)],
        [TEXT.lastContact, formatTime(lead.lastContactedAt)],
        [TEXT.created, formatTime(lead.createdAt)],
      ]}
    />
  );
}
