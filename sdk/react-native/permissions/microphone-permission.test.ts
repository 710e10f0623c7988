import { MicrophonePermission, type PermissionAnswer, type PermissionPort } from './microphone-permission.js';

class Phone implements PermissionPort {
  state: PermissionAnswer = 'undetermined';
  /** What the person says when asked. */
  answer: PermissionAnswer = 'granted';
  asked = 0;
  settings = 0;
  #listeners = new Set<() => void>();

  check = (): Promise<PermissionAnswer> => Promise.resolve(this.state);
  request = (): Promise<PermissionAnswer> => {
    this.asked += 1;
    this.state = this.answer;
    return Promise.resolve(this.state);
  };
  openSettings = (): Promise<void> => {
    this.settings += 1;
    return Promise.resolve();
  };
  onActive = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  activate(): void {
    for (const listener of this.#listeners) listener();
  }
  get listeners(): number {
    return this.#listeners.size;
  }
}

const setUp = async (state: PermissionAnswer) => {
  const phone = new Phone();
  phone.state = state;
  const permission = new MicrophonePermission(phone);
  const phases: string[] = [];
  permission.subscribe(() => phases.push(permission.getSnapshot()));
  const stop = permission.start();
  await permission.check();
  return { phone, permission, phases, stop };
};

it.each([
  ['undetermined', 'rationale'],
  ['granted', 'granted'],
  ['denied', 'denied'],
  ['blocked', 'blocked'],
] as const)('%s shows %s, and nobody is asked', async (state, phase) => {
  const { permission, phone } = await setUp(state);
  expect([permission.getSnapshot(), phone.asked]).toEqual([phase, 0]);
});

it('says why, asks, is denied, asks again and is granted', async () => {
  const { phone, permission, phases } = await setUp('undetermined');
  phone.answer = 'denied';
  await permission.ask();
  phone.answer = 'granted';
  await permission.ask();
  expect(phases).toEqual(['rationale', 'asking', 'denied', 'asking', 'granted']);
  expect(phone.asked).toBe(2);
});

it('asks no more once it is blocked; back from the settings it looks again', async () => {
  const { phone, permission } = await setUp('blocked');
  await permission.ask();
  expect(phone.asked).toBe(0);
  await permission.openSettings();
  phone.state = 'granted';
  const granted = new Promise<void>((resolve) => permission.subscribe(resolve));
  phone.activate();
  await granted;
  expect([permission.getSnapshot(), phone.settings]).toEqual(['granted', 1]);
});

it('a system that does not answer can be asked again', async () => {
  const { phone, permission } = await setUp('undetermined');
  const { request } = phone;
  phone.request = () => Promise.reject(new Error('no answer'));
  await permission.ask();
  expect(permission.getSnapshot()).toBe('failed');
  phone.request = request;
  await permission.ask();
  expect(permission.getSnapshot()).toBe('granted');
});

it('an app that becomes active while the question is open does not close it', async () => {
  const { phone, permission } = await setUp('undetermined');
  let answer: (said: PermissionAnswer) => void = () => undefined;
  phone.request = () => new Promise((resolve) => (answer = resolve));
  const asking = permission.ask();
  phone.activate();
  expect(permission.getSnapshot()).toBe('asking');
  answer('granted');
  await asking;
  expect(permission.getSnapshot()).toBe('granted');
});

it('listens no more after its end', async () => {
  const { phone, stop } = await setUp('granted');
  stop();
  expect(phone.listeners).toBe(0);
});
