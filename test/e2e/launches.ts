import type { FrameLocator, Locator } from 'playwright-core';
import type { Lab } from '../../lab/index.ts';
import type { Workbench } from './workbench.ts';

/** What a launch that makes a workspace and a data volume makes in alice's profile, besides what follows from it. */
export function wholeSetOf(name: string): string[] {
  return [
    `notebook.kubeflow.org/${name}`,
    `persistentvolumeclaim/${name}-datavol-1`,
    `persistentvolumeclaim/${name}-workspace`,
  ];
}

/** The notebook servers and volumes in alice's profile that are not on their way out. */
export async function allStanding(lab: Lab): Promise<string[]> {
  const columns = 'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.deletionTimestamp}{"\\n"}{end}';
  const lines = (await lab.kubectl(['-n', 'alice', 'get', 'notebooks,pvc', '-o', columns])).split('\n');
  return lines.flatMap((line) => {
    const [kind, object, deleted] = line.trim().split(/\s+/);
    if (!kind || deleted) return [];
    return `${kind === 'Notebook' ? 'notebook.kubeflow.org' : kind.toLowerCase()}/${object}`;
  });
}

/** What stands of a launch now. */
export async function standing(lab: Lab, name: string): Promise<string[]> {
  const there = await allStanding(lab);
  return wholeSetOf(name).filter((one) => there.includes(one));
}

/** Waits until nothing of a launch is left in the cluster, its pod included. */
export async function nothingLeft(lab: Lab, name: string): Promise<void> {
  await lab.kubectl(['-n', 'alice', 'wait', '--for=delete', `pod/${name}-0`, ...wholeSetOf(name), '--timeout=90s']);
}

/** The form, filled in for a server with a workspace and a data volume, and its list once it is launched. */
export class LaunchForm {
  constructor(private readonly workbench: Workbench) {}

  get inside(): FrameLocator {
    return this.workbench.webview;
  }

  async fill(name: string, o: { image?: string; variable?: [string, string] } = {}): Promise<void> {
    const { workbench, inside } = this;
    // What was said of an earlier launch would cover the buttons.
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.viewAction('New Notebook Server');
    await inside.getByText('Ready to launch.').waitFor();
    await this.field('Name').fill(name);
    if (o.image) {
      const custom = inside.getByRole('checkbox', { name: 'Custom image' });
      if (!(await custom.isChecked())) await custom.click();
      await inside.getByRole('textbox', { name: 'Custom image' }).fill(o.image);
    }
    // A form that was begun in a window that is gone may be there again, with its data volume.
    const volume = inside.getByRole('button', { name: 'Remove data volume 1' });
    if (!(await volume.isVisible())) await inside.getByRole('button', { name: 'Add Data Volume' }).click();
    await volume.waitFor();
    if (o.variable) {
      const environment = inside.locator('summary', { hasText: 'Environment' });
      await environment.focus();
      await environment.press('Enter');
      await inside.getByRole('button', { name: 'Add Variable' }).click();
      await inside.getByRole('textbox', { name: 'Variable 1: Name' }).fill(o.variable[0]);
      await inside.getByRole('textbox', { name: 'Variable 1: Value' }).fill(o.variable[1]);
    }
    await inside.getByText('Ready to launch.').waitFor();
  }

  async launch(name: string): Promise<void> {
    await this.button('Launch').click();
    await this.inside.getByRole('heading', { name: `Launching ${name}` }).waitFor();
  }

  field(label: string): Locator {
    return this.inside.getByRole('textbox', { name: label, exact: true });
  }

  button(label: string): Locator {
    return this.inside.getByRole('button', { name: label, exact: true });
  }

  /** A line of the list of a launch, in a state as a screen reader tells it. */
  line(text: string | RegExp, state?: 'Running' | 'Done' | 'Failed' | 'Waiting'): Locator {
    const lines = this.inside.locator('ol.steps > li').filter({ hasText: text });
    return state === undefined ? lines : lines.filter({ hasText: `${state}:` });
  }

  /** What the lines say, from the first to the last. */
  async lines(): Promise<string[]> {
    return (await this.inside.locator('ol.steps > li .step > span:not(.for-readers)').allTextContents()).map((text) =>
      text.trim(),
    );
  }
}
