/** Which of several tabs owns what they would otherwise all write (Web Locks). */

type Locks = Pick<LockManager, 'request'>;

/** Resolves when this tab is the owner, which it is until it closes; at once where the browser has no locks. */
export function owned(name: string, locks: Locks | undefined = globalThis.navigator?.locks): Promise<void> {
  if (!locks) return Promise.resolve();
  return new Promise((resolve, reject) => {
    locks.request(name, () => {
      resolve();
      return new Promise<never>(() => undefined);
    }).catch(reject);
  });
}
