import { useQuery } from '@tanstack/react-query';
import { client } from '../app/client.js';
import { RecordingSoundDocument, type RecordingSoundQuery } from '../generated/operations.js';

type Recording = NonNullable<RecordingSoundQuery['recording']>;

/** What is known of how a recording sounds. Times are in seconds. */
export interface Sound {
  /** Lowest and highest sample of each pixel in turn, -128 to 127; undefined where there are none. */
  readonly peaks: { readonly samples: Int8Array; readonly secondsPerPixel: number } | undefined;
  readonly silences: readonly { readonly start: number; readonly end: number }[];
  /** It was stored only just now: what is not known yet may still come, and a copy that plays everywhere. */
  readonly isAwaited: boolean;
}

const UNKNOWN: Sound = { peaks: undefined, silences: [], isAwaited: false };
/** Where the server makes nothing, nobody waits for longer. */
const AWAITED_MS = 15 * 60_000;
const ASK_EVERY_MS = 3000;

export function useSound(recordingId: string): Sound {
  const { data } = useQuery({
    queryKey: ['sound', recordingId],
    queryFn: async ({ signal }) => {
      const { recording } = await client.request(RecordingSoundDocument, { id: recordingId }, { signal });
      return recording ? soundOf(recording) : UNKNOWN;
    },
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data?.isAwaited ? ASK_EVERY_MS : false),
  });
  return data ?? UNKNOWN;
}

function soundOf({ peaks, silences, uploadedAt }: Recording): Sound {
  return {
    isAwaited: !peaks && uploadedAt !== null && Date.now() - Date.parse(uploadedAt) < AWAITED_MS,
    peaks: peaks
      ? {
          samples: Int8Array.from(atob(peaks.data), (letter) => letter.charCodeAt(0)),
          secondsPerPixel: peaks.samplesPerPixel / peaks.sampleRate,
        }
      : undefined,
    silences: (silences ?? []).map(({ startMs, endMs }) => ({ start: startMs / 1000, end: endMs / 1000 })),
  };
}
