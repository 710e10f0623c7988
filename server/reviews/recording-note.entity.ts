import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../auth/user.entity.js';
import { base } from '../entity.js';
import { RecordingSchema } from '../recordings/recording.entity.js';

/** What somebody noted at a moment of a recording. One that was deleted stays, and is shown to nobody. */
export const RecordingNoteSchema = defineEntity({
  name: 'RecordingNote',
  tableName: 'recording_notes',
  properties: {
    ...base,
    recording: () => p.manyToOne(RecordingSchema).deleteRule('restrict').updateRule('no action'),
    author: () => p.manyToOne(UserSchema).deleteRule('restrict').updateRule('no action'),
    /** Milliseconds from the beginning. */
    atMs: p.integer(),
    text: p.string().length(2000),
    deletedAt: p.datetime(3).nullable(),
    deletedBy: () => p.manyToOne(UserSchema).nullable().deleteRule('restrict').updateRule('no action'),
  },
  checks: [{ name: 'recording_notes_at_ms_check', expression: 'at_ms >= 0' }],
  indexes: [{ name: 'recording_notes_recording_id_index', properties: ['recording', 'atMs', 'id'] }],
});

export class RecordingNote extends RecordingNoteSchema.class {}
RecordingNoteSchema.setClass(RecordingNote);
