import type { ServerRef } from '../../src/editor/address.ts';
import type { Session } from '../../test/e2e/session.ts';
import type { Host } from '../host.ts';
import type { BenchServer } from '../server.ts';

/** What the measurements in one VS Code share. */
export interface Room {
  session: Session;
  host: Host;
  server: BenchServer;
  ref: ServerRef;
  say: (line: string) => void;
}
