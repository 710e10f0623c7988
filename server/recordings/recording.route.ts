import type { Request, Response } from 'express';
import { errors } from '../errors.js';
import { contentDisposition } from '../http/content-disposition.js';
import { sendBytes } from '../http/send-bytes.js';
import type { Scope } from '../scope.js';
import type { Disposition, PlaybackLinks } from './playback-links.js';
import type { RecordingType } from './recording.type.js';
import { variantNamed, variantOf, type Variant, type VariantObject } from './recording-variant.js';

/** `GET|HEAD /recordings/:id/:name?…`: whoever holds the signed link may listen. */
export async function streamSigned(
  links: PlaybackLinks,
  scope: Scope,
  req: Request,
  res: Response,
): Promise<void> {
  const { id = '', name = '' } = req.params as Record<string, string>;
  const { disposition, viewerId } = links.verify(
    id,
    name,
    new URL(req.originalUrl, 'http://localhost').searchParams,
  );
  const recording = await scope.recordingReader.ofTicket(id);
  await streamRecording(
    scope,
    recording,
    { disposition, variant: variantNamed(id, name), viewerId },
    req,
    res,
  );
}

/** `GET|HEAD /api/leads/:leadId/recordings/:recordingId`: the path that players of old know, with a Bearer token. */
export async function streamOfLead(scope: Scope, req: Request, res: Response): Promise<void> {
  const { leadId = '', recordingId = '' } = req.params as Record<string, string>;
  const recording = await scope.recordingReader.get(recordingId);
  const callLog = await scope.callLogReader.ofRecording.load(recording.id);
  if (callLog?.leadId !== leadId.toLowerCase()) throw errors.notFound('recording');
  await streamRecording(scope, recording, originalFor(scope), req, res);
}

/** `GET|HEAD /api/cati/recording/:callId`, by the provider's id of the call: the path that players of old know, with a Bearer token. */
export async function streamOfCall(scope: Scope, req: Request, res: Response): Promise<void> {
  const { callId = '' } = req.params as Record<string, string>;
  const { recordingId } = await scope.catiCallReader.find({ callId });
  if (recordingId === null) throw errors.notFound('recording');
  await streamRecording(scope, await scope.recordingReader.get(recordingId), originalFor(scope), req, res);
}

interface Asked {
  readonly disposition: Disposition;
  readonly variant: Variant;
  /** Who listens. */
  readonly viewerId: string;
}

/** What players that know no variants get. */
function originalFor(scope: Scope): Asked {
  return { disposition: 'INLINE', variant: 'ORIGINAL', viewerId: scope.viewer().id };
}

/** From the store; from the provider where it is not stored yet, or the store fails. */
async function streamRecording(
  scope: Scope,
  recording: RecordingType,
  { disposition, variant, viewerId }: Asked,
  req: Request,
  res: Response,
): Promise<void> {
  const object = variantOf(recording, variant);
  const name = contentDisposition(disposition === 'ATTACHMENT' ? 'attachment' : 'inline', object.name);
  const heard = (): void =>
    scope.listening.note({ kind: 'RECORDING_PLAYED', viewerId, recordingId: recording.id });
  const fromSource = async (): Promise<void> => {
    try {
      await scope.sourcePlayback.send(recording.id, name, req, res);
    } finally {
      if (req.method === 'GET' && res.headersSent && res.statusCode < 300) heard();
    }
  };
  if (scope.recordingService.mayBeAtSource(recording)) return fromSource();
  try {
    await streamStored(scope, object, recording.uploadedAt, { name, heard }, req, res);
  } catch (error) {
    const mayFallBack = object.path !== null && scope.sourcePlayback.knows(recording.sourceProvider);
    if (res.headersSent || !mayFallBack) throw error;
    await fromSource().catch((fault: unknown) => {
      throw res.headersSent ? fault : error;
    });
  }
}

async function streamStored(
  scope: Scope,
  { path, byteSize, contentType, etag }: VariantObject,
  storedAt: string | null,
  { name, heard }: { name: string; heard: () => void },
  req: Request,
  res: Response,
): Promise<void> {
  if (path === null || byteSize === null || contentType === null || etag === null || storedAt === null)
    throw errors.notFound('recording');
  await sendBytes(req, res, {
    byteSize,
    contentType,
    etag,
    modifiedAt: new Date(storedAt),
    // The bytes behind a link never change.
    maxAgeSeconds: 3600,
    disposition: name,
    open: async (range, signal) => {
      const body = await scope.recordingService.open(path, range, signal);
      heard();
      return body;
    },
  });
}
