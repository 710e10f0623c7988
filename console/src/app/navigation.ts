import type { Role } from '@earshot/sdk';

export interface Place {
  readonly to: '/leads' | '/cati-calls' | '/reviews' | '/migrations' | '/storage' | '/audit';
  readonly label: string;
  readonly roles: readonly Role[];
}

/** Where people may go, in the order of the menu; the first that a role has is where it begins. */
const PLACES: readonly Place[] = [
  { to: '/leads', label: 'Leads', roles: ['TELECALLER', 'MANAGER', 'ADMIN'] },
  { to: '/cati-calls', label: 'CATI calls', roles: ['INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] },
  { to: '/reviews', label: 'Reviews', roles: ['QUALITY_AGENT', 'MANAGER', 'ADMIN'] },
  { to: '/migrations', label: 'Migrations', roles: ['MANAGER', 'ADMIN'] },
  { to: '/storage', label: 'Storage', roles: ['MANAGER', 'ADMIN'] },
  { to: '/audit', label: 'Audit', roles: ['ADMIN'] },
];

export const placesOf = (role: Role): readonly Place[] => PLACES.filter(({ roles }) => roles.includes(role));

export const mayGoTo = (role: Role, to: Place['to']): boolean =>
  placesOf(role).some((place) => place.to === to);

/** What a role may do beyond looking; the server decides, this only hides what it would refuse. */
export const may = {
  logCalls: (role: Role) => role === 'TELECALLER' || role === 'ADMIN',
  uploadToCatiCall: (role: Role) => role === 'INTERVIEWER' || role === 'ADMIN',
  retryRecording: (role: Role) => role === 'MANAGER' || role === 'ADMIN',
  runMigrations: (role: Role) => role === 'ADMIN',
  setSampling: (role: Role) => role === 'MANAGER' || role === 'ADMIN',
  addNotes: (role: Role) => role === 'QUALITY_AGENT' || role === 'MANAGER' || role === 'ADMIN',
  deleteNotesOfOthers: (role: Role) => role === 'MANAGER' || role === 'ADMIN',
  sweepStorage: (role: Role) => role === 'ADMIN',
} as const;
