import type { CommandId } from '../commandIds.ts';

/** `vscode.l10n.t`, as a parameter: the words need no VS Code to be tested. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** The English original with its placeholders filled in, as `vscode.l10n.t` does it without a language pack. */
export const inEnglish: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));

/** The one remedy that stands on a button. Commands of VS Code's own are allowed, for settings and the like. */
export interface Remedy {
  title: string;
  command: CommandId | `workbench.${string}` | 'extension.open';
  args?: unknown[];
}

/** What the product says about one situation: a sentence or two, and one remedy at most. */
export interface Said {
  text: string;
  action?: Remedy;
}
