/* The socket of live events: opens, comes back, and names the last event that is known. */

const RETRY_FIRST = 300; // milliseconds, as all here
const RETRY_AT_MOST = 5000;
const LOST_AFTER = 1500; // a shorter break is nobody's business
const SILENT_AFTER = 15000; // the server says something every five seconds

/**
 * @typedef {{ watch: string | Record<string, number>, after?: number }} Wish a run and the last event
 *   that is known of it, or several of these
 */

/**
 * @typedef {object} Listener
 * @property {() => Wish | null} nextWish what to ask for when the socket opens
 * @property {(message: import("./run.js").Message) => void} onMessage
 * @property {(isConnected: boolean) => void} onConnection
 */

export class Feed {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    this.failures = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {number | undefined} */
    this.retry = undefined;
    /** @type {number | undefined} */
    this.notice = undefined;
    /** @type {number | undefined} */
    this.silence = undefined;
    this.onVisibility = () => (document.hidden ? this.close() : this.refresh());
    document.addEventListener("visibilitychange", this.onVisibility);
  }

  /** Ask for what the page now wants to see; opens or closes the socket as needed. */
  refresh() {
    const wish = this.listener.nextWish();
    if (!wish) this.close();
    else if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(wish));
    else if (!this.socket && !document.hidden) this.open();
  }

  open() {
    clearTimeout(this.retry);
    const address = new URL("api/live", document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => {
      this.expectSigns();
      this.listener.onMessage(JSON.parse(message.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  opened() {
    this.failures = 0;
    this.forgetNotice();
    this.expectSigns();
    this.listener.onConnection(true);
    this.refresh();
  }

  lost() {
    this.drop();
    this.notice ??= setTimeout(() => this.listener.onConnection(false), LOST_AFTER);
    const wait = Math.min(RETRY_FIRST * 2 ** this.failures++, RETRY_AT_MOST);
    // Spread, so that a class does not come back in one instant.
    this.retry = setTimeout(() => this.refresh(), wait * (0.75 + 0.5 * Math.random()));
  }

  expectSigns() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), SILENT_AFTER);
  }

  forgetNotice() {
    clearTimeout(this.notice);
    this.notice = undefined;
  }

  drop() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  close() {
    clearTimeout(this.retry);
    this.forgetNotice();
    this.drop();
  }

  end() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.close();
  }
}
