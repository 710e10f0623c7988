import { Button } from '@mantine/core';
import type { Lead } from '@earshot/sdk';
import type { Column } from '../../ui/data-list.js';
import { formatNumber, formatTime, NONE } from '../../ui/format.js';
import { TextLink } from '../../ui/link-text.js';
import { LEAD_STATUS_NAMES } from '../../ui/names.js';
import { TEXT } from './text.js';

/** @param onOwner shows only the leads of this owner */
export function leadColumns(onOwner: (id: string) => void): Column<Lead>[] {
  return [
    {
      header: TEXT.name,
      cell: ({ id, name }) => (
        <TextLink to="/leads/$leadId" params={{ leadId: id }}>
          {name}
        </TextLink>
      ),
    },
    { header: TEXT.phone, cell: ({ phone }) => phone },
    { header: TEXT.status, cell: ({ status }) => LEAD_STATUS_NAMES[status] },
    { header: TEXT.city, cell: ({ city }) => city ?? NONE },
    {
      header: TEXT.owner,
      cell: ({ telecaller }) =>
        telecaller ? (
          <Button variant="subtle" size="compact-sm" px={0} onClick={() => onOwner(telecaller.id)}>
            {telecaller.name}
          </Button>
        ) : (
          NONE
        ),
    },
    { header: TEXT.calls, cell: ({ callCount }) => formatNumber(callCount) },
    { header: TEXT.lastContact, cell: ({ lastContactedAt }) => formatTime(lastContactedAt) },
  ];
}
