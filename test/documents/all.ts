/** OpenAPI documents in the layouts of public invoicing and payment services, written for this project. */
import { administration } from './administration.ts';
import { connections } from './connections.ts';
import { corners } from './corners.ts';
import { entitySets } from './entity-sets.ts';
import { large } from './large.ts';
import { ledger } from './ledger.ts';
import { fleet, practice } from './many-kinds.ts';
import { openRecords } from './open-records.ts';
import type { TestDocument } from './parts.ts';
import { payments } from './payments.ts';
import { resourceObjects } from './resource-objects.ts';
import { stock } from './stock.ts';
import { wallet } from './wallet.ts';

export const DOCUMENTS: readonly TestDocument[] = [
  payments,
  connections,
  ledger,
  wallet,
  administration,
  stock,
  corners,
  openRecords,
  large,
  resourceObjects,
  entitySets,
  practice,
  fleet,
];
