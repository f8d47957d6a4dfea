/** Heavy parts are loaded with their first use, once: most starts are over before there is one. */

/** @param load called once; a failure is not remembered, so that the next use tries again */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
