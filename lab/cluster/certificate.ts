import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import net from 'node:net';

/** A certificate and its key, both PEM. */
export interface Certified {
  cert: string;
  key: string;
}

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  // Go takes the shortest form only.
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const seq = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const bits = (body: Buffer): Buffer => der(0x03, Buffer.of(0), body);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = seq(oid('2a8648ce3d040302'));
const attribute = (id: string, value: string): Buffer => der(0x31, seq(oid(id), der(0x0c, Buffer.from(value))));
const subject = (name: string, organizations: readonly string[] = []): Buffer =>
  seq(...organizations.map((organization) => attribute('55040a', organization)), attribute('550403', name));
const time = (date: Date): Buffer =>
  der(0x17, Buffer.from(date.toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z', 'ascii'));
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  seq(oid(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));

/**
 * Makes a certificate for the names and addresses, signed by `by` or by itself (then it is an authority). To an API server
 * `name` is the user of a client certificate and `organizations` are the groups. Written out here, so that neither the lab
 * nor tests need openssl or a committed private key.
 */
export function certificate(o: {
  name: string;
  organizations?: readonly string[];
  hosts?: string[];
  by?: Certified;
  ended?: boolean;
  notYet?: boolean;
  /** How long it is good for; a day when not given. */
  days?: number;
}): Certified {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const validity = seq(
    time(new Date(Date.now() + (o.notYet ? day : -2 * day))),
    time(new Date(Date.now() + (o.ended ? -day : (o.days ?? (o.notYet ? 2 : 1)) * day))),
  );
  const alternatives = (o.hosts ?? []).map((host) =>
    net.isIP(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
  );
  const extensions = [
    extension('551d13', true, o.by ? seq() : seq(der(0x01, Buffer.of(0xff)))),
    ...(alternatives.length > 0 ? [extension('551d11', false, seq(...alternatives))] : []),
  ];
  const issuer = o.by ? new X509Certificate(o.by.cert).subject.replace(/^CN=/, '') : o.name;
  const body = seq(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    subject(issuer),
    validity,
    subject(o.name, o.organizations),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, seq(...extensions)),
  );
  const signer: KeyObject = o.by ? createPrivateKey(o.by.key) : pair.privateKey;
  const whole = seq(body, ecdsaWithSha256, bits(sign('sha256', body, signer)));
  const base64 = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
