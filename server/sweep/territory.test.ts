import { LocalStorage } from '../storage/local-storage.js';
import { recordingTerritory, uploadTerritory } from './territory.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a80ab';
const OTHER = '01890a5d-ac96-774b-bcce-b302099a8057';

it.each([
  [`recordings/ab/${ID}/${OTHER}.mp3`, ID],
  [`recordings/ab/${ID}/${OTHER}.playback.m4a`, ID],
  [`recordings/57/${ID}/${OTHER}.mp3`, undefined],
  [`recordings/ab/${ID}/${OTHER}`, undefined],
  [`recordings/ab/${ID}/x/${OTHER}.mp3`, undefined],
  [`recordings/ab/${ID}/../${OTHER}.mp3`, undefined],
  [`recordings/ab/${ID}/${OTHER}.mp3\n`, undefined],
  [`recordings/AB/${ID.toUpperCase()}/${OTHER}.mp3`, undefined],
  [`recordings/ab/${ID}/notes.txt`, undefined],
  [`x/recordings/ab/${ID}/${OTHER}.mp3`, undefined],
  ['recordings/', undefined],
])('of %j in recordings/ the owner is %j', (key, owner) => {
  expect(recordingTerritory(new LocalStorage('/nowhere')).ownerOf(key)).toBe(owner);
});

it.each([
  [`uploads/ab/${ID}/0-${OTHER}`, ID],
  [`uploads/ab/${ID}/direct-${OTHER}`, ID],
  [`uploads/57/${ID}/0-${OTHER}`, undefined],
  [`uploads/ab/${ID}/a/b`, undefined],
  [`uploads/ab/${ID}/`, undefined],
  [`uploads/ab/${ID}/ö`, undefined],
  ['uploads/ab/x/0', undefined],
])('of %j in uploads/ the owner is %j', (key, owner) => {
  expect(uploadTerritory().ownerOf(key)).toBe(owner);
});
