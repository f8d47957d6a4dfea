/** A pause that can be cut short. */

/** @returns false where it is over. */
export function slept(ms: number, over: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (over.aborted) return resolve(false);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      over.removeEventListener('abort', stop);
      resolve(true);
    }, ms);
    over.addEventListener('abort', stop, { once: true });
  });
}
