// @ts-check
/* The player. Everything it shows stands in the page already; the state is one number, the step,
   and all else is derived from it by turning classes on and off. A custom element, so that it
   starts on every way a page can come: loaded, swapped in by instant navigation, from a file. */
(() => {
  "use strict";
  if (!("customElements" in window) || customElements.get("gomem-panel")) return;

  /**
   * Shown in some steps only, or new in some.
   * @typedef {{element: Element, ranges: number[][] | null, fresh: Set<number>}} Part
   */

  /** @param {Element} element @returns {Part} */
  const readPart = (element) => {
    const on = element.getAttribute("data-on");
    const fresh = element.getAttribute("data-new");
    return {
      element,
      ranges: on ? on.split(",").map((range) => range.split("-").map(Number)) : null,
      fresh: new Set(fresh ? fresh.split(" ").map(Number) : []),
    };
  };

  class GomemPanel extends HTMLElement {
    constructor() {
      super();
      this.step = -1;
      this.timer = 0;
      this.wired = false;
      /** @type {HTMLLIElement[]} */ this.captions = [];
      /** @type {Part[]} */ this.parts = [];
      /** @type {HTMLInputElement | null} */ this.slider = null;
      this.onHash = () => this.follow(location.hash);
    }

    connectedCallback() {
      window.addEventListener("hashchange", this.onHash);
      this.captions = Array.from(this.querySelectorAll(".gomem-steps > li"));
      this.slider = this.querySelector("input[type=range]");
      if (this.slider && this.captions.length) {
        this.parts = Array.from(this.querySelectorAll("[data-on], [data-new]"), readPart);
        if (!this.wired) this.wire(this.slider);
        this.step = -1;
        this.show(Number(this.slider.value), true);
      }
      this.onHash();
    }

    disconnectedCallback() {
      window.removeEventListener("hashchange", this.onHash);
      this.play(false);
    }

    /** @param {HTMLInputElement} slider */
    wire(slider) {
      this.wired = true;
      slider.addEventListener("input", () => {
        this.play(false);
        this.show(Number(slider.value));
      });
      this.addEventListener("click", (event) => {
        const target = /** @type {Element} */ (event.target);
        const button = target.closest("button[data-go]");
        if (!button) return;
        const go = button.getAttribute("data-go");
        if (go === "play") {
          this.play(!this.timer);
          return;
        }
        this.play(false);
        const places = { first: 0, prev: this.step - 1, next: this.step + 1, last: this.last };
        this.show(places[/** @type {keyof typeof places} */ (go)]);
      });
      this.addEventListener("keydown", (event) => {
        const target = /** @type {Element} */ (event.target);
        const picture = target.closest(".gomem-picture");
        if (!picture && !target.closest(".gomem-bar button")) return;
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        const scrolls = picture !== null && picture.scrollWidth > picture.clientWidth + 1;
        if (scrolls && event.key.startsWith("Arrow")) return;
        const places = { ArrowLeft: this.step - 1, ArrowRight: this.step + 1, Home: 0, End: this.last };
        if (!(event.key in places)) return;
        event.preventDefault();
        this.play(false);
        this.show(places[/** @type {keyof typeof places} */ (event.key)]);
      });
    }

    get last() {
      return this.captions.length - 1;
    }

    /** Go where a link points: a step, or a row of the table. @param {string} hash */
    follow(hash) {
      if (!hash.startsWith("#" + this.id + "-")) return;
      const step = this.captions.findIndex((caption) => "#" + caption.id === hash);
      if (step >= 0) this.show(step, true);
      const place = document.getElementById(hash.slice(1));
      const details = place && place.closest("details");
      if (place && details) {
        details.open = true;
        place.scrollIntoView({ block: "nearest" });
      }
    }

    /** @param {number} wanted @param {boolean} [quiet] say nothing to a screen reader */
    show(wanted, quiet) {
      const step = Math.max(0, Math.min(this.last, wanted));
      if (step === this.step || !this.slider) return;
      this.step = step;
      /** @type {Element | null} */ let first = null;
      for (const part of this.parts) {
        const shown = !part.ranges || part.ranges.some(([from, to]) => from <= step && step <= to);
        const fresh = shown && part.fresh.has(step);
        part.element.classList.toggle("is-off", !shown);
        part.element.classList.toggle("is-new", fresh);
        if (fresh && !first && part.element.closest("svg")) first = part.element;
      }
      const caption = this.captions[step];
      for (const other of this.captions) other.classList.toggle("is-now", other === caption);
      const line = caption.dataset.line || "0";
      this.light(caption.dataset.block || "1", line);
      const place = line === "0" ? "" : caption.dataset.where || `line ${line}`;
      const where = `step ${step + 1} of ${this.last + 1}` + (place && `, ${place}`);
      this.slider.value = String(step);
      this.slider.setAttribute("aria-valuetext", where);
      this.text(".gomem-pos", `${step + 1}/${this.last + 1}` + (place && ` · ${place}`));
      this.enable("first", step > 0);
      this.enable("prev", step > 0);
      this.enable("next", step < this.last);
      this.enable("last", step < this.last);
      const state = document.getElementById(this.id + "-state");
      if (state) state.textContent = caption.dataset.state || "";
      const said = caption.querySelector("p");
      if (!quiet && said) this.text(".gomem-say", `${where}: ${said.textContent}`);
      if (first) this.reveal(first);
    }

    /** The blocks of code that the program is made of, by their numbers. */
    blocks() {
      /** @type {Map<string, Element>} */ const found = new Map();
      const own = this.closest(".gomem-fence");
      const name = own && own.getAttribute("data-gomem");
      if (!own || !name) return own ? found.set("1", own) : found;
      for (const block of document.querySelectorAll(".gomem-fence[data-gomem]")) {
        const [id, number] = (block.getAttribute("data-gomem") || "").split(" ");
        if (id === this.id && !found.has(number)) found.set(number, block);
      }
      return found;
    }

    /** Light the running line of the code above. @param {string} block @param {string} line */
    light(block, line) {
      for (const [number, fence] of this.blocks())
        for (const other of fence.querySelectorAll(".gomem-l"))
          other.classList.toggle("is-now", number === block && other.getAttribute("data-l") === line);
    }

    /** Scroll the picture so that what changed can be seen. @param {Element} part */
    reveal(part) {
      const box = this.querySelector(".gomem-picture");
      if (!box || box.scrollWidth <= box.clientWidth) return;
      const inner = part.getBoundingClientRect();
      const outer = box.getBoundingClientRect();
      if (inner.left < outer.left || inner.right > outer.right)
        box.scrollLeft += inner.left - outer.left - 24;
    }

    /** @param {string} css @param {string} words */
    text(css, words) {
      const element = this.querySelector(css);
      if (element) element.textContent = words;
    }

    /** `disabled` would drop the focus from the page. @param {string} go @param {boolean} can */
    enable(go, can) {
      const button = this.querySelector(`[data-go=${go}]`);
      if (button) button.setAttribute("aria-disabled", String(!can));
    }

    /** @param {boolean} on */
    play(on) {
      clearInterval(this.timer);
      this.timer = 0;
      this.classList.toggle("is-playing", on);
      const button = this.querySelector("[data-go=play]");
      if (button) button.setAttribute("aria-label", on ? "Pause" : "Play");
      if (!on) return;
      if (this.step === this.last) this.show(0);
      this.timer = window.setInterval(() => {
        this.show(this.step + 1);
        if (this.step === this.last) this.play(false);
      }, 1800);
    }
  }

  customElements.define("gomem-panel", GomemPanel);
})();
