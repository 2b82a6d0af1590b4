/** The list of templates: shown at once, and filled in as files and the cluster are read. */
import * as vscode from 'vscode';
import type { FormPlace } from '../formPlace.ts';
import { templateGroups } from './templateItems.ts';
import type { RowAction, TemplateRow, TemplateSources } from './templateItems.ts';
import type { TemplateStore } from './templateStore.ts';

export type TemplateChoice =
  { do: 'launch'; row: TemplateRow } | { do: RowAction; row: TemplateRow } | { do: 'place' } | { do: 'trust' };

type Item = vscode.QuickPickItem & { row?: TemplateRow };

export interface TemplatePickOptions {
  store: TemplateStore;
  place: FormPlace;
  context: string;
  /** Where it is known by now. */
  namespace: () => string | undefined;
  report: (error: unknown) => void;
}

/** Lets the user choose a template, or something to do with one; undefined when they think better of it. */
export async function pickTemplate(o: TemplatePickOptions): Promise<TemplateChoice | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<Item>();
  const changePlace: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('arrow-swap'),
    tooltip: t('Choose Another Profile'),
  };
  const look = looks(t);
  let sources: TemplateSources | undefined;
  let shown = '';
  const draw = (): void => {
    const namespace = o.namespace();
    const { options, problem, notice } = o.place.view;
    const { settled } = o.place;
    pick.title =
      namespace === undefined
        ? t('New notebook server on {0}', o.context)
        : t('New notebook server in {0} on {1}', namespace, o.context);
    pick.placeholder =
      problem ?? notice?.text ?? t('Choose a template: Enter launches it, the pencil opens the form with it');
    pick.busy = !sources || (!settled && problem === undefined);
    if (!sources) return;
    const groups = templateGroups(t, sources, options, { namespace: namespace ?? '', settled });
    const drawn = JSON.stringify(groups);
    if (drawn === shown) return;
    shown = drawn;
    const active = pick.activeItems[0]?.row?.id;
    pick.keepScrollPosition = true;
    pick.items = groups.flatMap(({ title, rows }): Item[] => [
      { label: title, kind: vscode.QuickPickItemKind.Separator },
      ...rows.map((row) => ({
        row,
        label: row.label,
        description: row.description,
        detail: row.detail,
        buttons: row.actions.map((action) => look[action]),
      })),
    ]);
    const again = pick.items.find(({ row }) => row !== undefined && row.id === active);
    if (again) pick.activeItems = [again];
  };
  let reading: Promise<void> | undefined;
  /** Many files may change at once; the last reading is of all of them. */
  const read = (): void => {
    const mine: Promise<void> = o.store
      .read()
      .then((found) => {
        if (reading !== mine) return;
        sources = found;
        draw();
      })
      .catch(o.report);
    reading = mine;
  };
  const held = [o.store.watch(read), o.place.onDidChange(draw), pick];
  pick.buttons = [changePlace];
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  draw();
  read();
  try {
    return await new Promise<TemplateChoice | undefined>((resolve) => {
      pick.onDidHide(() => resolve(undefined));
      pick.onDidTriggerButton(() => resolve({ do: 'place' }));
      pick.onDidTriggerItemButton(({ item, button }) => {
        const action = (Object.keys(look) as RowAction[]).find((one) => look[one] === button);
        if (item.row && action) resolve({ do: action, row: item.row });
      });
      pick.onDidAccept(() => {
        const row = pick.activeItems[0]?.row;
        if (row?.trust) resolve({ do: 'trust' });
        else if (row?.template) resolve({ do: 'launch', row });
        else if (row?.file) resolve({ do: 'file', row });
      });
      pick.show();
    });
  } finally {
    for (const one of held) one.dispose();
  }
}

function looks(t: typeof vscode.l10n.t): Record<RowAction, vscode.QuickInputButton> {
  return {
    form: { iconPath: new vscode.ThemeIcon('edit'), tooltip: t('Open Form') },
    file: { iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: t('Open File') },
    delete: { iconPath: new vscode.ThemeIcon('trash'), tooltip: t('Delete') },
  };
}
