/** The checks that stand between this computer and the service; without them nothing needs to be asked. */
export const ONLINE: readonly string[] = ['proxy', 'dns', 'tcp', 'tls'];
