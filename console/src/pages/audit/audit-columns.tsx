import { Button, Group } from '@mantine/core';
import type { AuditEventsQuery } from '../../generated/operations.js';
import type { Column } from '../../ui/data-list.js';
import { formatTime, NONE } from '../../ui/format.js';
import { OpenCall } from './open-call.js';
import { AUDIT_NAMES, TEXT } from './text.js';

export type AuditRow = AuditEventsQuery['auditEvents']['nodes'][number];

interface Actions {
  readonly onActor: (id: string) => void;
  readonly onRecording: (id: string) => void;
}

export function auditColumns({ onActor, onRecording }: Actions): Column<AuditRow>[] {
  const link = (label: string, onClick: () => void) => (
    <Button variant="subtle" size="compact-sm" px={0} onClick={onClick}>
      {label}
    </Button>
  );
  return [
    { header: TEXT.when, cell: ({ at }) => formatTime(at) },
    {
      header: TEXT.who,
      cell: ({ actor }) => (actor ? link(actor.name, () => onActor(actor.id)) : TEXT.system),
    },
    { header: TEXT.kind, cell: ({ kind }) => AUDIT_NAMES[kind] },
    {
      header: TEXT.about,
      cell: ({ recordingId, subjectId }) =>
        recordingId === null ? (
          (subjectId ?? NONE)
        ) : (
          <Group gap="sm">
            {link(`${TEXT.recording} …${recordingId.slice(-6)}`, () => onRecording(recordingId))}
            <OpenCall recordingId={recordingId} />
          </Group>
        ),
    },
    { header: TEXT.address, cell: ({ address }) => address ?? NONE },
  ];
}
