import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inOrder } from './inOrder.ts';
import { LaunchForm, nothingLeft, standing, wholeSetOf } from './launches.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';
import { Workbench } from './workbench.ts';

const notebooks = '/notebooks$';
const secret = 'a-value-of-alice';
/** Longer than anybody waits: the request never reaches the cluster, as its sender is gone by then. */
const never = { kind: 'delay', ms: 3_600_000 } as const;
const patienceMs = 120_000;

describe('a launch whose window ends half way, as alice', function () {
  this.timeout(2 * patienceMs);
  const open = inOrder(() => Session.open('alice', { at: 'proxy' }));
  const parts = () => {
    const { workbench, lab } = open.session;
    return { workbench, lab, page: workbench.page, form: new LaunchForm(workbench) };
  };
  const journal = () => join(open.session.globalStorage, 'launches');
  /** Launches, and comes to a halt before the Notebook is made: two volumes stand. */
  const halfway = async (name: string, o: Parameters<LaunchForm['fill']>[1] = {}) => {
    const { lab, form } = parts();
    await form.fill(name, o);
    await lab.proxy.set({ match: { method: 'POST', path: notebooks }, do: never });
    await form.launch(name);
    await form.line(`Create the notebook server ${name}`, 'Running').waitFor();
    assert.deepEqual((await standing(lab, name)).length, 2);
  };
  const offer = (name: string, { workbench }: Pick<Session, 'workbench'> = open.session) => {
    const said = `The launch of ${name} in alice on kubeflow-lab did not come to its end. ${name}-workspace and ${name}-datavol-1 are there.`;
    return workbench.notification(said);
  };
  /** In the notification center: the message itself goes there after a while. */
  const choose = async (button: 'Finish' | 'Discard', { workbench }: Pick<Session, 'workbench'> = open.session) => {
    await workbench.command('Notifications: Show Notifications');
    await workbench.page.locator('.notifications-center').getByRole('button', { name: button, exact: true }).click();
  };
  after(async () => {
    const { lab } = open.session;
    await lab.proxy.clear();
    await lab.kubectl(['-n', 'alice', 'delete', 'notebooks,pvc', '--all', '--wait=false']);
  });

  it('is offered by the next window when the extension host was killed', async () => {
    const { workbench, page, lab } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await halfway('killed', { variable: ['GREETING', secret] });
    const [lease = ''] = readdirSync(journal()).filter((file) => file.endsWith('.lease'));
    const { pid } = JSON.parse(readFileSync(join(journal(), lease), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await lab.proxy.clear();
    await page.reload({ waitUntil: 'commit' });
    await offer('killed').waitFor({ timeout: patienceMs });
  });

  for (const [label, theme] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`the offer can be read in ${label}`, async () => {
      const { workbench, page } = parts();
      await workbench.theme(label);
      await workbench.command('Notifications: Show Notifications');
      await offer('killed').waitFor();
      await shoot(page, `launch-offer-${theme}`);
    });
  }

  it('is finished by Finish, which asks for the values that were not kept', async () => {
    const { workbench, page, lab } = parts();
    for (const file of readdirSync(journal()))
      assert.ok(!readFileSync(join(journal(), file), 'utf8').includes(secret), file);
    await choose('Finish');
    await page.getByText('The value of the environment variable GREETING.').waitFor();
    await shoot(page, 'launch-offer-value');
    await workbench.enter(secret);
    await workbench.notification('The launch of killed is finished.').waitFor();
    assert.deepEqual(await standing(lab, 'killed'), wholeSetOf('killed'));
    const value = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="GREETING")].value}';
    assert.equal(await lab.kubectl(['-n', 'alice', 'get', 'notebook', 'killed', '-o', value]), secret);
    assert.deepEqual(readdirSync(journal()), []);
    await workbench.row(/^Notebook server killed, Running/).waitFor({ timeout: patienceMs });
  });

  it('is offered by the next window when the window was closed', async () => {
    const { workbench, page, lab } = parts();
    await halfway('closed');
    const url = page.url();
    await page.goto('about:blank');
    await lab.proxy.clear();
    await page.goto(url, { waitUntil: 'commit' });
    await workbench.openView('Kubeflow Notebooks');
    await offer('closed').waitFor({ timeout: patienceMs });
  });

  it('leaves nothing after Discard', async () => {
    const { workbench, page, lab } = parts();
    await choose('Discard');
    await workbench.notification('What there was of closed is removed.').waitFor();
    await shoot(page, 'launch-discarded');
    await nothingLeft(lab, 'closed');
    assert.deepEqual(readdirSync(journal()), []);
    assert.deepEqual(await standing(lab, 'killed'), wholeSetOf('killed'));
  });

  it('is offered by a window that was open all the while when the one that launched was closed', async () => {
    const { page, lab } = parts();
    await halfway('alone');
    const other = await Workbench.openIn(page.context(), page.url());
    await other.openView('Kubeflow Notebooks');
    await other.row(/^Notebook server killed/).waitFor();
    await page.goto('about:blank');
    await lab.proxy.clear();
    await offer('alone', { workbench: other }).waitFor({ timeout: patienceMs });
    await choose('Discard', { workbench: other });
    await other.notification('What there was of alone is removed.').waitFor();
    await nothingLeft(lab, 'alone');
  });
});
