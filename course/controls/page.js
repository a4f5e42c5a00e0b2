// Draws a page of blocks with native HTML elements, and sends back what the learner does.
//
// Every block kind has one function below that returns an element. Nothing is remembered here: the view
// that Python sends is drawn whole, then focus and the live region are set. Only settings stay in place from
// one view to the next, because they apply at once, while the learner is still on them. Every focusable element
// carries data-lm-suppress-shortcuts, without which JupyterLab takes arrow keys and letters for its own commands.

const PATIENCE_MS = 5000; // after this long without an answer, say how to bring the page back

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null || value === "") continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  if (/^(a|button|input|select|summary|textarea)$/.test(tag) || "tabindex" in attributes)
    element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

let made = 0;
const newId = () => `cc-${++made}`;

// ── Text ──────────────────────────────────────────────────────────────────────────────────────────

const LINK = /\[([^\]]+)\]\((https?:\/\/[^\s)]+)(?: "([^"]*)")?\)/g;

/** A line of text with its links; the name of a link says where the number was read. */
function inline(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(end, found.index));
    const name = found[3] ? `${found[1]}, source ${found[3]}` : undefined;
    parts.push(h("a", { href: found[2], target: "_blank", rel: "noopener", title: found[3], "aria-label": name }, found[1]));
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

const paragraphs = (text) => text.split(/\n\s*\n/).map((part) => h("p", {}, inline(part.trim())));

// ── Blocks ────────────────────────────────────────────────────────────────────────────────────────

const BLOCKS = {
  heading: ({ text, level, eyebrow, focus }) =>
    h("div", { class: "cc-heading" },
      eyebrow ? h("p", { class: "cc-eyebrow" }, eyebrow) : null,
      h(`h${level}`, { tabindex: focus ? "-1" : undefined, "data-focus": focus }, text)),

  prose: ({ text, tone }) => h("div", { class: `cc-prose ${tone}` }, paragraphs(text)),

  note: ({ title, text }) => h("div", { class: "cc-note", role: "note" }, h("p", {}, h("strong", {}, title)), paragraphs(text)),

  listing: ({ items, ordered }) => h(ordered ? "ol" : "ul", { class: "cc-list" }, items.map((item) => h("li", {}, inline(item)))),

  columns: ({ columns }) =>
    h("div", { class: "cc-columns" }, columns.map(({ title, text, items }) =>
      h("div", {}, h("h4", {}, title), h("p", {}, inline(text)), h("ol", { class: "cc-list" }, items.map((item) => h("li", {}, inline(item))))))),

  feedback: ({ judgement, word, text, because, sources, focus }) => {
    const block = h("div", { class: "cc-feedback", "data-judgement": judgement },
      h("p", { class: "cc-word", tabindex: "-1", "data-focus": focus }, word), paragraphs(text));
    if (because) block.append(h("p", {}, h("strong", {}, "Why: "), inline(because)));
    if (sources.length)
      block.append(h("p", { class: "cc-sources" }, "Source: ",
        sources.flatMap(([name, link], i) => [i ? "; " : "", link ? h("a", { href: link, target: "_blank", rel: "noopener" }, name) : name])));
    return block;
  },

  folded: ({ summary, blocks }, act) => h("details", { class: "cc-folded" }, h("summary", {}, summary), blocks.map((block) => draw(block, act))),

  buttons: ({ buttons }, act) =>
    h("div", { class: "cc-buttons" }, buttons.map(([key, label], i) =>
      h("button", { type: "button", class: i ? "" : "cc-main", onclick: () => act({ do: key }) }, label))),

  figure: ({ html }) => {
    const block = h("div");
    block.innerHTML = html;
    return block;
  },

  receipt: ({ label, value }) => {
    const id = newId();
    const field = h("input", { id, type: "text", readonly: true, class: "cc-receipt" });
    field.value = value;
    const said = h("span", { role: "status", class: "cc-copied" });
    const copy = h("button", { type: "button", onclick: async () => { said.textContent = await copied(field); } }, "Copy");
    return h("div", { class: "cc-field" }, h("label", { for: id }, label), field, copy, said);
  },

  trend: (block) => {
    const place = h("div", { class: "cc-trend" }, h("p", {}, block.words));
    if (block.points.length > 1) {
      const chart = h("div", { "aria-hidden": "true" });
      place.prepend(chart);
      // Drawn at its real width, so that its text stays readable in a narrow column.
      new ResizeObserver(([entry]) => chart.replaceChildren(lineChart(block, entry.contentRect.width))).observe(chart);
    }
    return place;
  },

  choice: (block, act) => {
    const options = block.options.map(([key, text]) => option("radio", block.name, key, text, key === block.value));
    return question(block, act, options, (form) => form.querySelector("input:checked")?.value ?? null, "Choose one first.");
  },

  several: (block, act) => {
    const options = block.options.map(([key, text]) => option("checkbox", block.name, key, text, block.value?.includes(key)));
    const read = (form) => [...form.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
    return question(block, act, options, (form) => (read(form).length ? read(form) : null), "Tick at least one first.");
  },

  number: (block, act) => {
    const [low, high] = block.bounds ?? [];
    const kind = block.bounds ? { type: "number", min: low, max: high, step: "any" } : { type: "text", inputmode: "decimal" };
    const field = h("input", { ...kind, "aria-label": block.unit ? `Your answer, in ${block.unit}` : "Your answer" });
    field.value = block.value ?? "";
    const typed = () => (block.bounds ? (field.value && field.validity.valid ? field.valueAsNumber : null) : field.value.trim() || null);
    const missing = block.bounds ? `Type a number from ${low} to ${high} first.` : "Type a number first.";
    return question(block, act, [h("div", { class: "cc-field" }, field, block.unit)], typed, missing);
  },

  writing: (block, act) => {
    const id = newId(), hint = newId();
    const field = h("textarea", { id, rows: "6", spellcheck: "true", "aria-describedby": block.hint ? hint : undefined });
    field.value = block.value ?? "";
    const rows = [h("label", { for: id }, block.label), field, block.hint ? h("p", { id: hint, class: "cc-quiet" }, block.hint) : null];
    return question(block, act, [h("div", { class: "cc-writing" }, rows)], () => field.value.trim() || null, "Write your sentences first.");
  },

  places: (block, act) => {
    const rows = block.items.map(([key, text], i) => {
      const id = newId();
      const none = h("option", {}, "choose one");
      none.value = ""; // an empty attribute would be left out, and the words would count as an answer
      const menu = h("select", { id, "data-item": key }, none,
        block.options.map(([place, label]) => h("option", { value: place }, label)));
      menu.value = block.value?.[i] ?? "";
      return h("div", { class: "cc-field" }, h("label", { for: id }, text), menu);
    });
    const read = (form) => [...form.querySelectorAll("select[data-item]")].map((menu) => menu.value);
    return question(block, act, rows, (form) => (read(form).every(Boolean) ? read(form) : null), "Choose a place for each first.");
  },

  order: (block, act) => {
    const list = h("ol", { class: "cc-order" });
    const said = h("p", { role: "status", class: "cc-quiet" });
    const move = (row, by, button) => {
      const rows = [...list.children];
      const to = rows.indexOf(row) + by;
      if (to < 0 || to >= rows.length) return;
      by < 0 ? rows[to].before(row) : rows[to].after(row);
      button.focus();
      said.textContent = `Now number ${to + 1} of ${rows.length}.`;
    };
    const standing = block.value ?? [];
    const options = [...block.options].sort(([a], [b]) => standing.indexOf(a) - standing.indexOf(b));
    for (const [key, text] of options) {
      const row = h("li", { "data-key": key }, h("span", {}, text));
      for (const [label, by] of [["Up", -1], ["Down", 1]]) {
        const button = h("button", { type: "button", "aria-label": `${label}: ${text}`, onclick: () => move(row, by, button) }, label);
        row.append(button);
      }
      list.append(row);
    }
    return question(block, act, [list, said], () => [...list.children].map((row) => row.dataset.key), "");
  },

  settings: (block, act) => {
    const intro = h("p", { class: "cc-quiet" }, block.intro);
    const controls = h("div", { class: "cc-controls" });
    const reset = h("button", { type: "button", onclick: () => act({ do: block.name, value: null }) }, block.reset);
    const change = () => act({ do: block.name, value: Object.fromEntries([...controls.children].map((each) => [WIRES.get(each).name, WIRES.get(each).read()])) });
    const form = h("form", { class: "cc-settings", onchange: change, onsubmit: (event) => event.preventDefault() },
      intro, h("fieldset", {}, h("legend", {}, block.legend), controls), h("div", { class: "cc-buttons" }, reset));
    WIRES.set(form, { frame: frameOf(block), refresh: (next, values) => refresh(controls, next.controls, values) });
    refresh(controls, block.controls);
    return form;
  },
};

const draw = (block, act) => BLOCKS[block.is](block, act);

// ── Controls ──────────────────────────────────────────────────────────────────────────────────────

function option(type, name, value, text, checked = false) {
  const id = newId();
  return h("div", { class: "cc-option" }, h("input", { type, id, name, value, checked }), h("label", { for: id }, inline(text)));
}

// Settings: each control is an element with the functions that read its value and put one there.

const WIRES = new WeakMap();

const CONTROLS = {
  menu: ({ name, label, options }) => {
    const id = newId();
    const list = h("select", { id, name }, options.map(([key, text]) => h("option", { value: key }, text)));
    return [h("div", { class: "cc-control" }, h("label", { for: id }, label), list), () => list.value, (value) => { list.value = value; }];
  },

  radio: ({ name, label, options }) => {
    const [group, boxes] = boxGroup("radio", name, label, options);
    return [group, () => boxes.find((box) => box.checked)?.value ?? null, (value) => boxes.forEach((box) => { box.checked = box.value === value; })];
  },

  ticks: ({ name, label, options }) => {
    const [group, boxes] = boxGroup("checkbox", name, label, options);
    const read = () => boxes.filter((box) => box.checked).map((box) => box.value);
    return [group, read, (value) => boxes.forEach((box) => { box.checked = value.includes(box.value); })];
  },

  slider: ({ name, label, low, high, step, unit }) => {
    const id = newId(), limits = { min: String(low), max: String(high), step: String(step) };
    const range = h("input", { type: "range", id, name, ...limits });
    const field = h("input", { type: "number", "aria-label": `${label}, as a number${unit ? ` of ${unit}` : ""}, ${low} to ${high}`, ...limits });
    const put = (value) => {
      range.value = value;
      field.value = range.value; // the range keeps to its limits and steps
      if (unit) range.setAttribute("aria-valuetext", `${range.value} ${unit}`);
    };
    range.addEventListener("input", () => put(range.value));
    field.addEventListener("change", () => put(field.value.trim() ? field.value : range.value));
    const row = h("div", { class: "cc-field" }, range, field, unit || null);
    return [h("div", { class: "cc-control cc-slider" }, h("label", { for: id }, label), row), () => Number(range.value), put];
  },
};

function boxGroup(type, name, label, options) {
  const rows = options.map(([key, text]) => option(type, name, key, text));
  return [h("fieldset", { class: "cc-control cc-boxes" }, h("legend", {}, label), rows), rows.map((row) => row.firstChild)];
}

/** All of a settings block but its controls: while this stays the same, so does the element. */
const frameOf = ({ is, name, legend, intro, reset }) => JSON.stringify([is, name, legend, intro, reset]);

/** Bring the controls up to date: an unchanged one stays, one with other options is drawn anew, and the focus is kept. */
function refresh(place, controls, values = true) {
  const standing = new Map([...place.children].map((element) => [WIRES.get(element).shape, element]));
  const focused = place.getRootNode().activeElement;
  const next = controls.map((control) => {
    const shape = JSON.stringify({ ...control, value: null });
    const stays = standing.get(shape);
    if (stays) {
      if (values) WIRES.get(stays).put(control.value);
      return stays;
    }
    const [element, read, put] = CONTROLS[control.is](control);
    WIRES.set(element, { name: control.name, shape, read, put });
    put(control.value);
    return element;
  });
  const lost = place.contains(focused) && !next.some((element) => element.contains(focused));
  arrange(place, next);
  if (!lost) return;
  const alike = [...place.querySelectorAll("input, select")].filter((each) => each.name === focused.name);
  (alike.find((each) => each.value === focused.value) ?? alike[0])?.focus({ preventScroll: true });
}

/** Let these be the children, without moving any that is there already: an element that moves loses the focus. */
function arrange(place, next) {
  for (const child of [...place.childNodes]) if (!next.includes(child)) child.remove();
  let at = place.firstChild;
  for (const element of next) {
    if (element === at) at = at.nextSibling;
    else place.insertBefore(element, at);
  }
}

/** A fieldset with its legend, the controls, perhaps how sure you are, and the button that sends it. */
function question(block, act, controls, read, nothingYet) {
  const problem = h("p", { role: "alert", class: "cc-problem" });
  const send = (event) => {
    event.preventDefault();
    const value = read(form);
    problem.textContent = value === null ? nothingYet : "";
    if (value === null) return form.querySelector("input, select, textarea")?.focus();
    act({ do: block.name, value, sure: form.querySelector("input[data-sure]:checked")?.value ?? null });
  };
  const form = h("form", { class: "cc-question", onsubmit: send },
    h("fieldset", {}, h("legend", {}, inline(block.legend)), controls),
    block.sure ? howSure(block.name, block.sure) : null,
    problem, h("div", { class: "cc-buttons" }, h("button", { type: "submit", class: "cc-main" }, block.submit)));
  return form;
}

const SURE = ["guess", "lean", "fairly sure", "would act on it"];

function howSure(name, chosen) {
  const rows = SURE.map((step) => option("radio", `${name}-sure`, step, step, step === chosen));
  rows.forEach((row) => row.firstChild.setAttribute("data-sure", ""));
  return h("fieldset", { class: "cc-sure" }, h("legend", {}, "How sure are you? (never marks)"), rows);
}

/** Copy a field's text; where the browser does not allow that, select it and say how. */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return "Copied.";
  } catch {
    field.focus();
    field.select();
    return "Selected. Press Ctrl and C (on a Mac, Command and C) to copy.";
  }
}

// ── The small chart ───────────────────────────────────────────────────────────────────────────────

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Scores over weeks on the scale's own range, with the band around the first score. */
function lineChart({ name, low, high, band, points }, available) {
  const width = Math.max(160, Math.min(available, 460)), height = 132;
  const left = 26, right = 34, top = 10, bottom = 24;
  const weeks = Math.max(...points.map(([week]) => week), 1);
  const x = (week) => left + (week / weeks) * (width - left - right);
  const y = (score) => top + ((high - score) / (high - low)) * (height - top - bottom);
  const first = points[0][1];
  const bandTop = y(Math.min(first + band, high)), bandBottom = y(Math.max(first - band, low));
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "cc-chart" });
  chart.append(
    svg("rect", { x: left, y: bandTop, width: width - left - right, height: bandBottom - bandTop, class: "cc-band" }),
    svg("line", { x1: left, x2: width - right, y1: y(low), y2: y(low), class: "cc-axis" }),
    svg("text", { x: left - 6, y: y(high) + 8, "text-anchor": "end" }, high),
    svg("text", { x: left - 6, y: y(low) + 4, "text-anchor": "end" }, low),
    svg("polyline", { points: points.map(([week, score]) => `${x(week)},${y(score)}`).join(" "), class: "cc-line" }),
  );
  let lastLabel = -Infinity;
  for (const [week, score] of points) {
    chart.append(svg("circle", { cx: x(week), cy: y(score), r: 4, class: "cc-dot" }));
    if (x(week) - lastLabel < 30) continue;
    lastLabel = x(week);
    chart.append(svg("text", { x: x(week), y: height - 6, "text-anchor": "middle" }, `w${week}`));
  }
  const [week, score] = points.at(-1);
  chart.append(svg("text", { x: x(week) + 8, y: y(score) + 4, class: "cc-value" }, score));
  return chart;
}

// ── The page ──────────────────────────────────────────────────────────────────────────────────────

const openNow = (place) => [...place.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);

function render({ model, el }) {
  const body = h("div", { class: "cc-body" });
  const live = h("div", { role: "status", "aria-live": "polite", class: "cc-live" });
  const waiting = h("p", { role: "alert", class: "cc-problem" });
  el.classList.add("cc-page");
  el.append(body, waiting, live);

  let patience = null, turns = 0, turn = "";
  const me = newId();
  const act = (message) => {
    turn = `${me}:${++turns}`;
    model.send({ ...message, turn });
    el.setAttribute("aria-busy", "true");
    clearTimeout(patience);
    patience = setTimeout(() => { waiting.textContent = `No answer came. ${model.get("view").rerun}`; }, PATIENCE_MS);
  };

  // Settings of the same frame stay, and whatever is folded open beside them stays open. Their values are those of the
  // view, unless it is late: it answers an earlier turn than this page's last, and the learner has moved on since.
  const redraw = (blocks, values) => {
    const standing = new Map([...body.children].filter((element) => WIRES.has(element)).map((element) => [WIRES.get(element).frame, element]));
    const next = blocks.map((block) => {
      const stays = block.is === "settings" && standing.get(frameOf(block));
      if (stays) WIRES.get(stays).refresh(block, values);
      return stays || draw(block, act);
    });
    const open = next.some((element) => element.parentNode === body) ? openNow(body) : [];
    arrange(body, next);
    for (const summary of body.querySelectorAll("summary")) if (open.includes(summary.textContent)) summary.parentNode.open = true;
  };

  const show = () => {
    const { blocks, focus, say, rev, turn: answered } = model.get("view");
    const late = answered?.startsWith(`${me}:`) && answered !== turn;
    if (!late) {
      clearTimeout(patience);
      el.removeAttribute("aria-busy");
      waiting.textContent = "";
    }
    redraw(blocks, !late);
    el.dataset.rev = rev;
    live.textContent = say;
    return focus;
  };

  const change = () => {
    const target = body.querySelector(`[data-focus="${show()}"]`);
    if (!target) return;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  };

  show();
  model.on("change:view", change);
  return () => { clearTimeout(patience); model.off("change:view", change); };
}

export default { render };
