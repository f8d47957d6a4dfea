import * as z from 'zod';

/** What is kept of a service between starts: each file as a schema, which also is its documentation. */

/** ISO 8601, when the service last confirmed it. The front renews it in place, so it comes first in each file. */
const fetchedAt = z.string();

/** `contract.json` */
export const knownContract = z
  .object({
    fetchedAt,
    etag: z.string().nullable().default(null),
    /** The document, verbatim. */
    text: z.string(),
  })
  .readonly();
export type KnownContract = z.infer<typeof knownContract>;

/** A tool as the user first saw it: hashes of what it says, and its hints. */
const seenTool = z
  .object({ description: z.string(), arguments: z.string(), hints: z.record(z.string(), z.boolean()).readonly() })
  .readonly();
export type SeenTool = z.infer<typeof seenTool>;

/** `rejection.json`: why the newest contract of the service cannot be used. */
export const knownRejection = z.object({ reason: z.string() }).readonly();

/** `catalogue.json` */
export const knownCatalogue = z
  .object({
    fetchedAt,
    /** `tools/list` of the remote endpoint, verbatim. */
    tools: z.array(z.unknown()).readonly(),
    /** Resources that the tool list does not mention, and whether their list could be read. */
    probes: z.record(z.string(), z.boolean()).readonly(),
    workspaces: z
      .array(z.object({ id: z.string(), name: z.string() }).readonly())
      .readonly()
      .nullable(),
    /** Why there may be further ones. */
    workspacesStopped: z.string().optional(),
    /** Each tool as it was at the last login, or when it first came; absent in files of earlier versions. */
    seen: z.record(z.string(), seenTool).readonly().optional(),
    /** What changed since, by tool. */
    changes: z.record(z.string(), z.array(z.string()).readonly()).readonly().optional(),
  })
  .readonly();
export type KnownCatalogue = z.infer<typeof knownCatalogue>;

/** `protocol.json`: how the remote endpoint wants to be spoken to; remembering it spares a round trip at the next start. */
export const knownProtocol = z.object({ version: z.string() }).readonly();
type KnownProtocol = z.infer<typeof knownProtocol>;

export interface ServiceCache {
  contract(): KnownContract | null;
  /** Why the service's newest contract cannot be used; null where it can. */
  rejection(): string | null;
  catalogue(): KnownCatalogue | null;
  protocol(): KnownProtocol | null;
  saveContract(contract: KnownContract): Promise<void>;
  saveRejection(reason: string | null): Promise<void>;
  saveCatalogue(catalogue: KnownCatalogue): Promise<void>;
  saveProtocol(protocol: KnownProtocol): Promise<void>;
  clear(): Promise<void>;
}
