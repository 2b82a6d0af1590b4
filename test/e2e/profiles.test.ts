import { inOrder } from './inOrder.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';

const stopped = {
  apiVersion: 'kubeflow.org/v1beta1',
  kind: 'Notebook',
  metadata: {
    name: 'speech-model',
    namespace: 'team-speech',
    annotations: { 'kubeflow-resource-stopped': '2026-01-01T00:00:00Z' },
  },
  spec: { template: { spec: { containers: [{ name: 'speech-model', image: 'registry.example/lab/jupyter:1' }] } } },
};

describe('profiles, as the administrator', () => {
  const open = inOrder(() => Session.open('admin'));
  const parts = () => ({ workbench: open.session.workbench, page: open.session.workbench.page });

  it('lists all profiles', async () => {
    const { workbench } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.row('Profile bob').waitFor();
  });

  it('creates profiles from a multi-document YAML of both versions', async () => {
    const { workbench, page } = parts();
    await page.keyboard.press('ControlOrMeta+P');
    await workbench.input.fill('profiles.yaml');
    await workbench.pick('profiles.yaml');
    await workbench.editorTab('profiles.yaml').waitFor();
    await workbench.command('Kubeflow: Apply YAML');
    await shoot(page, 'apply');
    await workbench.row('Profile team-vision').waitFor();
    await workbench.row('Profile team-speech').waitFor();
    await shoot(page, 'profiles');
  });

  it('describes a profile', async () => {
    const { workbench, page } = parts();
    await workbench.menu(workbench.row('Profile team-vision'), 'Describe');
    await workbench.editorTab(/^Describe team-vision/).waitFor();
    await workbench.text.getByText('alice@example.com').first().waitFor();
    await shoot(page, 'describe-profile');
    await workbench.closeEditors();
  });

  it('lets the palette choose a notebook server or a profile to describe, and to delete', async () => {
    const { workbench, page } = parts();
    await open.session.lab.kubectl(['create', '-f', '-'], { input: JSON.stringify(stopped) });
    await workbench.row(/^Profile team-speech, 1/).waitFor();
    const choices = page.locator('.quick-input-widget').getByRole('option');
    for (const command of ['Describe', 'Delete...']) {
      await workbench.command(`Kubeflow: ${command}`);
      await workbench.input.fill('speech');
      await choices.filter({ hasText: 'speech-model' }).waitFor();
      await choices.filter({ hasText: 'bob@example.com' }).waitFor();
      await shoot(page, `palette-${command === 'Describe' ? 'describe' : 'delete'}`);
      await page.keyboard.press('Escape');
      await workbench.input.waitFor({ state: 'hidden' });
    }
    await workbench.command('Kubeflow: Describe');
    await workbench.pick(/^team-speech/);
    await workbench.editorTab(/^Describe team-speech/).waitFor();
    await workbench.closeEditors();
  });

  it('deletes a profile after its name was typed', async () => {
    const { workbench, page } = parts();
    for (const name of ['team-vision', 'team-speech']) {
      const row = workbench.row(`Profile ${name}`);
      await workbench.menu(row, 'Delete...');
      await workbench.input.fill(name);
      await shoot(page, 'delete-profile');
      await workbench.input.press('Enter');
      await row.waitFor({ state: 'detached', timeout: 60_000 });
    }
  });
});
