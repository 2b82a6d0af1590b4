import assert from 'node:assert/strict';
import { inOrder } from './inOrder.ts';
import { LaunchForm, nothingLeft, standing, wholeSetOf } from './launches.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

/** An image that no node has yet, and that takes twenty seconds to pull. */
const tag = `slow-pull:${Date.now()}`;
const slow = `registry.example/lab/${tag}`;
const claims = '/persistentvolumeclaims$';
const notebooks = '/notebooks$';
const themes = [
  ['Light Modern', 'light'],
  ['Dark High Contrast', 'high-contrast'],
  ['Dark Modern', 'dark'],
] as const;

describe('a launch, as alice', () => {
  const open = inOrder(() => Session.open('alice', { at: 'proxy' }));
  const parts = () => {
    const { workbench, lab } = open.session;
    return { workbench, lab, page: workbench.page, form: new LaunchForm(workbench) };
  };
  const inAllThemes = async (shot: string) => {
    const { workbench, page, form } = parts();
    for (const [label, theme] of themes) {
      await workbench.theme(label);
      assert.deepEqual(await clipped(form.inside.locator('main')), []);
      await shoot(page, `${shot}-${theme}`);
    }
  };
  const quota = (hard: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'most', namespace: 'alice' },
    spec: { hard },
  });
  /** A quota that appears once the check has passed and one object has been made, and holds from then on. */
  const quotaComesAt = async (path: string, hard: Record<string, string>, launching: () => Promise<void>) => {
    const { lab } = parts();
    await lab.proxy.set({ match: { method: 'POST', path }, do: { kind: 'silence' }, times: 1 });
    await launching();
    await lab.kubectl(['create', '-f', '-'], { input: JSON.stringify(quota(hard)) });
    // Before its controller has counted, a quota allows nothing at all.
    const counted = ['resourcequota/most', '--for=jsonpath={.status.used}', '--timeout=60s'];
    await lab.kubectl(['-n', 'alice', 'wait', ...counted]);
    await lab.proxy.clear();
  };
  after(async () => {
    const { lab } = open.session;
    await lab.proxy.clear();
    await lab.kubectl(['-n', 'alice', 'delete', 'resourcequota', 'most', '--ignore-not-found']);
    await lab.kubectl(['-n', 'alice', 'delete', 'notebooks,pvc', '--all', '--wait=false']);
  });

  it('is undone by Cancel while its objects are being made, each object named', async () => {
    const { workbench, lab, page, form } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await form.fill('early');
    // The API server has made it, and its answer is on the way: a step that nobody can break off.
    await lab.proxy.set({ match: { method: 'POST', path: notebooks }, do: { kind: 'silence' }, times: 1 });
    await form.launch('early');
    await form.line('Create the notebook server early', 'Running').waitFor();
    await form.button('Cancel').click();
    await form.inside.getByText('Cancelling: what was made is removed.').waitFor();
    await shoot(page, 'launch-cancelling');
    await lab.proxy.clear();
    await form.inside.getByText('Cancelled.').waitFor();
    for (const object of ['early', 'early-datavol-1', 'early-workspace'])
      await form.line(new RegExp(`Removed ${object} again`), 'Done').waitFor();
    await shoot(page, 'launch-cancelled');
    await nothingLeft(lab, 'early');
  });

  it('is undone by Cancel while its server starts, and leads back to the form as it was', async () => {
    const { lab, form } = parts();
    await form.button('Back to Form').click();
    assert.equal(await form.field('Name').inputValue(), 'early');
    await form.field('Name').fill('late');
    await form.inside.getByRole('checkbox', { name: 'Custom image' }).click();
    await form.field('Custom image').fill(slow);
    await form.launch('late');
    await form.line(`Pulling ${tag}`, 'Running').waitFor();
    assert.deepEqual(await standing(lab, 'late'), wholeSetOf('late'));
    await form.button('Cancel').click();
    await form.inside.getByText('Cancelled.').waitFor();
    for (const object of ['late', 'late-datavol-1', 'late-workspace'])
      await form.line(new RegExp(`Removed ${object} again`), 'Done').waitFor();
    await nothingLeft(lab, 'late');
    await form.button('Back to Form').click();
    assert.equal(await form.field('Name').inputValue(), 'late');
    assert.equal(await form.field('Custom image').inputValue(), slow);
    await form.inside.getByRole('button', { name: 'Remove data volume 1' }).waitFor();
  });

  it('tells of new volumes, the node, the image and the program, each when it is so, and offers Connect', async () => {
    const { workbench, lab, page, form } = parts();
    await form.field('Name').fill('whole');
    await form.launch('whole');
    await form.line('The volumes whole-workspace and whole-datavol-1 are bound', 'Done').waitFor();
    const volumes = ['whole-workspace', 'whole-datavol-1'];
    const bound = await lab.kubectl([
      ...['-n', 'alice', 'get', 'pvc', ...volumes, '-o'],
      'jsonpath={.items[*].status.phase}',
    ]);
    assert.equal(bound, 'Bound Bound');
    const scheduled = await form.line('Scheduled on', 'Done').textContent();
    const node = await lab.kubectl(['-n', 'alice', 'get', 'pod', 'whole-0', '-o', 'jsonpath={.spec.nodeName}']);
    assert.ok(node !== '' && scheduled?.includes(`Scheduled on ${node}`), `${scheduled} is said, ${node} is true`);
    await form.line(`Pulling ${tag}`, 'Running').waitFor();
    assert.ok(!(await form.button('Connect').isVisible()));
    await shoot(page, 'launch-pulling');
    await form.line(`Pulled ${tag}`, 'Done').waitFor();
    await form.line('Jupyter answers', 'Done').waitFor({ timeout: 90_000 });
    await form.inside.getByText('The notebook server is running.').waitFor();
    const whole = [
      'Checked by the cluster',
      'Created the volume whole-workspace',
      'Created the volume whole-datavol-1',
      'Created the notebook server whole',
      'The volumes whole-workspace and whole-datavol-1 are bound',
      `Scheduled on ${node}`,
      `Pulled ${tag}`,
      'Jupyter answers',
    ];
    const told = await form.lines();
    assert.deepEqual(
      told.filter((line) => whole.includes(line)),
      whole,
    );
    // What lasts for a second leaves a line, too, but for what ends as another.
    const others = told.filter((line) => !whole.includes(line));
    assert.ok(!others.some((line) => /node|pull|answer/i.test(line)), others.join(', '));
    await inAllThemes('launch-ready');
    await form.button('Connect').click();
    await workbench.pick('New notebook...');
    await page.locator('.notebook-editor').first().waitFor();
    await workbench.closeEditors();
  });

  it('says what cannot be had and what to do, where its server cannot start', async () => {
    const { lab, form } = parts();
    await form.fill('imageless', { image: 'ghcr.io/acme/nothing:1' });
    await form.launch('imageless');
    const line = form.line('Image not found', 'Failed');
    await line.getByText('The image ghcr.io/acme/nothing:1 does not exist').waitFor();
    await inAllThemes('launch-failing');
    await form.button('Cancel').click();
    await form.inside.getByText('Cancelled.').waitFor();
    await nothingLeft(lab, 'imageless');
    await form.button('Close').click();
  });

  it('that is refused half way leaves no volume behind, and the reason stands at its field of the form as it was', async () => {
    const { lab, form } = parts();
    await form.fill('refused', { image: 'registry.example/lab/jupyter:1' });
    await quotaComesAt(claims, { 'count/notebooks.kubeflow.org': '1' }, async () => {
      await form.launch('refused');
      await form.line('Create the volume refused-workspace', 'Running').waitFor();
    });
    const why = 'The quota most does not allow it: 1 of 1 notebooks are used, and this asks for 1.';
    await form.line('Create the notebook server refused', 'Failed').getByText(why).waitFor();
    for (const object of ['refused-datavol-1', 'refused-workspace'])
      await form.line(`Removed ${object} again`, 'Done').waitFor();
    await inAllThemes('launch-refused');
    await nothingLeft(lab, 'refused');
    await form.button('Back to Form').click();
    const name = form.field('Name');
    assert.equal(await name.inputValue(), 'refused');
    assert.ok((await name.getAttribute('aria-description'))?.includes(why), 'the reason stands at the name');
    await form.inside.getByText(why).first().waitFor();
    await form.inside.getByRole('button', { name: 'Remove data volume 1' }).waitFor();
    await inAllThemes('launch-refused-form');
  });

  it('can be tried again once nothing stands in its way', async () => {
    const { workbench, lab, form } = parts();
    await lab.kubectl(['-n', 'alice', 'delete', 'resourcequota', 'most']);
    // What the form itself says of the quota stands in the way until it has seen the quota go.
    await form.inside.getByText(/0 of 1 left/).waitFor({ state: 'detached' });
    await form.launch('refused');
    await workbench.row(/^Notebook server refused/).waitFor();
    await form.line('Jupyter answers', 'Done').waitFor({ timeout: 90_000 });
    assert.deepEqual(await standing(lab, 'refused'), wholeSetOf('refused'));
  });
});
