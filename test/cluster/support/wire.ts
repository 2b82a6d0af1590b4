import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import type { Lab, Person } from '../../../lab/index.ts';
import { Cluster } from '../../../src/k8s/cluster.ts';
import { Kubeconfig } from '../../../src/k8s/kubeconfig.ts';
import { searchedLogger } from './log.ts';

/** A cluster whose answers are kept as they came over the wire. */
export interface Wire {
  cluster: Cluster;
  answers: { path: string; accept: string; status: number; text: string }[];
  close(): void;
}

interface Found {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { token: string } }[];
}

/** Connects as somebody by a listener of this process, which reads along. */
export async function onTheWire(lab: Lab, who: Person): Promise<Wire> {
  const found = parse(await readFile(lab.kubeconfig(who), 'utf8')) as Found;
  const { server, 'certificate-authority-data': ca } = found.clusters[0]!.cluster;
  const authorization = `Bearer ${found.users[0]!.user.token}`;
  const answers: Wire['answers'] = [];
  const listener = http.createServer((request, response) => {
    const { method, url = '/', headers } = request;
    const asked = { accept: headers.accept ?? '', 'content-type': headers['content-type'] ?? 'application/json' };
    const onward = https.request(
      new URL(url, server),
      { method, ca: Buffer.from(ca, 'base64'), headers: { ...asked, authorization } },
      (answer) => {
        const { statusCode = 0, headers: said } = answer;
        response.writeHead(statusCode, { 'content-type': said['content-type'] ?? '' });
        const kept = { path: url, accept: asked.accept, status: statusCode, text: '' };
        answers.push(kept);
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => {
          kept.text += text;
          response.write(text);
        });
        answer.on('end', () => response.end());
      },
    );
    onward.on('error', (error) => response.destroy(error));
    request.pipe(onward);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const context = (
    await Kubeconfig.load({
      ...{ env: {}, home: lab.run, platform: process.platform, path: lab.kubeconfig(who) },
    })
  ).context('kubeflow-lab');
  const { port } = listener.address() as AddressInfo;
  const relayed = { ...context, server: `http://127.0.0.1:${port}` };
  const cluster = Cluster.connect(relayed, { env: {}, logger: searchedLogger('wire') });
  return {
    cluster,
    answers,
    close: () => {
      cluster.dispose();
      listener.close();
      listener.closeAllConnections();
    },
  };
}
