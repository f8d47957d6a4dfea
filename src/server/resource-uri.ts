/** The addresses of resources: `lucanto://workspaces` and `lucanto://{workspace_id}/{resource}/{id}`. */

const SCHEME = 'lucanto:';
/** A URL parser follows `.` and `..` to other records than the address seems to name. */
const DOTS = /\/(\.|%2e){1,2}(\/|$)/i;
export const WORKSPACES_URI = `${SCHEME}//workspaces`;

export interface RecordAddress {
  /** As the service writes it, percent-decoded. */
  readonly workspace: string;
  readonly resource: string;
  readonly id: string;
}

/** RFC 6570; with a pinned workspace, that one stands where the variable would. */
export function recordTemplate(resource: string, pinned: string | null): string {
  const workspace = pinned === null ? '{workspace_id}' : encodeURIComponent(pinned);
  return `${SCHEME}//${workspace}/${encodeURIComponent(resource)}/{id}`;
}

/** `workspaces`, the address of a record, or null for anything else. */
export function readAddress(uri: string): 'workspaces' | RecordAddress | null {
  const url = DOTS.test(uri) ? null : parsed(uri);
  // What nobody asked for would be silently dropped: a query, a port, a user.
  if (url === null || url.protocol !== SCHEME || url.search || url.hash || url.port || url.username || url.password) {
    return null;
  }
  try {
    const workspace = decodeURIComponent(url.hostname);
    const [root, resource, id, ...more] = url.pathname.split('/').map(decodeURIComponent);
    if (workspace === 'workspaces' && !resource && id === undefined) return 'workspaces';
    if (root !== '' || !workspace || !resource || !id || more.length > 0) return null;
    return { workspace, resource, id };
  } catch {
    // A `%` that begins no character.
    return null;
  }
}

function parsed(uri: string): URL | null {
  try {
    return new URL(uri);
  } catch {
    return null;
  }
}
