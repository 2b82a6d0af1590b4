import { timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { Certified } from './cluster/certificate.ts';
import type { ControlPlane } from './cluster/controlPlane.ts';
import type { FaultProxyServer } from './proxy/faultProxy.ts';
import type { ComponentAction, ComponentName, FaultRule, LabState, NetworkPath } from './types.ts';

/** What `POST /component` takes. */
export interface ComponentOrder {
  name: ComponentName;
  action: ComponentAction;
}

/** One line of the stream that tells how the boot goes. */
export type BootEvent = { progress: string } | { ready: true } | { failed: string };

/** The daemon's ear: HTTP on loopback, for whoever can read the run folder's secret. */
export class ControlServer {
  private readonly server: http.Server;
  private readonly events: BootEvent[] = [];
  private readonly followers = new Set<http.ServerResponse>();

  constructor(
    private readonly o: {
      secret: string;
      state: () => LabState;
      /** Absent until it listens. */
      proxy: () => FaultProxyServer | undefined;
      controlPlane: () => ControlPlane | undefined;
      stop: () => void;
    },
  ) {
    this.server = http.createServer((request, response) => {
      this.handle(request, response).catch((error: unknown) => {
        response.writeHead(400).end(error instanceof Error ? error.message : String(error));
      });
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  /** Tells everybody who follows the boot, now or later. */
  tell(event: BootEvent): void {
    this.events.push(event);
    const last = !('progress' in event);
    for (const response of this.followers) {
      response.write(`${JSON.stringify(event)}\n`);
      if (last) response.end();
    }
    if (last) this.followers.clear();
  }

  close(): Promise<void> {
    for (const response of this.followers) response.end();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (!this.knows(request)) return void response.writeHead(401).end();
    const json = (value: unknown) => void response.writeHead(200).end(JSON.stringify(value ?? null));
    switch (`${request.method} ${request.url}`) {
      case 'GET /state':
        return json(this.o.state());
      case 'GET /boot':
        return this.follow(response);
      case 'POST /stop':
        // The answer ends when the process does, so that whoever asked knows.
        response.writeHead(202).flushHeaders();
        return this.o.stop();
      case 'POST /proxy/rules':
        return json(this.proxy().set((await body(request)) as FaultRule));
      case 'DELETE /proxy/rules':
        return json(this.proxy().clear());
      case 'GET /proxy/left':
        return json(this.proxy().left);
      case 'GET /proxy/connections':
        return json(this.proxy().connections);
      case 'POST /proxy/cut':
        return json(this.proxy().cut());
      case 'POST /proxy/path':
        return json(await this.proxy().path((await body(request)) as NetworkPath));
      case 'POST /proxy/certificate':
        return json(this.proxy().certificate(((await body(request)) as Certified | null) ?? undefined));
      case 'POST /component': {
        const { name, action } = (await body(request)) as ComponentOrder;
        return json(await this.controlPlane().control(name, action));
      }
      default:
        return void response.writeHead(404).end();
    }
  }

  private proxy(): FaultProxyServer {
    return there(this.o.proxy());
  }

  private controlPlane(): ControlPlane {
    return there(this.o.controlPlane());
  }

  private follow(response: http.ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const event of this.events) response.write(`${JSON.stringify(event)}\n`);
    const last = this.events.at(-1);
    if (last && !('progress' in last)) return void response.end();
    response.flushHeaders();
    this.followers.add(response);
    response.on('close', () => this.followers.delete(response));
  }

  private knows(request: http.IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${this.o.secret}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
}

function there<T>(part: T | undefined): T {
  if (!part) throw new Error('the lab is not ready yet');
  return part;
}

async function body(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}
