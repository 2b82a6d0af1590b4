import type { Session } from './session.ts';

/**
 * A journey's steps: each goes on where the last one ended, so the first that fails lets the others be skipped. What was on
 * the screen then is kept.
 * @param open makes the session before the first step
 */
export function inOrder(open: () => Promise<Session>): { readonly session: Session } {
  let session: Session | undefined;
  let broken = false;
  before(async () => {
    session = await open();
  });
  beforeEach(function () {
    if (broken) this.skip();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    broken = true;
    await session?.failed(this.currentTest.title);
  });
  after(() => session?.close());
  return {
    get session() {
      if (!session) throw new Error('the session is open from the first step on');
      return session;
    },
  };
}
