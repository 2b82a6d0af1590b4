/** Offers to finish or discard launches that the end of a window, or of a connection, has cut short. */
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { KubeError } from '../k8s/errors.ts';
import { Disposables } from '../k8s/events.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import type { LaunchEntry } from '../kubeflow/launch/entry.ts';
import type { LaunchJournal } from '../kubeflow/launch/journal.ts';
import { discard, findUnfinished, finish } from '../kubeflow/launch/unfinished.ts';
import type { Settled, Unfinished } from '../kubeflow/launch/unfinished.ts';
import type { Session, Sessions } from '../kubeflow/sessions.ts';
import { tell } from './report.ts';
import { explain, Told } from './words.ts';
import { leftWords, unfinishedWords } from './words/launch.ts';

export interface UnfinishedLaunchesOptions {
  sessions: Sessions;
  journal: LaunchJournal;
  /** A launch that was cut short is finished: its server stands. */
  finished: (launch: Pick<LaunchEntry, 'context' | 'namespace' | 'name'>) => Promise<void>;
  logger: Logger;
  report: (error: unknown) => void;
}

/** ms until the next look, where there may be more to find. */
const againMs = 15_000;

/**
 * Looks into the journal when a context answers for the first time: who looks at none is asked nothing. Goes on looking for
 * as long as there may be more to find: a window that works on a launch may be gone before it is over, as this one's
 * predecessor, which has not quite gone yet.
 */
export class UnfinishedLaunches implements Disposable {
  private readonly things = new Disposables();
  private readonly watched = new WeakSet<Session['inventory']>();
  /** By launch: once in a window. */
  private readonly offered = new Set<string>();
  /** Launches of which it was logged that nobody knows what stands. */
  private readonly unknown = new Set<string>();
  private disposed = false;

  constructor(private readonly o: UnfinishedLaunchesOptions) {
    this.things.add(o.sessions.onDidMake((session) => this.watch(session)));
    for (const session of o.sessions.made) this.watch(session);
  }

  dispose(): void {
    this.disposed = true;
    this.things.dispose();
  }

  private watch(session: Session): void {
    const { inventory } = session;
    if (this.watched.has(inventory)) return;
    this.watched.add(inventory);
    const look = (): void => {
      if (inventory.view.state.kind !== 'live') return;
      listener.dispose();
      this.offerWhatComes(session).catch((error: unknown) => {
        // They stay in the journal: the next window looks again.
        this.o.logger.warn(`The unfinished launches on ${session.context.name} are not known: ${String(error)}`);
      });
    };
    const listener = this.things.add(inventory.onDidChange(look));
    look();
  }

  private async offerWhatComes(session: Session): Promise<void> {
    while (await this.offerAll(session)) {
      await pause(againMs, undefined, { ref: false });
      if (this.disposed || !this.o.sessions.made.some(({ inventory }) => inventory === session.inventory)) return;
    }
  }

  /** @returns whether there may be more to find later */
  private async offerAll(session: Session): Promise<boolean> {
    let isOpen = false;
    const onOpen = (): void => void (isOpen = true);
    const onUnknown = ({ id, namespace, name }: LaunchEntry, problem: KubeError): void => {
      // What is forbidden stays so; what is not answered may be answered next time.
      if (problem.code !== 'Forbidden') isOpen = true;
      if (this.unknown.has(id)) return;
      this.unknown.add(id);
      this.o.logger.warn(`What stands of the launch of ${namespace}/${name} is not known: ${String(problem)}`);
    };
    const options = { onUnknown, onOpen, known: this.offered };
    for (const found of await findUnfinished(session.cluster, this.o.journal, options)) {
      this.offered.add(found.entry.id);
      // A message that nobody answers keeps no other one back.
      this.offer(session, found).catch(this.o.report);
    }
    return isOpen;
  }

  private async offer(session: Session, found: Unfinished): Promise<void> {
    const { t } = vscode.l10n;
    const [finishing, discarding] = [t('Finish'), t('Discard')];
    const buttons = found.canFinish ? [finishing, discarding] : [discarding];
    const chosen = await vscode.window.showWarningMessage(unfinishedWords(t, found), ...buttons);
    if (chosen === finishing) await this.finish(session, found);
    else if (chosen === discarding) await this.discard(session, found);
  }

  private async finish({ cluster }: Session, found: Unfinished): Promise<void> {
    const { t } = vscode.l10n;
    const values = await this.askValues(found);
    if (!values) return;
    const { name } = found.entry;
    const onStep = (): void => undefined;
    const end = await finish(cluster, this.o.journal, found, { onStep, values });
    this.say(found, end, t('The launch of {0} is finished.', name));
    if (end === 'done') await this.o.finished(found.entry);
  }

  private async discard({ cluster }: Session, found: Unfinished): Promise<void> {
    const { t } = vscode.l10n;
    const end = await discard(cluster, this.o.journal, found, { onStep: () => undefined });
    const { name, edit } = found.entry;
    const said = edit
      ? t('The volumes that no server uses are removed.')
      : t('What there was of {0} is removed.', name);
    this.say(found, end, said);
  }

  private say({ entry }: Unfinished, end: Settled, done: string): void {
    const { t } = vscode.l10n;
    if (end === 'done') return tell(done, this.o.logger);
    if (end === 'elsewhere') return tell(t('Another window deals with the launch of {0}.', entry.name), this.o.logger);
    const why = end.problem && explain(t, end.problem, { context: entry.context }).text;
    const left = end.left.length > 0 ? leftWords(t, end.left, entry.context) : undefined;
    this.o.report(new Told([why, left].filter((one) => one !== undefined).join(' ')));
  }

  /** Values are in no journal, so the user is asked; undefined when they think better of it. */
  private async askValues({ entry, ask }: Unfinished): Promise<string[] | undefined> {
    const { t } = vscode.l10n;
    const values: string[] = [];
    for (const [index, { variable }] of ask.entries()) {
      const value = await vscode.window.showInputBox({
        title: t('Finish the launch of {0} ({1} of {2})', entry.name, index + 1, ask.length),
        prompt: t('The value of the environment variable {0}. Values are not kept, so it is needed again.', variable),
        password: true,
        ignoreFocusOut: true,
      });
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  }
}
