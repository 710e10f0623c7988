import { defineEntity, p } from '@mikro-orm/core';
import { base, oneOf } from '../entity.js';

export const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    ...base,
    name: p.string().length(200),
    /** Lower case. */
    email: p.string().length(320).unique('users_email_unique'),
    role: p.string().length(20).$type<Role>(),
    /** `scrypt:…`, see password.ts. Null for those who sign in elsewhere (JWKS). */
    passwordHash: p.string().length(200).nullable(),
    active: p.boolean().default(true),
  },
  checks: [
    oneOf('users_role_check', 'role', ROLES),
    { name: 'users_email_check', expression: 'email = lower(email)' },
  ],
});

export class User extends UserSchema.class {}
UserSchema.setClass(User);
