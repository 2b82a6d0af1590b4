import net from 'node:net';
import { decode, type Through } from './through.ts';

const version = 5;
const [noPassword, withPassword, noneAcceptable] = [0, 2, 0xff];

/**
 * SOCKS 5 (RFC 1928, passwords by RFC 1929) over an open socket to a proxy. The name goes to the proxy as it is, which
 * looks it up.
 */
export async function socksConnect(socket: net.Socket, through: Through): Promise<net.Socket> {
  const { proxy, host, limit, fails } = through;
  const say = (message: Buffer, size: (start: Buffer) => number): Promise<Buffer> =>
    limit.step(socket, (_, done: (answer: Buffer) => void, fail) => {
      const end = (settle: () => void): void => {
        socket.off('readable', read);
        socket.off('error', broken);
        socket.off('close', closed);
        settle();
      };
      const broken = (cause: Error): void => end(() => fail(fails('closed', `hung up: ${cause.message}`, { cause })));
      const closed = (): void => end(() => fail(fails('closed', 'hung up')));
      let got = Buffer.alloc(0);
      const read = (): void => {
        // Byte by byte as long as it is short: what comes behind the answer is the server's.
        for (let wanted = size(got); got.length < wanted; wanted = size(got)) {
          const more = socket.read(wanted - got.length) as Buffer | null;
          if (!more) return;
          got = Buffer.concat([got, more]);
        }
        end(() => done(got));
      };
      socket.on('readable', read);
      socket.on('error', broken);
      socket.on('close', closed);
      socket.write(message);
    });

  const { username, password } = proxy.url;
  const methods = username ? [noPassword, withPassword] : [noPassword];
  const [spoken, method] = await say(Buffer.from([version, methods.length, ...methods]), () => 2);
  if (spoken !== version) throw fails('answer', 'does not speak SOCKS 5');
  if (method === noneAcceptable) {
    throw username
      ? fails('answer', 'accepts no way to sign in')
      : fails('password', 'asks for a user name and password');
  }
  if (method === withPassword) {
    const [, status] = await say(
      Buffer.concat([Buffer.of(1), counted(decode(username)), counted(decode(password))]),
      () => 2,
    );
    if (status !== 0) throw fails('wrongPassword', 'does not accept the user name and password');
  }
  const [, reply = 1] = await say(Buffer.concat([Buffer.of(version, 1, 0), addressOf(host)]), replySize);
  if (reply !== 0) {
    throw fails(reply === 2 ? 'denied' : 'unreachable', `answered with the SOCKS reply ${reply}`, { status: reply });
  }
  return socket;
}

/** Its last part is an address of one of three kinds, and a port. */
function replySize(start: Buffer): number {
  if (start.length < 5) return 5;
  const [, , , kind, first = 0] = start;
  const address = kind === 1 ? 4 : kind === 4 ? 16 : first + 1;
  return 4 + address + 2;
}

function addressOf(host: string): Buffer {
  const [, name = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(host) ?? [];
  const tail = Buffer.of(Number(port) >> 8, Number(port) & 255);
  if (net.isIPv4(name)) return Buffer.concat([Buffer.of(1, ...name.split('.').map(Number)), tail]);
  return Buffer.concat([Buffer.of(3), counted(name), tail]);
}

function counted(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
