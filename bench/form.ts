import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../lab/index.ts';
import { bundle } from './form/bundle.ts';
import { firstCells } from './form/firstCells.ts';
import { FormInVscode } from './form/forms.ts';
import { openings } from './form/openings.ts';
import { withVscode } from './host.ts';
import type { Figure } from './measure.ts';

/** The form of a new notebook server, from the command that opens it to the first cell of what it launched. */
export async function form(lab: Lab, say: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeflow-bench-form-'));
  const configFile = join(folder, 'spawner_ui_config.yaml');
  await writeFile(configFile, 'spawnerFormDefaults: {}\n');
  const machineSettings = { 'kubeflow.form.configFile': configFile };
  try {
    const kubeconfig = lab.kubeconfig('alice', { at: 'remote' });
    return await withVscode(lab, 'alice', { kubeconfig, machineSettings }, async (session, host) => {
      await session.workbench.openView('Kubeflow Notebooks');
      await session.workbench.row('Profile alice').waitFor();
      const forms = await FormInVscode.both(session, host);
      // First, as the volumes of the other measurement would wait for their first user for ever.
      const cells = await firstCells(forms.ours, { lab, session, say });
      return [...(await openings(forms, { lab, configFile, say })), ...cells, ...(await bundle())];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
