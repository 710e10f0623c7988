/**
 * The bytes hold no audio that can be played: no audio track, no frame, a header that is cut off or contradicts itself.
 * The message is safe to show to a person. Sending the same bytes again cannot help.
 */
export class NotAudio extends Error {
  override readonly name = 'NotAudio';

  constructor(
    message: string,
    /** The container proves that bytes are missing, so a complete copy may well be audio. */
    readonly truncated = false,
  ) {
    super(message);
  }
}

export const notAudio = {
  noTrack: () => new NotAudio('The file holds no audio track.'),
  noFrames: () => new NotAudio('The file holds no sound: its audio is empty.'),
  cutOff: () => new NotAudio('The file is cut off before its audio can be read. Send the whole file.', true),
  damaged: () => new NotAudio('The file is damaged: its description of the audio cannot be read.'),
  tooManyParts: () => new NotAudio('The file is made of more parts than a recording can have.'),
};
