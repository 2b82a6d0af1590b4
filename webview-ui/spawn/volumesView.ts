/** The workspace and the data volumes. */
import { newVolume } from '../../src/kubeflow/form.ts';
import type { VolumeChoice } from '../../src/kubeflow/form.ts';
import { group, hidden } from './inputs.ts';
import type { Host } from './inputs.ts';
import { ListView } from './listView.ts';
import { VolumeView } from './volumeView.ts';

export class VolumesView {
  readonly rows: HTMLElement[] = [];
  private workspace: VolumeView | undefined;
  private data: ListView<VolumeChoice> | undefined;

  constructor(private readonly host: Host) {
    const { state } = host;
    const { form } = state;
    if (!hidden(host, 'workspace')) {
      const set = (volume: VolumeChoice): void => void (form.workspace = volume);
      const label = state.text('workspace');
      this.workspace = new VolumeView(host, 'workspace', label, form.workspace, set, ['new', 'existing', 'none']);
      this.rows.push(group(label, this.workspace.element));
    }
    if (!hidden(host, 'data')) {
      this.data = this.dataVolumes();
      this.rows.push(group(state.text('dataVolumes'), this.data.element));
    }
  }

  refresh(): void {
    this.workspace?.refresh();
    this.data?.refresh();
  }

  private dataVolumes(): ListView<VolumeChoice> {
    const { state } = this.host;
    return new ListView<VolumeChoice>(this.host, {
      at: 'data',
      field: 'dataVolumes',
      label: state.text('dataVolumes'),
      items: () => state.form.dataVolumes,
      entryLabel: (index) => state.text('dataVolume', { number: index + 1 }),
      entry: (volume, at, label) => {
        const set = (changed: VolumeChoice): void => {
          state.form.dataVolumes[Number(at.slice('data.'.length))] = changed;
        };
        const view = new VolumeView(this.host, at, label, volume, set, ['new', 'existing']);
        return { content: view.element, refresh: () => view.refresh() };
      },
      // Each volume says itself what there is to say of it.
      parts: [],
      titled: true,
      add: [{ label: state.text('add'), make: () => newVolume() }],
      removeLabel: (index) => state.text('remove', { number: index + 1 }),
    });
  }
}
