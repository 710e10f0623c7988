import type { Request, Response } from 'express';
import { errors } from '../errors.js';
import { contentDisposition } from '../http/content-disposition.js';
import { sendBytes } from '../http/send-bytes.js';
import type { Scope } from '../scope.js';
import { playbackName, type Disposition, type PlaybackLinks } from './playback-links.js';
import { isPlayable } from './recording.service.js';
import type { RecordingType } from './recording.type.js';

/** `GET|HEAD /recordings/:id/:name?…`: whoever holds the signed link may listen. */
export async function streamSigned(
  links: PlaybackLinks,
  scope: Scope,
  req: Request,
  res: Response,
): Promise<void> {
  const { id = '', name = '' } = req.params as Record<string, string>;
  const { disposition } = links.verify(id, name, new URL(req.originalUrl, 'http://localhost').searchParams);
  const recording = await scope.recordingReader.ofTicket(id);
  await streamRecording(scope, recording, disposition, req, res);
}

/** `GET|HEAD /api/leads/:leadId/recordings/:recordingId`: the path that players of old know, with a Bearer token. */
export async function streamOfLead(scope: Scope, req: Request, res: Response): Promise<void> {
  const { leadId = '', recordingId = '' } = req.params as Record<string, string>;
  const recording = await scope.recordingReader.get(recordingId);
  const callLog = await scope.callLogReader.ofRecording.load(recording.id);
  if (callLog?.leadId !== leadId.toLowerCase()) throw errors.notFound('recording');
  await streamRecording(scope, recording, 'INLINE', req, res);
}

/** `GET|HEAD /api/cati/recording/:callId`, by the provider's id of the call: the path that players of old know, with a Bearer token. */
export async function streamOfCall(scope: Scope, req: Request, res: Response): Promise<void> {
  const { callId = '' } = req.params as Record<string, string>;
  const { recordingId } = await scope.catiCallReader.find({ callId });
  if (recordingId === null) throw errors.notFound('recording');
  await streamRecording(scope, await scope.recordingReader.get(recordingId), 'INLINE', req, res);
}

/** From the store; from the provider where it is not stored yet, or the store fails. */
async function streamRecording(
  scope: Scope,
  recording: RecordingType,
  disposition: Disposition,
  req: Request,
  res: Response,
): Promise<void> {
  const name = contentDisposition(
    disposition === 'ATTACHMENT' ? 'attachment' : 'inline',
    playbackName(recording),
  );
  const fromSource = (): Promise<void> => scope.sourcePlayback.send(recording.id, name, req, res);
  if (scope.recordingService.mayBeAtSource(recording)) return fromSource();
  try {
    await streamStored(scope, recording, name, req, res);
  } catch (error) {
    const mayFallBack = isPlayable(recording) && scope.sourcePlayback.knows(recording.sourceProvider);
    if (res.headersSent || !mayFallBack) throw error;
    await fromSource().catch((fault: unknown) => {
      throw res.headersSent ? fault : error;
    });
  }
}

async function streamStored(
  scope: Scope,
  recording: RecordingType,
  disposition: string,
  req: Request,
  res: Response,
): Promise<void> {
  const { byteSize, contentType, sha256, uploadedAt } = recording;
  if (
    !isPlayable(recording) ||
    byteSize === null ||
    contentType === null ||
    sha256 === null ||
    uploadedAt === null
  ) {
    throw errors.notFound('recording');
  }
  await sendBytes(req, res, {
    byteSize,
    contentType,
    etag: `"${sha256}"`,
    modifiedAt: new Date(uploadedAt),
    // The bytes behind a link never change.
    maxAgeSeconds: 3600,
    disposition,
    open: (range, signal) => scope.recordingService.open(recording, range, signal),
  });
}
