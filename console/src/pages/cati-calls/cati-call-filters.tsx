import { NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { CatiCallSearch } from '../../app/search.js';
import { REVIEW_STATUS_NAMES } from '../../review/review-names.js';
import { FilterBar } from '../../ui/filter-bar.js';
import { FilterMenu } from '../../ui/filter-menu.js';
import { plural } from '../../ui/format.js';
import { CATI_STATUS_NAMES, FAILURE_NAMES, FLAG_NAMES, STORAGE_STATE_NAMES } from '../../ui/names.js';
import { SearchField } from '../../ui/search-field.js';
import { SeenSelect } from '../../ui/seen-select.js';
import { useSeen, useSeenPeople } from '../../ui/use-seen.js';
import { chipsOf } from './cati-call-chips.js';
import type { CatiCallRow } from './cati-call-columns.js';
import { EXPIRY_CHOICES, TEXT } from './text.js';

const route = getRouteApi('/cati-calls/');

export function CatiCallFilters({ rows }: { readonly rows: readonly CatiCallRow[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const campaigns = useSeen(
    rows.flatMap(({ campaign }) => (campaign === null ? [] : [[campaign, campaign] as const])),
  );
  const interviewers = useSeenPeople(rows.map(({ interviewer }) => interviewer));
  const set = (change: CatiCallSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <FilterBar
      label={TEXT.title}
      chips={chipsOf(search, set, interviewers)}
      onClear={() => void navigate({ search: ({ order }) => ({ order }), replace: true })}
    >
      <SearchField label={TEXT.search} value={search.q} onSearch={(q) => set({ q })} />
      <FilterMenu
        label={TEXT.storage}
        names={STORAGE_STATE_NAMES}
        chosen={search.storage}
        onChange={(storage) => set({ storage })}
      />
      <FilterMenu
        label={TEXT.flags}
        names={FLAG_NAMES}
        chosen={search.flags}
        onChange={(flags) => set({ flags })}
      />
      <FilterMenu
        label={TEXT.status}
        names={CATI_STATUS_NAMES}
        chosen={search.status}
        onChange={(status) => set({ status })}
      />
      <FilterMenu
        label={TEXT.reason}
        names={FAILURE_NAMES}
        chosen={search.reason}
        onChange={(reason) => set({ reason })}
      />
      <FilterMenu
        label={TEXT.review}
        names={REVIEW_STATUS_NAMES}
        chosen={search.review}
        onChange={(review) => set({ review })}
      />
      <SeenSelect
        label={TEXT.campaign}
        any="Any campaign"
        seen={campaigns}
        value={search.campaign}
        onChange={(campaign) => set({ campaign })}
      />
      <SeenSelect
        label={TEXT.interviewer}
        any="Any interviewer"
        seen={interviewers}
        value={search.interviewer}
        onChange={(interviewer) => set({ interviewer })}
      />
      <NativeSelect
        aria-label={TEXT.expires}
        value={String(search.expires ?? '')}
        data={[
          { value: '', label: TEXT.expiresAny },
          ...EXPIRY_CHOICES.map((days) => ({
            value: String(days),
            label: `Within ${plural(days, 'day')}`,
          })),
        ]}
        onChange={({ currentTarget }) => set({ expires: Number(currentTarget.value) || undefined })}
      />
      <NativeSelect
        aria-label={TEXT.order}
        value={search.order ?? ''}
        data={[
          { value: '', label: TEXT.newest },
          { value: 'expiry', label: TEXT.expiring },
        ]}
        onChange={({ currentTarget }) =>
          set({ order: currentTarget.value === 'expiry' ? 'expiry' : undefined })
        }
      />
    </FilterBar>
  );
}
