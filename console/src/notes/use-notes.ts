import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from '../app/client.js';
import {
  AddRecordingNoteDocument,
  DeleteRecordingNoteDocument,
  RecordingNotesDocument,
} from '../generated/operations.js';
import { refresh } from '../ui/refresh.js';

export function useNotes(recordingId: string) {
  const queries = useQueryClient();
  const queryKey = ['notes', recordingId];
  const onSuccess = () => refresh(queries, queryKey);
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) =>
      (await client.request(RecordingNotesDocument, { recordingId }, { signal })).recordingNotes ?? [],
  });
  const add = useMutation({
    mutationFn: ({ second, text }: { readonly second: number; readonly text: string }) => {
      const input = { recordingId, atMs: Math.floor(second * 1000), text };
      return client.request(AddRecordingNoteDocument, { input });
    },
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (noteId: string) => client.request(DeleteRecordingNoteDocument, { input: { noteId } }),
    onSuccess,
  });
  return { query, add, remove };
}
