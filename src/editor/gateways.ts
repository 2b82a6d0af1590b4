import * as vscode from 'vscode';
import { Gateway } from '../jupyter/gateway.ts';
import type { Tunnel } from '../jupyter/tunnel.ts';
import type { Disposable } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { serverKey, type ServerRef } from './address.ts';
import type { Connections } from './connections.ts';

/** Opens notebook servers in the user's browser: one gateway for each, which stays until the window closes. */
export class Gateways implements Disposable {
  private readonly all = new Map<string, { gateway: Gateway; tunnel: Tunnel }>();

  constructor(
    private readonly o: {
      connections: Connections;
      /** An error as one sentence for the user. */
      explain: (error: unknown) => string;
      logger: Logger;
    },
  ) {}

  /**
   * Opens a server in the browser, by a link that counts once. VS Code knows how the user's browser reaches this computer,
   * which may be another one (Remote-SSH, VS Code in a browser).
   * @param at where the server's pages begin, `/` or `/notebook/NS/NAME/`
   * @returns false when the user thinks better of it
   */
  async open(ref: ServerRef, at: string): Promise<boolean> {
    const gateway = this.gateway(ref, at);
    const address = await gateway.address();
    const external = new URL((await vscode.env.asExternalUri(vscode.Uri.parse(address.href, true))).toString(true));
    const link = await gateway.link(external.host === address.host ? undefined : external);
    return vscode.env.openExternal(vscode.Uri.parse(link.href, true));
  }

  dispose(): void {
    for (const { gateway } of this.all.values()) gateway.dispose();
    this.all.clear();
  }

  private gateway(ref: ServerRef, prefix: string): Gateway {
    const { connections, explain, logger } = this.o;
    const { tunnel } = connections.get(ref);
    const key = serverKey(ref);
    const known = this.all.get(key);
    if (known?.tunnel === tunnel) return known.gateway;
    // The kubeconfig leads elsewhere now: pages of the server of before must not reach this one.
    known?.gateway.dispose();
    const turnedAway = vscode.l10n.t(
      'This page can be opened from VS Code only: choose Open in Browser in the menu of the notebook server {0}.',
      ref.name,
    );
    const gateway = new Gateway({ tunnel, prefix, start: '', explain, turnedAway, logger });
    this.all.set(key, { gateway, tunnel });
    return gateway;
  }
}
