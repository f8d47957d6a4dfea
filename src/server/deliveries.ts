/** Who wants to know when the answer to a request is in the client's hands: the write ledger does. */

type RequestId = string | number;

export class Deliveries {
  readonly #expected = new Map<RequestId, (() => void)[]>();

  expect(id: RequestId, callback: () => void): void {
    this.#expected.set(id, [...(this.#expected.get(id) ?? []), callback]);
  }

  /** The answer was written, and stdout has taken it. */
  arrived(id: RequestId): void {
    const callbacks = this.#expected.get(id) ?? [];
    this.#expected.delete(id);
    for (const callback of callbacks) callback();
  }

  /** No answer will be sent: the client cancelled the request. */
  forget(id: RequestId): void {
    this.#expected.delete(id);
  }
}
