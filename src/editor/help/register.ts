import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../k8s/events.ts';
import { cells, type KernelOfCell } from './cells.ts';
import { completionTriggers, KernelCompletions } from './completions.ts';
import { KernelHovers, KernelSignatures } from './inspections.ts';

/** Completions, hovers and signatures from the kernels that run, beside those of language extensions. */
export function registerKernelHelp(kernelOf: KernelOfCell): Disposable {
  const all = new Disposables();
  const completions = new KernelCompletions(kernelOf);
  all.add(vscode.languages.registerCompletionItemProvider(cells, completions, ...completionTriggers));
  all.add(vscode.languages.registerHoverProvider(cells, new KernelHovers(kernelOf)));
  all.add(vscode.languages.registerSignatureHelpProvider(cells, new KernelSignatures(kernelOf), '(', ','));
  return all;
}
