import { useEffect, useLayoutEffect, useRef, useState } from "react";

/* Le choix des jours, tenu par le navigateur : les cases sont natives et peintes par la feuille de style ; ces lignes les
   comptent, les retiennent dans l'onglet (autre mois, rechargement, réseau coupé) et font passer les flèches de l'une à
   l'autre. Le serveur, lui, ne croit que le geste : quelle séance, quel enfant, ajouter ou retirer. */
const LONGEST = 1900; // ce que le portail accepte d'un champ, avec de la marge
const MONEY = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });
const DAY = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat("fr-FR", { month: "long", timeZone: "UTC" });
const SPOTS = "input[type=checkbox], button.why";
const GESTURES = ["add", "remove", "wait", "leave"];

const euros = (cents) => MONEY.format(cents / 100).replaceAll("\u202f", "\u00a0");
const said = (format, date) => format.format(new Date(`${date}T12:00Z`)).replace(/\b1 (?=\D)/, "1er ");
const plural = (count, one, many) => `${count} ${count < 2 ? one : many}`;
const pack = (picks) => Object.entries(picks).map(([key, pick]) => `${key}=${pick.gesture}`).join(",");

/* Ce que l'onglet retient ; une mémoire refusée (navigation privée) n'empêche pas de choisir. */
function recall(slot, children) {
  try {
    const kept = Object.entries(JSON.parse(sessionStorage.getItem(slot)) ?? {});
    return Object.fromEntries(kept.filter(([key, pick]) => children.includes(Number(key.split(".")[1])) && GESTURES.includes(pick.gesture)));
  } catch { return {}; }
}

function remember(slot, picks) {
  try {
    if (Object.keys(picks).length) sessionStorage.setItem(slot, JSON.stringify(picks));
    else sessionStorage.removeItem(slot);
  } catch { /* rien à retenir */ }
}

function pickOf(box) {
  const { date, part } = box.closest("[data-date]").dataset;
  return { gesture: box.value, cents: Number(box.dataset.cents), date, part: part ?? "" };
}

/* Les cases montrées suivent ce qui est retenu ; ce qu'une case ne permet plus est oublié. */
function show(form, picks) {
  const kept = { ...picks };
  for (const spot of form.querySelectorAll(".days [data-key]")) {
    const pick = kept[spot.dataset.key];
    const box = spot.matches("label") ? spot.querySelector("input") : null;
    if (pick && (!box || box.value !== pick.gesture)) delete kept[spot.dataset.key];
    if (box) box.checked = spot.dataset.key in kept;
    if (box?.checked) kept[spot.dataset.key] = pickOf(box);
  }
  return kept;
}

/* « 2 jours », « 3 réservations sur 2 jours », « 1 jour à réserver, 1 à annuler ». */
function counted(list) {
  const of = (gesture) => list.filter((pick) => pick.gesture === gesture).length;
  const words = [[of("add"), "à réserver"], [of("remove"), "à annuler"], [of("wait"), "à attendre"], [of("leave"), "à quitter"]];
  const kinds = words.filter(([count]) => count);
  const days = new Set(list.map((pick) => pick.date)).size;
  const one = days === list.length ? ["jour", "jours"] : ["réservation", "réservations"];
  const all = plural(list.length, ...one) + (days === list.length ? "" : ` sur ${plural(days, "jour", "jours")}`);
  if (kinds.length === 1) return kinds[0][1] === "à réserver" ? all : `${all} ${kinds[0][1]}`;
  return kinds.map(([count, what]) => `${count} ${what}`).join(", ");
}

/* Ce qui est choisi sans être à l'écran : un autre mois, ou un autre enfant. */
function elsewhere(form, picks, names) {
  const found = new Map();
  for (const [key, pick] of Object.entries(picks)) {
    if (form?.querySelector(`.days [data-key="${CSS.escape(key)}"]`)) continue;
    const here = form?.querySelector(`.days [data-date^="${pick.date.slice(0, 7)}"]`);
    const where = `en ${said(MONTH, pick.date)}${here && names.size > 1 ? ` pour ${names.get(Number(key.split(".")[1]))}` : ""}`;
    found.set(where, (found.get(where) ?? 0) + 1);
  }
  return [...found].map(([where, count]) => `${plural(count, "jour", "jours")} ${where}`);
}

/* Flèches, début et fin de semaine, page : d'un jour à l'autre, comme sur un calendrier de bureau. */
function neighbour(grid, from, key) {
  const days = [...grid.children];
  const columns = Number(grid.dataset.columns);
  const spots = (at) => (days[at] ? [...days[at].querySelectorAll(SPOTS)] : []);
  const here = days.indexOf(from.closest(".day"));
  const rank = spots(here).indexOf(from);
  const along = (step, pick) => {
    for (let at = here + step; at >= 0 && at < days.length; at += step) if (spots(at).length) return pick(spots(at));
    return null;
  };
  const week = here - (here % columns);
  const row = days.slice(week, week + columns).flatMap((_, at) => spots(week + at));
  const moves = {
    ArrowRight: () => along(1, (list) => list[Math.min(rank, list.length - 1)]),
    ArrowLeft: () => along(-1, (list) => list[Math.min(rank, list.length - 1)]),
    ArrowDown: () => spots(here)[rank + 1] ?? along(columns, (list) => list[0]),
    ArrowUp: () => spots(here)[rank - 1] ?? along(-columns, (list) => list.at(-1)),
    Home: () => row[0],
    End: () => row.at(-1),
  };
  return moves[key]?.();
}

function useKeys(form, turned) {
  useEffect(() => {
    const grid = form.current.querySelector(".days");
    const turn = (forward) => {
      const way = form.current.querySelector(forward ? "[data-turn=next]" : "[data-turn=previous]");
      if (!way || way.disabled) return;
      turned.current = true;
      way.click();
    };
    const press = (event) => {
      if (!event.target.matches(SPOTS) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      if (event.key.startsWith("Page")) turn(event.key === "PageDown");
      else if (!/^(Arrow|Home|End)/.test(event.key)) return;
      else neighbour(grid, event.target, event.key)?.focus();
      event.preventDefault();
    };
    let start = null;
    const touch = ({ touches: [one] }) => { start = one && [one.clientX, one.clientY]; };
    const lift = ({ changedTouches: [one] }) => {
      const [across, down] = start ? [one.clientX - start[0], one.clientY - start[1]] : [0, 0];
      if (Math.abs(across) > 80 && Math.abs(down) < 40) form.current.querySelector(`[data-turn=${across < 0 ? "next" : "previous"}]:enabled`)?.click();
    };
    grid.addEventListener("keydown", press);
    grid.addEventListener("touchstart", touch, { passive: true });
    grid.addEventListener("touchend", lift, { passive: true });
    return () => {
      grid.removeEventListener("keydown", press);
      grid.removeEventListener("touchstart", touch);
      grid.removeEventListener("touchend", lift);
    };
  }, []);
}

export function Picked({ activity, chips, prepaid, balance, done, draft, title }) {
  const names = new Map(chips.map((chip) => [chip.id, chip.first_name]));
  const slot = `portail-choix-${activity}`;
  const [picks, setPicks] = useState({});
  const [full, setFull] = useState(false);
  const root = useRef(null);
  const form = useRef(null);
  const turned = useRef(false);
  const current = useRef(picks);
  const settled = useRef(done);

  const keep = (next) => {
    current.current = next;
    setPicks(next);
    remember(slot, next);
  };

  useLayoutEffect(() => {
    form.current = root.current.closest("form");
    keep(show(form.current, recall(slot, [...names.keys()])));
    const change = ({ target }) => {
      const key = target.closest(".days [data-key]")?.dataset.key;
      if (!key) return;
      const next = { ...current.current };
      if (target.checked) next[key] = pickOf(target);
      else delete next[key];
      const tooLong = target.checked && pack(next).length > LONGEST;
      if (tooLong) target.checked = false;
      else keep(next);
      setFull(tooLong);
    };
    /* Une place partie pendant qu'on regarde ne se coche plus ; sa case dit pourquoi. */
    const tap = (event) => {
      const gone = event.target.closest("[data-gone=true]");
      if (!gone || !event.target.checked) return;
      event.preventDefault();
      document.getElementById(`pourquoi-${gone.dataset.key}`)?.showPopover();
    };
    const gather = ({ formData }) => {
      for (const name of [...formData.keys()]) formData.delete(name);
      formData.set("choices", pack(current.current));
    };
    /* Un autre mois vient d'arriver : ses cases reprennent ce qui était choisi, et le clavier y continue. */
    const arrive = () => {
      keep(show(form.current, current.current));
      if (turned.current) form.current.querySelector(`.days :is(${SPOTS})`)?.focus();
      turned.current = false;
    };
    const watch = new MutationObserver(arrive);
    watch.observe(form.current.querySelector(".days"), { childList: true, subtree: true });
    form.current.addEventListener("click", tap);
    form.current.addEventListener("change", change);
    form.current.addEventListener("formdata", gather);
    return () => {
      watch.disconnect();
      form.current.removeEventListener("click", tap);
      form.current.removeEventListener("change", change);
      form.current.removeEventListener("formdata", gather);
    };
  }, [slot]);

  useKeys(form, turned);
  useEffect(() => { if (title) document.title = `${title} · Portail Famille`; }, [title]);
  useEffect(() => {
    if (done !== settled.current) keep(show(form.current, {}));
    settled.current = done;
  }, [done]);

  /* Une sélection payée revient, même sur un autre appareil ; ce que cet onglet retient déjà l'emporte. */
  useEffect(() => {
    if (!draft?.length || Object.keys(current.current).length) return;
    keep(show(form.current, Object.fromEntries(draft.map(({ key, gesture, cents, date, part }) => [key, { gesture, cents, date, part }]))));
  }, [draft]);

  const list = Object.entries(picks).sort(([, one], [, other]) => one.date.localeCompare(other.date));
  const total = list.reduce((sum, [, pick]) => sum + pick.cents, 0);
  const after = balance - total;
  const away = elsewhere(form.current, picks, names);
  const who = (key, pick) => [names.size > 1 && names.get(Number(key.split(".")[1])), pick.part].filter(Boolean).join(" · ");
  const cost = (cents) => (cents < 0 ? `${euros(-cents)} rendus` : euros(cents));
  return (
    <div className="tally" ref={root}>
      {list.length > 0 && (
        <ul className="picks">
          {list.map(([key, pick]) => (
            <li key={key} data-gesture={pick.gesture}>
              <span className="t"><span className="date">{said(DAY, pick.date)}</span> <span className="who">{who(key, pick)}</span></span>
              <span className="nowrap">{pick.gesture === "wait" || pick.gesture === "leave" ? "liste d’attente" : pick.gesture === "remove" && !pick.cents ? "à annuler" : cost(pick.cents)}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="count" aria-live="polite">
        {list.length ? <><b>{counted(list.map(([, pick]) => pick))}</b>{" · "}<b className="nowrap">{cost(total)}</b></> : "Touchez les jours à réserver ou à annuler."}
      </p>
      {list.length > 0 && prepaid && <p className="small muted left" data-tone={after < 0 ? "err" : ""}>Solde après : <span className="nowrap">{euros(after)}</span></p>}
      {away.map((line) => <p className="small muted" key={line}>dont {line}</p>)}
      {full && <p className="small wrong" role="alert">Validez d’abord ces choix : la liste est pleine.</p>}
      {list.length > 0 && <button type="button" className="btn quiet small clear" onClick={() => keep(show(form.current, {}))}>Tout décocher</button>}
    </div>
  );
}

/* Une feuille par-dessus la page : le navigateur y garde le clavier, Échap la ferme, le titre est lu d'abord. */
export function Sheet({ children, onClose, ...props }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("h2")?.focus();
    return () => dialog.close();
  }, []);
  const cancel = (event) => { event.preventDefault(); onClose(); };
  return <dialog {...props} ref={box} onCancel={cancel}>{children}</dialog>;
}
