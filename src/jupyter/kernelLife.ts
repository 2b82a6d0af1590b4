import type { Disposable } from '../k8s/events.ts';
import type { JupyterProblem, KernelEndReason } from './errors.ts';
import type { ChannelEnd } from './kernelChannel.ts';
import { ContainerEnds, uidOf, type Target } from './target.ts';

/** A kernel that says that it ends and is then heard of no more. */
const shutDownPatienceMs = 5000;

/** Whether a kernel can still be alive, as its pod and the last words of Jupyter tell it; and why not. */
export class KernelLife implements Disposable {
  private podUid: string | undefined;
  private readonly containerEnds: ContainerEnds;
  private shutDownTimer: NodeJS.Timeout | undefined;
  private readonly watch: Disposable;

  /** @param over the kernel is gone for good, with the reason */
  constructor(
    private readonly target: Target,
    private readonly over: (reason: KernelEndReason) => void,
  ) {
    this.podUid = uidOf(target);
    this.containerEnds = new ContainerEnds(target);
    this.watch = target.onDidChange(() => this.follow());
  }

  /** The kernel was reached: it lives in the pod that is there now. */
  reached(): void {
    this.podUid = uidOf(this.target) ?? this.podUid;
  }

  /** Somebody shut it down, or Jupyter itself ends. Which of the two shows in what comes next. */
  shutDownTold(): void {
    this.shutDownTimer ??= setTimeout(() => this.over('shutDown'), shutDownPatienceMs);
  }

  /** What it means that the channel came to its end. */
  reasonOf(end: ChannelEnd): KernelEndReason {
    if (end === 'noWebSockets') return end;
    const otherwise = end === 'serverStopped' ? 'serverStopped' : this.shutDownTimer ? 'shutDown' : 'serverRestarted';
    return this.containerEnds.last ?? otherwise;
  }

  /** The end as data, for the cells that ran. */
  ended(reason: KernelEndReason): JupyterProblem {
    return { code: 'KernelEnded', server: this.target.server, reason };
  }

  /** The kernel's process is gone, as far as is known by itself. */
  died(): JupyterProblem {
    return this.ended(this.containerEnds.last ?? 'died');
  }

  dispose(): void {
    clearTimeout(this.shutDownTimer);
    this.watch.dispose();
  }

  private follow(): void {
    const current = this.target.current();
    if (current.kind === 'ready') {
      if (this.podUid !== undefined && current.pod.uid !== this.podUid)
        this.over(this.containerEnds.last ?? 'serverRestarted');
    } else if (current.why === 'stopped' || current.why === 'deleted') this.over(this.reasonOf('serverStopped'));
    // The container that the kernel ran in has ended or is being ended.
    else if (current.why !== 'unknown' && this.podUid !== undefined)
      this.over(this.containerEnds.last ?? 'serverRestarted');
  }
}
