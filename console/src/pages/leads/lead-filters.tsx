import { Switch } from '@mantine/core';
import type { Lead } from '@earshot/sdk';
import { getRouteApi } from '@tanstack/react-router';
import type { LeadSearch } from '../../app/search.js';
import { FilterBar } from '../../ui/filter-bar.js';
import { valueChip, wordChips } from '../../ui/filter-chips.js';
import { FilterMenu } from '../../ui/filter-menu.js';
import { LEAD_STATUS_NAMES } from '../../ui/names.js';
import { SearchField } from '../../ui/search-field.js';
import { SeenSelect } from '../../ui/seen-select.js';
import { useSeenPeople } from '../../ui/use-seen.js';
import { TEXT } from './text.js';

const route = getRouteApi('/leads/');

export function LeadFilters({ rows }: { readonly rows: readonly Lead[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const owners = useSeenPeople(rows.map(({ telecaller }) => telecaller));
  const set = (change: LeadSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setStatus = (status: LeadSearch['status']): void => set({ status });
  const { q, status, owner, recorded } = search;
  return (
    <FilterBar
      label={TEXT.title}
      chips={[
        ...valueChip('Search', q, () => set({ q: undefined })),
        ...wordChips(TEXT.status, LEAD_STATUS_NAMES, status, setStatus),
        ...valueChip(TEXT.owner, owner && (owners.get(owner) ?? owner), () => set({ owner: undefined })),
        ...(recorded
          ? [{ key: 'recorded', label: TEXT.recorded, onRemove: () => set({ recorded: undefined }) }]
          : []),
      ]}
      onClear={() => void navigate({ search: {}, replace: true })}
    >
      <SearchField label={TEXT.search} value={q} onSearch={(text) => set({ q: text })} />
      <FilterMenu label={TEXT.status} names={LEAD_STATUS_NAMES} chosen={status} onChange={setStatus} />
      <SeenSelect
        label={TEXT.owner}
        any={TEXT.ownerAny}
        seen={owners}
        value={owner}
        onChange={(id) => set({ owner: id })}
      />
      <Switch
        label={TEXT.recorded}
        checked={recorded === true}
        onChange={({ currentTarget }) => set({ recorded: currentTarget.checked || undefined })}
      />
    </FilterBar>
  );
}
