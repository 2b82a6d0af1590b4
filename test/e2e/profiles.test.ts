import { inOrder } from './inOrder.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';

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
    await workbench.menu(workbench.row('Profile team-vision'), 'Describe Profile');
    await workbench.editorTab(/^Describe team-vision/).waitFor();
    await workbench.text.getByText('alice@example.com').first().waitFor();
    await shoot(page, 'describe-profile');
  });

  it('deletes a profile after its name was typed', async () => {
    const { workbench, page } = parts();
    for (const name of ['team-vision', 'team-speech']) {
      const row = workbench.row(`Profile ${name}`);
      await workbench.menu(row, 'Delete Profile');
      await workbench.input.fill(name);
      await shoot(page, 'delete-profile');
      await page.keyboard.press('Enter');
      await row.waitFor({ state: 'detached', timeout: 60_000 });
    }
  });
});
