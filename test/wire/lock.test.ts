/** Proof of life, on the engine's own locks: a fake could not behave like them. */
import { assert } from 'chai';
import { holdLock, whenFree } from '../../src/wire/lock.ts';
import { atEnd, corralLocks, eventually } from '../support/corral.ts';
import { unique } from '../support/unique.ts';

const lockName = (): string => `corral:${unique('lock')}`;

/** Takes the platform's locks away. */
function withoutLocks(how: () => unknown): void {
  Object.defineProperty(navigator, 'locks', { configurable: true, get: how });
  atEnd(() => delete (navigator as { locks?: unknown }).locks);
}

describe('holdLock', () => {
  it('resolves once the lock is held, with what gives it up', async () => {
    const name = lockName();
    const release = await holdLock(name);
    assert.include(await corralLocks(), name);
    release?.();
    release?.();
    await eventually('it is free', async () => !(await corralLocks()).includes(name));
  });

  it('waits while another one holds it', async () => {
    const name = lockName();
    const first = await holdLock(name);
    let held = false;
    const second = holdLock(name).then((release) => ((held = true), release));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.isFalse(held);
    first?.();
    (await second)?.();
  });

  it('resolves with undefined where there are no locks, or where they are refused', async () => {
    const ways = [
      () => undefined,
      () => { throw new DOMException('Not here', 'SecurityError'); },
      () => ({ request: () => Promise.reject(new DOMException('Not here', 'SecurityError')) }),
      () => ({ request: () => { throw new DOMException('Not here', 'InvalidStateError'); } }),
    ];
    for (const way of ways) {
      withoutLocks(way);
      assert.isUndefined(await holdLock(lockName()));
    }
  });
});

describe('whenFree', () => {
  it('calls back once when the holder gives the lock up', async () => {
    const name = lockName();
    const release = await holdLock(name);
    let freed = 0;
    whenFree(name, () => freed++);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(freed, 0);
    release?.();
    await eventually('it was told', () => freed === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(freed, 1);
    assert.notInclude(await corralLocks(), name, 'the one who waited does not keep it');
  });

  it('calls back when the holder dies: a worker that is terminated', async () => {
    const name = lockName();
    const script = `navigator.locks.request('${name}', () => (postMessage('held'), new Promise(() => {})))`;
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const worker = new Worker(url);
    await new Promise((resolve) => (worker.onmessage = resolve));
    let freed = 0;
    whenFree(name, () => freed++);
    worker.terminate();
    await eventually('it was told', () => freed === 1);
    URL.revokeObjectURL(url);
  });

  it('calls everyone back who waits', async () => {
    const name = lockName();
    const release = await holdLock(name);
    const freed: number[] = [];
    for (let n = 0; n < 5; n++) whenFree(name, () => freed.push(n));
    release?.();
    await eventually('all were told', () => freed.length === 5);
  });

  it('does not call back after it was stopped, and waits for nothing any more', async () => {
    const name = lockName();
    const release = await holdLock(name);
    const stop = whenFree(name, () => assert.fail('It was told'));
    await eventually('it waits', async () => (await corralLocks()).filter((lock) => lock === name).length === 2);
    stop();
    stop();
    await eventually('it waits no more', async () => (await corralLocks()).filter((lock) => lock === name).length === 1);
    release?.();
    await new Promise((resolve) => setTimeout(resolve, 30));
  });

  it('may be stopped in the moment in which the lock is freed', async () => {
    const name = lockName();
    const release = await holdLock(name);
    const stop = whenFree(name, () => assert.fail('It was told'));
    release?.();
    stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
  });

  it('never calls back where there are no locks', async () => {
    withoutLocks(() => undefined);
    whenFree(lockName(), () => assert.fail('It was told'))();
    whenFree(lockName(), () => assert.fail('It was told'));
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
});
