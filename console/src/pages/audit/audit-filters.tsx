import { TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { AuditSearch } from '../../app/search.js';
import { FilterBar } from '../../ui/filter-bar.js';
import { valueChip, wordChips } from '../../ui/filter-chips.js';
import { FilterMenu } from '../../ui/filter-menu.js';
import { SeenSelect } from '../../ui/seen-select.js';
import { useSeenPeople } from '../../ui/use-seen.js';
import type { AuditRow } from './audit-columns.js';
import { AUDIT_NAMES, TEXT } from './text.js';

const route = getRouteApi('/audit/');

export function AuditFilters({ rows }: { readonly rows: readonly AuditRow[] }) {
  const { kind, actor, recording, from, to } = route.useSearch();
  const navigate = route.useNavigate();
  const actors = useSeenPeople(rows.map((row) => row.actor));
  const set = (change: AuditSearch): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const setKind = (next: AuditSearch['kind']): void => set({ kind: next });
  const day = (key: 'from' | 'to', value: string | undefined) => (
    <TextInput
      type="date"
      aria-label={TEXT[key]}
      value={value ?? ''}
      onChange={({ currentTarget }) => set({ [key]: currentTarget.value || undefined })}
    />
  );
  return (
    <FilterBar
      label={TEXT.title}
      chips={[
        ...wordChips(TEXT.kind, AUDIT_NAMES, kind, setKind),
        ...valueChip(TEXT.who, actor && (actors.get(actor) ?? actor), () => set({ actor: undefined })),
        ...valueChip(TEXT.oneRecording, recording?.slice(-6), () => set({ recording: undefined })),
        ...valueChip(TEXT.from, from, () => set({ from: undefined })),
        ...valueChip(TEXT.to, to, () => set({ to: undefined })),
      ]}
      onClear={() => void navigate({ search: {}, replace: true })}
    >
      <FilterMenu label={TEXT.kind} names={AUDIT_NAMES} chosen={kind} onChange={setKind} />
      <SeenSelect
        label={TEXT.who}
        any={TEXT.anybody}
        seen={actors}
        value={actor}
        onChange={(id) => set({ actor: id })}
      />
      {day('from', from)}
      {day('to', to)}
    </FilterBar>
  );
}
