import { Transform, type TransformCallback } from 'node:stream';

/**
 * Undoes what the API server's proxy does to pages (k8s.io/apimachinery, util/proxy): it puts its own path before each
 * absolute link of text/html, and before Location.
 */
export class Unprefixed extends Transform {
  #rest = '';

  constructor(private readonly prefix: string) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const text = (this.#rest + chunk.toString('latin1')).replaceAll(this.prefix, '');
    const whole = Math.max(0, text.length - this.prefix.length + 1);
    this.#rest = text.slice(whole);
    done(null, Buffer.from(text.slice(0, whole), 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.#rest, 'latin1'));
  }
}

/** A Location without the proxy's own path; relative to the server, as the pod wrote it. */
export function unprefixed(location: string, prefix: string): string {
  const at = location.split(/[?#]/)[0]!.indexOf(prefix);
  // Some versions write the whole address, others the path; a gateway in front may have put its own before that.
  return at >= 0 ? location.slice(at + prefix.length) : location;
}
