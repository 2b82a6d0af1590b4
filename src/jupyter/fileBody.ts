/** Bytes encoded at a time; a multiple of three, so that the pieces' base64 is that of the whole. */
const pieceBytes = 3 * 256 * 1024;

/**
 * The JSON with which Jupyter's Contents API takes a file, as bytes: `{"type": "file", "format": "base64", "content": ...}`.
 * Made without a string of the whole, which JSON.stringify and fetch would go through and copy several times: 20 MB would
 * keep everybody waiting for 150 ms.
 * @param chunk which part of a file this is (jupyter_server's `chunk`)
 */
export function fileBody(bytes: Uint8Array, chunk?: number): Uint8Array {
  const rest = chunk === undefined ? {} : { chunk };
  const head = `${JSON.stringify({ type: 'file', format: 'base64', ...rest }).slice(0, -1)},"content":"`;
  const tail = '"}';
  const body = Buffer.allocUnsafe(head.length + Math.ceil(bytes.byteLength / 3) * 4 + tail.length);
  let at = body.write(head, 'latin1');
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let from = 0; from < all.length; from += pieceBytes)
    at += body.write(all.toString('base64', from, from + pieceBytes), at, 'latin1');
  body.write(tail, at, 'latin1');
  return body;
}
