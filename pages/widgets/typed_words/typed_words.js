/* Sends the words of a text area to the server while they are typed. */

import { containerOf, mountedOnce } from "../shared/mounting.js";

const PAUSE = 500; // milliseconds without a key

class TypedWords {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.address = "";
    /** @type {string | undefined} */
    this.unsent = undefined;
    /** @type {Promise<unknown>} */
    this.sent = Promise.resolve();
    this.pause = 0;
    this.listening = new AbortController();
    const { signal } = this.listening;
    const around = containerOf(element);
    around.addEventListener("input", (event) => this.note(event.target), { signal });
    around.addEventListener("focusout", () => this.send(), { signal });
    addEventListener("pagehide", () => this.send({ atOnce: true }), { signal });
  }

  /** @param {{ address: string }} data */
  update({ address }) {
    this.address = address;
  }

  /** @param {EventTarget | null} field */
  note(field) {
    if (!(field instanceof HTMLTextAreaElement)) return;
    this.unsent = field.value;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.send(), PAUSE);
  }

  /** One after the other, for what was typed last must be what is kept; unless the tab closes. */
  send({ atOnce = false } = {}) {
    const { address, unsent: body } = this;
    if (body === undefined) return;
    clearTimeout(this.pause);
    this.unsent = undefined;
    const put = () => fetch(address, { method: "PUT", body, keepalive: true });
    // A server that can't be reached now gets the words with the next ones.
    this.sent = (atOnce ? put() : this.sent.then(put)).catch(() => {
      this.unsent ??= body;
    });
  }

  end() {
    this.listening.abort();
    this.send();
  }
}

export default mountedOnce((element) => new TypedWords(element));
