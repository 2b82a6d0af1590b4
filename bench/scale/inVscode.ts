import type { Lab } from '../../lab/index.ts';
import { withVscode, type Host } from '../host.ts';
import { timed, type Figure } from '../measure.ts';

/**
 * The same in VS Code: what the extension host uses while rows are in sight and the cluster changes.
 * @param change makes the changes; resolves with how many a second there were
 */
export function inVscode(
  lab: Lab,
  o: { profile: string; server: string; count: string; change: () => Promise<number> },
): Promise<Figure[]> {
  return withVscode(lab, 'admin', {}, async ({ workbench }, host) => {
    const profile = workbench.row(`Profile ${o.profile}`);
    const rows = await timed(async () => {
      await workbench.openView('Kubeflow Notebooks');
      await profile.waitFor();
    });
    await workbench.expand(profile);
    await workbench.row(`Notebook server ${o.server}`).waitFor();
    const still = await reading(host, () => new Promise((resolve) => setTimeout(resolve, 10_000)));
    let rate = 0;
    const busy = await reading(host, async () => (rate = await o.change()));
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
  });
}

/** What the extension host's whole process used meanwhile. */
async function reading(host: Host, work: () => Promise<unknown>): Promise<{ share: number; longest: number }> {
  await host.ask('begin');
  await work();
  return host.ask('read');
}
