/** What every peer is given by its environment, as Earshot is. */
function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const [kid = '', secret = ''] = required('URL_SIGNING_KEYS').split(/:(.*)/s);

export const settings = {
  port: Number(required('PORT')),
  host: '127.0.0.1',
  databaseUrl: required('DATABASE_URL'),
  poolSize: 20,
  jwtSecret: required('AUTH_JWT_SECRET'),
  publicUrl: required('PUBLIC_URL'),
  signingKey: { kid, secret },
};

export const ready = (): boolean => process.stdout.write('ready\n');
