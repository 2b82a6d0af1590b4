// Put into pages of VS Code and JupyterLab: says when something was clicked and when an output was there, by the page's own
// clock and not when the bench hears of it.
globalThis.bench ??= {
  text: (within) => [...document.querySelectorAll(within)].map((element) => element.textContent).join('\n'),
  /** From now on the next event of this type is waited for; `clicked` gives its moment, in ms since the epoch. */
  expectClick(type) {
    bench.clicked = new Promise((resolve) => {
      const seen = (event) => resolve(Date.now() - (performance.now() - event.timeStamp));
      addEventListener(type, seen, { capture: true, once: true });
    });
  },
  /**
   * `shown` gives the moment when the outputs in there say all of `words`, and as many images as are asked for are there and
   * loaded.
   */
  expectOutput({ within, words, images }) {
    bench.shown = new Promise((resolve) => {
      const look = () => {
        const text = bench.text(within);
        if (!words.every((word) => text.includes(word))) return;
        const drawn = images ? [...document.querySelectorAll(`${within} img`)] : [];
        if (drawn.length < images) return;
        observer.disconnect();
        const at = Date.now();
        const loads = drawn.filter((image) => !image.complete);
        if (loads.length === 0) return resolve(at);
        const loaded = loads.map((image) => new Promise((done) => image.addEventListener('load', done)));
        Promise.all(loaded).then(() => resolve(Date.now()));
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, characterData: true });
      look();
    });
  },
};
