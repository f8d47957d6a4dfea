/** Two faults of each kind; all of them are in faults.slow.test.ts. */
import { describe } from 'vitest';
import { testFaults } from './fault-tests.ts';
import { APP_FAULTS } from './faults/apps.ts';
import { DISK_FAULTS } from './faults/disk.ts';
import { ENTRY_FAULTS } from './faults/entries.ts';
import { NETWORK_FAULTS } from './faults/network.ts';
import { TOKEN_FAULTS } from './faults/token.ts';

describe('The doctor', () => {
  testFaults([TOKEN_FAULTS, NETWORK_FAULTS, DISK_FAULTS, APP_FAULTS, ENTRY_FAULTS].flatMap((kind) => kind.slice(0, 2)));
});
