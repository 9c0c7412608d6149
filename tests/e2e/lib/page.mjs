// What a person sees and does in the main window, by the names that screen readers say.
import { until } from "./wait.mjs";

/**
 * Runs in the page: the elements of a role whose accessible name fits, as far as these screens use the rules of
 * https://www.w3.org/TR/accname-1.2/. What is hidden, or behind an open dialog, is not there.
 */
const FINDER = `
  const ROLES = {
    button: "button,[role=button]", textbox: "input:not([type=checkbox]):not([type=radio]),textarea",
    checkbox: "input[type=checkbox]", radio: "input[type=radio],[role=radio]", option: "[role=option]",
    link: "a[href]", tab: "[role=tab]", row: "[role=row]", heading: "h1,h2,h3", dialog: "[role=dialog]",
    alert: "[role=alert]", alertdialog: "[role=alertdialog]", listitem: "li", region: "section,aside,main",
  };
  function words(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    if (node.matches("kbd,[aria-hidden=true],svg:not([aria-label]),style,template")) return "";
    if (node.hasAttribute("aria-label")) return node.getAttribute("aria-label");
    const inner = [...node.childNodes].map(words).join("");
    return getComputedStyle(node).display === "inline" ? inner : " " + inner + " ";
  }
  const tidy = (text) => text.replace(/\\s+/g, " ").trim();
  function nameOf(element) {
    const by = element.getAttribute("aria-labelledby");
    if (by) return tidy(by.split(/\\s+/).map((id) => words(document.getElementById(id) ?? new Text(""))).join(" "));
    if (element.hasAttribute("aria-label")) return tidy(element.getAttribute("aria-label"));
    if (element.labels?.length > 0) return tidy([...element.labels].map(words).join(" "));
    return tidy(words(element));
  }
  function there(element) {
    if (element.closest("[aria-hidden=true],[inert],[data-react-aria-prevent-focus]")) return false;
    const shown = element.matches("input[type=checkbox],input[type=radio]") ? element.closest("label") ?? element : element;
    return shown.getClientRects().length > 0 && getComputedStyle(shown).visibility !== "hidden";
  }
  function find(role, name, exact) {
    const wanted = name === null ? null : name.toLowerCase();
    return [...document.querySelectorAll(ROLES[role])].filter(there).filter((element) => {
      if (wanted === null) return true;
      const found = nameOf(element).toLowerCase();
      return exact ? found === wanted : found.includes(wanted);
    });
  }
`;

/** How WebDriver names an element to a script. */
export const reference = (element) => ({ "element-6066-11e4-a52e-4f735466cecf": element });

export class Page {
  constructor(driver) {
    this.driver = driver;
  }

  press(...strokes) {
    return strokes.reduce((before, stroke) => before.then(() => this.driver.stroke(stroke)), Promise.resolve());
  }

  type(text) {
    return this.driver.type(text);
  }

  /** The names of what of a role is on the screen. */
  names(role, name = null) {
    return this.driver.script(`${FINDER} return find(...arguments, false).map(nameOf);`, role, name);
  }

  /** Waits for an element of a role and name; `nth` counts from 0, -1 is the last. */
  get(role, name, { nth = 0, exact = true, patience } = {}) {
    return until(
      `${role} “${name}”`,
      async () => {
        const found = await this.driver.script(
          `${FINDER} return find(arguments[0], arguments[1], arguments[2]).at(arguments[3]) ?? null;`,
          role,
          name,
          exact,
          nth,
        );
        return found ? Object.values(found)[0] : null;
      },
      { patience },
    );
  }

  async click(role, name, options) {
    const element = await this.get(role, name, options);
    // The box itself is drawn by its label; the element proper has no size to click on.
    const target = await this.driver.script(
      "const [e] = arguments; return e.matches('input[type=checkbox],input[type=radio]') ? e.closest('label') : e",
      reference(element),
    );
    await this.driver.click(Object.values(target)[0]);
  }

  /** Waits for an element and brings it into sight. */
  async reveal(role, name, options) {
    const element = await this.get(role, name, options);
    await this.driver.script("arguments[0].scrollIntoView({ block: 'center' })", reference(element));
  }

  /** Puts the focus into a field, as by Tab. */
  async focus(label, options) {
    const element = await this.get("textbox", label, options);
    const field = reference(element);
    await this.driver.script(
      "const [field] = arguments; field.scrollIntoView({ block: 'center' }); field.focus(); field.select?.();",
      field,
    );
    await until(`the focus is in “${label}”`, () => this.driver.script("return document.activeElement === arguments[0]", field));
    return field;
  }

  /** Types into a field, over what was there, and waits until the field holds it. */
  async fill(label, text, options) {
    const field = await this.focus(label, options);
    await this.type(text);
    await until(`“${label}” holds “${text}”`, () =>
      this.driver.script("return arguments[0].value === arguments[1]", field, text),
    );
  }

  /** Chooses from a list that opens from a button; the button's name says label and value together. */
  async choose(label, choice, options = {}) {
    await this.click("button", label, { exact: false, ...options });
    await this.click("option", choice, { exact: options.exactChoice ?? false });
    await until("the list is closed", async () => (await this.names("option")).length === 0);
  }

  /** All the text on the screen. */
  text() {
    return this.driver.script("return document.body.innerText");
  }

  /** Waits until this text is on the screen. */
  sees(text, options) {
    return until(`the words “${text}”`, async () => (await this.text()).includes(text), options);
  }

  /** Waits until this text is no longer on the screen. */
  misses(text, options) {
    return until(`“${text}” is gone`, async () => !(await this.text()).includes(text), options);
  }

  /** Where the window is: the part of the address after the hash. */
  place() {
    return this.driver.script("return location.hash.slice(1)");
  }

  /** Waits until the window is at a place. */
  at(pattern) {
    return until(`the place ${pattern}`, async () => {
      const place = await this.place();
      return pattern.test(place) ? place : null;
    });
  }

  /** Waits until nothing is being read or moved: two frames alike, no busy mark. */
  settled() {
    return this.driver.scriptAsync(`
      const done = arguments[arguments.length - 1];
      const quiet = () => !document.body.innerText.includes("Reading…") && !document.querySelector("[data-pending]");
      let still = 0;
      const seen = new MutationObserver(() => { still = 0; });
      seen.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      const frame = () => {
        still = quiet() ? still + 1 : 0;
        if (still < 8) return requestAnimationFrame(frame);
        seen.disconnect();
        document.fonts.ready.then(() => done(true));
      };
      requestAnimationFrame(frame);
    `);
  }
}
