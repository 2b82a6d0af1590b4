// What the extension host uses between `begin` and `read`, and its memory.
const { readFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const everyMs = 5;

/** The processor time that the host's main thread has used, in ms: other programs of a busy computer do not add to it. */
function threadMs() {
  return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

exports.meter = () => {
  let timer;
  let began;
  let last;
  let longest;
  const look = () => {
    const now = threadMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  return {
    begin: () => {
      clearInterval(timer);
      began = { cpu: process.cpuUsage(), at: performance.now() };
      last = threadMs();
      longest = 0;
      timer = setInterval(look, everyMs);
    },
    /** The share of a core that the whole process used, in %, and the longest that its event loop was held, in ms. */
    read: () => {
      look();
      clearInterval(timer);
      const { user, system } = process.cpuUsage(began.cpu);
      return { share: (user + system) / 10 / (performance.now() - began.at), longest };
    },
    /** After a collection of garbage, in MB. */
    memory: () => {
      setFlagsFromString('--expose-gc');
      runInNewContext('gc')();
      const { rss, heapUsed } = process.memoryUsage();
      return { rssMB: rss / 1e6, heapMB: heapUsed / 1e6 };
    },
  };
};
