import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import net from 'node:net';

/** A certificate and its key, both PEM. */
export interface Certified {
  cert: string;
  key: string;
}

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const seq = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const bits = (body: Buffer): Buffer => der(0x03, Buffer.of(0), body);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = seq(oid('2a8648ce3d040302'));
const commonName = (name: string): Buffer => seq(der(0x31, seq(oid('550403'), der(0x0c, Buffer.from(name)))));
const time = (date: Date): Buffer =>
  der(0x17, Buffer.from(date.toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z', 'ascii'));
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  seq(oid(id), ...(critical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));

/**
 * Makes a certificate for the names and addresses, signed by `by` or by itself (then it is an authority). Written out
 * here, so that tests need neither openssl nor a committed private key.
 */
export function certificate(o: {
  name: string;
  hosts?: string[];
  by?: Certified;
  ended?: boolean;
  notYet?: boolean;
}): Certified {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const day = 86_400_000;
  const [from, to] = o.notYet ? [1, 2] : [-2, o.ended ? -1 : 1];
  const validity = seq(...[from, to].map((days) => time(new Date(Date.now() + days * day))));
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
    commonName(issuer),
    validity,
    commonName(o.name),
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
