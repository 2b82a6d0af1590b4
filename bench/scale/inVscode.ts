import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import { Session } from '../../test/e2e/session.ts';
import { timed, type Figure } from '../measure.ts';
import { packDirect } from '../packDirect.ts';

/**
 * The same in VS Code: what the extension host uses while rows are in sight and the cluster changes.
 * @param change makes the changes; resolves with how many a second there were
 */
export async function inVscode(
  lab: Lab,
  o: { profile: string; server: string; count: string; change: () => Promise<number> },
): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeflow-bench-'));
  const session = await Session.open('admin', { lab, extensions: [await packDirect(folder)] });
  try {
    const { workbench } = session;
    await workbench.command('Bench: Ready');
    await workbench.notification('The extension host is up').waitFor();
    const profile = workbench.row(`Profile ${o.profile}`);
    const rows = await timed(async () => {
      await workbench.openView('Kubeflow Notebooks');
      await profile.waitFor();
    });
    await workbench.expand(profile);
    await workbench.row(`Notebook server ${o.server}`).waitFor();
    const still = await reading(session, () => new Promise((resolve) => setTimeout(resolve, 10_000)));
    let rate = 0;
    const busy = await reading(session, async () => (rate = await o.change()));
    return [
      { what: `${o.count} servers in VS Code: view opened to first rows, with activation`, value: rows, unit: 'ms' },
      {
        what: `its extension host at ${rate.toFixed(0)} changes a second for a minute: of one core`,
        value: busy.share,
        unit: '%',
        peer: { name: 'without changes', value: still.share },
        budget: { value: 30, of: 'value' },
      },
      {
        what: 'the longest that its event loop was held',
        value: busy.longest,
        unit: 'ms',
        peer: { name: 'without changes', value: still.longest },
        budget: { value: 50, of: 'value' },
      },
    ];
  } finally {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the extension host's whole process used meanwhile. */
async function reading(
  { workbench }: Session,
  work: () => Promise<unknown>,
): Promise<{ share: number; longest: number }> {
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.command('Bench: Begin');
  await work();
  await workbench.command('Bench: Tell');
  const said = await workbench.notification(/^Host: /).innerText();
  const [, share, longest] = /Host: ([\d.]+) % of a core, ([\d.]+) ms/.exec(said) ?? [];
  if (!share || !longest) throw new Error(`the extension host says: ${said}`);
  return { share: Number(share), longest: Number(longest) };
}
