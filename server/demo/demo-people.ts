import type { Role } from '../auth/user.entity.js';

export const DEMO_PASSWORD = 'earshot-demo';

export interface DemoUser {
  email: string;
  name: string;
  role: Role;
}

export const DEMO_USERS: readonly DemoUser[] = [
  { email: 'admin@example.com', name: 'Asha Admin', role: 'ADMIN' },
  { email: 'manager@example.com', name: 'Manoj Manager', role: 'MANAGER' },
  { email: 'agent@example.com', name: 'Anita Agent', role: 'QUALITY_AGENT' },
  { email: 'interviewer@example.com', name: 'Isha Interviewer', role: 'INTERVIEWER' },
  { email: 'telecaller@example.com', name: 'Tara Telecaller', role: 'TELECALLER' },
  { email: 'telecaller2@example.com', name: 'Tarun Telecaller', role: 'TELECALLER' },
];

export const FIRST_NAMES = [
  'Aarav',
  'Diya',
  'Kabir',
  'Meera',
  'Rohan',
  'Sana',
  'Vihaan',
  'Zoya',
  'Ishaan',
  'Nisha',
] as const;
export const LAST_NAMES = ['Verma', 'Iyer', 'Khan', 'Das', 'Nair', 'Singh'] as const;
export const CITIES = ['Pune', 'Jaipur', 'Kochi', 'Indore', 'Patna'] as const;
export const COURSES = ['Nursing', 'Data Science', 'Law', 'Design'] as const;
