// Defines audit, which tests use after axe-core: what is wrong with the page as it looks at this moment, a line each.
window.audit = (() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const open = () => all("details").forEach(e => (e.open = true));
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));

  const name = e => `${e.tagName.toLowerCase()}${e.id && "#" + e.id}${[...e.classList].map(c => "." + c).join("")}`;

  // exceptions: [{rule, inside}]: what is not held against the page.
  const excepted = (exceptions, rule, node) => exceptions.some(e => e.rule === rule && node.element?.closest(e.inside));

  const axe = async (only, exceptions) => {
    open();
    const found = await window.axe.run(document, {
      runOnly: only, rules: only.type === "tag" ? { "target-size": { enabled: true } } : {}, resultTypes: ["violations", "incomplete"], preload: false, iframes: false, selectors: false, elementRef: true,
    });
    const lines = [];
    for (const [kind, results] of [["violates", found.violations], ["unsure", found.incomplete]]) {
      for (const rule of results) for (const node of rule.nodes) {
        if (!excepted(exceptions, rule.id, node)) lines.push(`${kind} ${rule.id}: ${name(node.element)}: ${node.failureSummary || ""} ${[...node.any, ...node.all, ...node.none].map(c => c.message).join("; ")}`.replace(/\s+/g, " "));
      }
    }
    return lines;
  };

  const hidden = e => { const s = getComputedStyle(e); return s.clipPath !== "none" || s.clip !== "auto" || !e.checkVisibility(); };

  // fits finds what has to be scrolled sideways, and text that is cut off.
  const fits = () => {
    open();
    const lines = [], wide = document.documentElement.scrollWidth;
    if (wide > innerWidth) lines.push(`the page is ${wide} px wide on a screen of ${innerWidth}: ${all("body *").filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(name)}`);
    for (const e of all("body *")) {
      const s = getComputedStyle(e), cuts = v => v === "hidden" || v === "clip";
      const cut = cuts(s.overflowX) && e.scrollWidth > e.clientWidth + 1 || cuts(s.overflowY) && e.scrollHeight > e.clientHeight + 1;
      if (cut && e.innerText?.trim() && !hidden(e) && !e.closest(".visually-hidden, .accessibility-text")) lines.push(`cut off: ${name(e)}`);
    }
    return lines;
  };

  // forced finds what the reader's own colours, which axe can't see, leave without an edge or on a picture. A field may
  // have its edge from a box around it, and a button that looks like a link is underlined, or marked as the current one.
  const forced = () => {
    open();
    const shown = all("body *").filter(e => e.checkVisibility()), style = getComputedStyle;
    const edged = e => [e, e.parentElement, e.closest(".okta-form-input-field")].some(box => box && parseFloat(style(box).borderTopWidth) > 0) || style(e).textDecorationLine.includes("underline") || e.hasAttribute("aria-current");
    return [
      ...shown.filter(e => e.matches("button, input:not([type=checkbox]), textarea, .button") && !edged(e)).map(e => `no edge in forced colours: ${name(e)}`),
      ...shown.filter(e => e.innerText?.trim() && style(e).backgroundImage !== "none").map(e => `text on a picture in forced colours: ${name(e)}`),
      ...shown.filter(e => style(e).forcedColorAdjust === "none").map(e => `keeps its own colours: ${name(e)}`),
    ];
  };

  // sheet is in force until it is given another text; the page's policy does not reach it.
  const sheet = new CSSStyleSheet();
  const style = async css => {
    sheet.replaceSync(css);
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
    await frame();
    return true;
  };
  return { axe, fits, forced, style };
})();
true;
