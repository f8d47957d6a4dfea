/** `lucanto-mcp/1.2.3 (Claude Desktop 0.14.2)`: who is calling, for the service's own logs. */

const MAX_CLIENT_LENGTH = 80;

/** The client names itself, so nothing of it may break out of the header or its comment. */
export function userAgent(version: string, client?: { readonly name: string; readonly version: string }): string {
  const base = `lucanto-mcp/${version}`;
  if (client === undefined) return base;
  const introduced = `${client.name} ${client.version}`
    .replace(/[^\x20-\x7e]|[()\\]/g, '')
    .replace(/ +/g, ' ')
    .slice(0, MAX_CLIENT_LENGTH)
    .trim();
  return introduced === '' ? base : `${base} (${introduced})`;
}
