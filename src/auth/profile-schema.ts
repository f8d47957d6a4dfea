/** The profile's file as a schema, which also is its documentation. Loaded lazily, since zod is large. */
import * as z from 'zod';
import { parseOrigin } from '../config/origin.ts';
import { TOKEN_KINDS } from './token.ts';

const Profile = z.object({
  version: z.literal(1),
  /** The only origin that the token may be sent to, in the form in which we write it. An edited one goes nowhere. */
  origin: z.string().refine((origin) => {
    const parsed = parseOrigin(origin);
    return 'value' in parsed && parsed.value === origin;
  }),
  token: z.string().min(1),
  /** ISO 8601. */
  savedAt: z.string(),
  /** Whether the service accepted the token when it was stored. */
  verified: z.boolean(),
  kind: z.enum(TOKEN_KINDS),
  workspaces: z.array(z.object({ id: z.string(), name: z.string() })),
});

export type StoredProfile = Readonly<z.infer<typeof Profile>>;

/** The profile in a parsed file, or the name of the first member that is missing or not what it must be. */
export function parseProfile(value: unknown): StoredProfile | { readonly wrong: string } {
  const parsed = Profile.safeParse(value);
  return parsed.success ? parsed.data : { wrong: String(parsed.error.issues[0]?.path[0] ?? '') };
}
